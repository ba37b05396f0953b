namespace FedOperator.Operator.Kubernetes;

/// <summary>Delays that double from one failure to the next, with a drawn part, so that nothing is tried again in step.</summary>
/// <param name="first">After the first failure.</param>
/// <param name="longest">They grow no further.</param>
/// <param name="seed">Where the draws start.</param>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, ulong seed)
{
    private ulong _draws;

    /// <summary>How long to wait after so many failures in a row: between half of the delay and all of it.</summary>
    /// <param name="failures">From 1.</param>
    public TimeSpan After(int failures)
    {
        // 2^62 times any delay is longer than the longest.
        var delay = Math.Min(first.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 62)), longest.TotalMilliseconds);
        return Between(TimeSpan.FromMilliseconds(delay / 2), TimeSpan.FromMilliseconds(delay));
    }

    /// <summary>A time drawn between two.</summary>
    public TimeSpan Between(TimeSpan least, TimeSpan most) => least + ((most - least) * Draw());

    // SplitMix64 (Steele, Lea, Flood 2014) by a counter: any thread may draw.
    private double Draw()
    {
        var z = unchecked(seed + (Interlocked.Increment(ref _draws) * 0x9E3779B97F4A7C15UL));
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EBUL);
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
