using FedOperator.Core.Tensors;

namespace FedOperator.Trainer.Normalization;

/// <summary>Count, mean and M2 (sum of squared deviations from the mean) per channel, in float64: what clients exchange instead of variances.</summary>
/// <param name="channels">C.</param>
public sealed class ChannelMoments(int channels)
{
    private readonly Moments[] _channels = new Moments[channels];

    /// <summary>C.</summary>
    public int Channels => _channels.Length;

    /// <summary>Values seen per channel (samples x height x width).</summary>
    public long Count { get; private set; }

    /// <summary>(C) mean.</summary>
    public double[] Mean => Array.ConvertAll(_channels, moments => moments.Mean);

    /// <summary>(C) sum of squared deviations from the mean; never negative. M2 / count is the biased variance.</summary>
    public double[] M2 => Array.ConvertAll(_channels, moments => moments.M2);

    /// <summary>Adds the moments of other values.</summary>
    /// <param name="count">Values per channel; 0 changes nothing.</param>
    /// <param name="mean">(C)</param>
    /// <param name="m2">(C)</param>
    /// <exception cref="ArgumentException">Another number of channels.</exception>
    public void Merge(long count, ReadOnlySpan<double> mean, ReadOnlySpan<double> m2)
    {
        if (mean.Length != Channels || m2.Length != Channels)
            throw new ArgumentException($"moments of {mean.Length} and {m2.Length} channels merged into {Channels}", nameof(mean));
        if (count == 0)
            return;
        for (var c = 0; c < mean.Length; c++)
            _channels[c] = Moments.Merge(_channels[c], new Moments(count, mean[c], m2[c]));
        Count += count;
    }

    /// <summary>(C) biased variance.</summary>
    /// <exception cref="InvalidOperationException">Nothing was seen.</exception>
    public double[] Variance() => Count > 0
        ? Array.ConvertAll(_channels, moments => moments.Variance)
        : throw new InvalidOperationException("the variance of no values: this layer has seen no samples");
}
