using FedOperator.Core.Api;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Tests.Jobs;

public sealed class RestartBudgetTests
{
    [Fact]
    public void Waits_double_and_end_with_the_budget()
    {
        var budget = new RestartBudget(new FailurePolicySpec { MaxRestarts = 3, BackoffSeconds = 10 });

        Assert.Equal([10, 20, 40, null], Enumerable.Range(0, 4).Select(_ => budget.Take()?.TotalSeconds));
    }

    [Fact]
    public void A_closed_round_resets_the_count_but_not_the_total()
    {
        var budget = new RestartBudget(new FailurePolicySpec { MaxRestarts = 1, BackoffSeconds = 10 });
        budget.Take();
        budget.Reset();

        Assert.Equal(10, budget.Take()?.TotalSeconds);
        Assert.Equal(2, budget.Total);
    }

    [Fact]
    public void No_wait_is_longer_than_five_minutes()
    {
        var budget = new RestartBudget(new FailurePolicySpec { MaxRestarts = 2000, BackoffSeconds = 10 });

        Assert.Equal(300, Enumerable.Range(0, 1500).Select(_ => budget.Take()!.Value.TotalSeconds).Max());
    }
}
