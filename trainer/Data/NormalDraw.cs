using FedOperator.Core.Ledger;

namespace FedOperator.Trainer.Data;

/// <summary>Draws from the standard normal distribution.</summary>
internal static class NormalDraw
{
    /// <summary>The next draw: of G. E. P. Box and M. E. Muller's pair (1958) the first.</summary>
    public static double Next(Draws draws) => Math.Sqrt(-2 * Math.Log(draws.Uniform())) * Math.Cos(2 * Math.PI * draws.Uniform());
}
