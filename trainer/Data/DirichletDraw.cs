using FedOperator.Core.Ledger;

namespace FedOperator.Trainer.Data;

/// <summary>Draws from a symmetric Dirichlet distribution, in logarithms: small concentrations do not underflow.</summary>
internal static class DirichletDraw
{
    /// <summary><paramref name="parts"/> shares that sum to 1, drawn from Dirichlet(alpha, ..., alpha).</summary>
    public static double[] Next(Draws draws, double alpha, int parts)
    {
        var logs = new double[parts];
        for (var i = 0; i < parts; i++)
            logs[i] = LogGamma(draws, alpha);
        var largest = logs.Max();
        var shares = Array.ConvertAll(logs, log => Math.Exp(log - largest));
        var sum = shares.Sum();
        return Array.ConvertAll(shares, share => share / sum);
    }

    // Logarithm of a Gamma(shape, 1) draw: Marsaglia and Tsang 2000; below 1 from shape + 1, times U^(1 / shape).
    private static double LogGamma(Draws draws, double shape)
    {
        if (shape < 1)
            return LogGamma(draws, shape + 1) + (Math.Log(draws.Uniform()) / shape);
        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = NormalDraw.Next(draws);
            var v = 1 + (c * x);
            if (v <= 0)
                continue;
            v = v * v * v;
            if (Math.Log(draws.Uniform()) < (0.5 * x * x) + (d * (1 - v + Math.Log(v))))
                return Math.Log(d) + Math.Log(v);
        }
    }
}
