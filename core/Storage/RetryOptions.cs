namespace FedOperator.Core.Storage;

/// <summary>How often, and how long apart, a call that met a transient fault is tried again.</summary>
public sealed record RetryOptions
{
    /// <summary>Tries of one call, the first included. From 1 to 100; default 6.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>Before the second try; doubles with each further one. From 1 ms to 1 min; default 200 ms.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The delay grows no further. From <see cref="FirstDelay"/> to 10 min; default 10 s.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The share of each delay that is drawn at random, so that clients do not retry in step. From 0 to 1; default 0.5.</summary>
    public double Jitter { get; init; } = 0.5;

    /// <summary>One try is given up when the network is silent for so long. From 1 s to 10 min; default 60 s.</summary>
    public TimeSpan TryTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Where the draws of the jitter start: processes that start together give different ones. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>Told before each further try, with the fault that the one before it met. Default: nobody is.</summary>
    public Action<BlobFault>? Retried { get; init; }

    /// <summary>Refuses values out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the option, the value and the range.</exception>
    public RetryOptions Validate()
    {
        ThrowUnless(Attempts is >= 1 and <= 100, nameof(Attempts), Attempts, "1 to 100");
        ThrowUnless(FirstDelay >= TimeSpan.FromMilliseconds(1) && FirstDelay <= TimeSpan.FromMinutes(1), nameof(FirstDelay), FirstDelay, "1 ms to 1 min");
        ThrowUnless(LongestDelay >= FirstDelay && LongestDelay <= TimeSpan.FromMinutes(10), nameof(LongestDelay), LongestDelay, "FirstDelay to 10 min");
        ThrowUnless(TryTimeout >= TimeSpan.FromSeconds(1) && TryTimeout <= TimeSpan.FromMinutes(10), nameof(TryTimeout), TryTimeout, "1 s to 10 min");
        ThrowUnless(Jitter is >= 0 and <= 1, nameof(Jitter), Jitter, "0 to 1");
        return this;
    }

    /// <summary>How long to wait after the try of that number (from 1).</summary>
    /// <param name="attempt">The try that failed, from 1.</param>
    /// <param name="draw">Uniform in [0, 1).</param>
    internal TimeSpan DelayAfter(int attempt, double draw)
    {
        var delay = Math.Min(FirstDelay.TotalMilliseconds * Math.Pow(2, attempt - 1), LongestDelay.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(delay * (1 - (Jitter * draw)));
    }

    private static void ThrowUnless(bool holds, string option, object value, string range)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(option, value, $"{option} must be from {range}");
    }
}
