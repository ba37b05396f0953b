using FedOperator.Operator.Kubernetes;

namespace FedOperator.Operator.Tests.Kubernetes;

public sealed class EventBudgetTests
{
    [Fact]
    public void A_job_may_tell_a_burst_and_then_one_event_now_and_again()
    {
        var clock = new Clock();
        var budget = new EventBudget(clock);
        Assert.All(Enumerable.Range(0, EventBudget.Burst), _ => Assert.True(budget.Take("talkative")));
        Assert.False(budget.Take("talkative"));
        Assert.True(budget.Take("quiet"));

        clock.Now += EventBudget.Refill;
        Assert.True(budget.Take("talkative"));
        Assert.False(budget.Take("talkative"));

        clock.Now += TimeSpan.FromDays(1);
        Assert.Equal(EventBudget.Burst, Enumerable.Range(0, 100).Count(_ => budget.Take("talkative")));
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long GetTimestamp() => Now.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
