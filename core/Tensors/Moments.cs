namespace FedOperator.Core.Tensors;

/// <summary>Count, mean and M2 (the sum of squared deviations from the mean) of the values of one channel. What is exchanged and merged, never a bare variance.</summary>
/// <param name="Count">How many values; 0: none, and then mean and M2 are 0.</param>
/// <param name="Mean">Their mean, in the values' unit.</param>
/// <param name="M2">Sum of squared deviations from the mean, in the unit squared; never negative.</param>
/// <remarks>
/// Merged after T. F. Chan, G. H. Golub, R. J. LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979). The rounding error of the mean is carried along
/// (<see cref="MeanTail"/>), because the next merge squares a difference of means: at mean 1e4 and deviation 1e-2 a mean rounded to 53 bits costs the variance its last digits.
/// </remarks>
public readonly record struct Moments(double Count, double Mean, double M2)
{
    /// <summary>What the rounding of <see cref="Mean"/> left over: the mean is the sum of both.</summary>
    public double MeanTail { get; private init; }

    /// <summary>Biased variance M2 / count, as BatchNorm's; never negative.</summary>
    /// <exception cref="InvalidOperationException">No values.</exception>
    public double Variance => Count > 0 ? M2 / Count : throw new InvalidOperationException("no values have no variance");

    /// <summary>The moments of values, in one pass (Welford).</summary>
    public static Moments Of(ReadOnlySpan<float> values)
    {
        var all = default(Moments);
        foreach (var value in values)
            all = Merge(all, new Moments(1, value, 0));
        return all;
    }

    /// <summary>The moments of both sets of values together.</summary>
    public static Moments Merge(in Moments a, in Moments b)
    {
        if (a.Count == 0)
            return b;
        if (b.Count == 0)
            return a;
        var count = a.Count + b.Count;
        var delta = b.Mean - a.Mean + (b.MeanTail - a.MeanTail);
        var (mean, tail) = TwoSum(a.Mean, (delta * (b.Count / count)) + a.MeanTail);
        var m2 = a.M2 + b.M2 + (delta * delta * (a.Count / count * b.Count));
        return new Moments(count, mean, m2) { MeanTail = tail };
    }

    /// <summary>Sum and its rounding error, exactly (Knuth).</summary>
    private static (double Sum, double Error) TwoSum(double a, double b)
    {
        var sum = a + b;
        var part = sum - a;
        return (sum, a - (sum - part) + (b - part));
    }
}
