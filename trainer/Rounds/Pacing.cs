namespace FedOperator.Trainer.Rounds;

/// <summary>How long to wait between two looks for a blob: a share of the time waited so far, so that polling costs little and adds little.</summary>
/// <param name="floor">Shortest wait. 3 ms on a folder (a look costs microseconds), 20 ms on a network store.</param>
/// <param name="time">Clock.</param>
internal sealed class Pacing(TimeSpan floor, TimeProvider time)
{
    private const double ShareOfWait = 0.05;
    private static readonly TimeSpan Ceiling = TimeSpan.FromSeconds(5);

    private long _since = time.GetTimestamp();
    private uint _looks;

    /// <summary>Something came: the next wait starts from the floor.</summary>
    public void Restart() => _since = time.GetTimestamp();

    /// <summary>Waits until the next look is due.</summary>
    public Task NextLookAsync(CancellationToken cancellationToken)
    {
        var waited = time.GetElapsedTime(_since);
        var pause = TimeSpan.FromTicks(Math.Clamp((long)(waited.Ticks * ShareOfWait), floor.Ticks, Ceiling.Ticks));
        // Jitter of up to a quarter, so that many clients do not look at the same instant; no result depends on it.
        var jitter = (_looks++ * 2654435761u >> 8 & 0xff) / 1024.0;
        return Task.Delay(pause * (1 + jitter), time, cancellationToken);
    }
}
