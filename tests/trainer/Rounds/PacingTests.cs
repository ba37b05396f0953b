using FedOperator.Trainer.Rounds;

namespace FedOperator.Trainer.Tests.Rounds;

public sealed class PacingTests
{
    [Theory]
    [InlineData(0, 3)]
    [InlineData(1000, 50)]
    [InlineData(3_600_000, 5000)]
    public async Task The_wait_is_a_share_of_the_time_waited_so_far_between_floor_and_ceiling(int waitedMilliseconds, double expectedMilliseconds)
    {
        var clock = new SteppedClock();
        var pacing = new Pacing(TimeSpan.FromMilliseconds(3), clock);
        clock.Now += TimeSpan.FromMilliseconds(waitedMilliseconds);
        var look = pacing.NextLookAsync(CancellationToken.None);
        await look;
        // Jitter adds up to a quarter.
        Assert.InRange(clock.LastDelay.TotalMilliseconds, expectedMilliseconds, expectedMilliseconds * 1.25);
    }

    /// <summary>A clock that a test sets; its timers fire at once and remember how long they were to wait.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public TimeSpan LastDelay { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            LastDelay = dueTime;
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
