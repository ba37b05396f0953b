namespace FedOperator.Trainer.Normalization;

/// <summary>Count, mean and M2 (sum of squared deviations from the mean) per channel, in float64: what clients exchange instead of variances.</summary>
public sealed class Moments
{
    /// <summary>Moments of nothing.</summary>
    /// <param name="channels">C.</param>
    public Moments(int channels)
    {
        (Mean, M2) = (new double[channels], new double[channels]);
    }

    /// <summary>Values seen per channel (samples x height x width).</summary>
    public long Count { get; private set; }

    /// <summary>(C) mean.</summary>
    public double[] Mean { get; }

    /// <summary>(C) sum of squared deviations from the mean; never negative. M2 / count is the biased variance.</summary>
    public double[] M2 { get; }

    /// <summary>Adds the moments of other values (Chan, Golub, LeVeque 1979).</summary>
    /// <param name="count">Values per channel; 0 changes nothing.</param>
    /// <param name="mean">(C)</param>
    /// <param name="m2">(C)</param>
    public void Merge(long count, ReadOnlySpan<double> mean, ReadOnlySpan<double> m2)
    {
        if (mean.Length != Mean.Length || m2.Length != M2.Length)
            throw new ArgumentException($"moments of {mean.Length} and {m2.Length} channels merged into {Mean.Length}", nameof(mean));
        if (count == 0)
            return;
        var total = Count + count;
        var share = (double)count / total;
        for (var c = 0; c < mean.Length; c++)
        {
            var delta = mean[c] - Mean[c];
            Mean[c] += delta * share;
            M2[c] += m2[c] + (delta * delta * Count * share);
        }
        Count = total;
    }

    /// <summary>(C) biased variance.</summary>
    /// <exception cref="InvalidOperationException">Nothing was seen.</exception>
    public double[] Variance() => Count > 0
        ? Array.ConvertAll(M2, m2 => m2 / Count)
        : throw new InvalidOperationException("the variance of no values: this layer has seen no samples");
}
