using FedOperator.Core.Ledger;

namespace FedOperator.Core.Tests.Ledger;

public sealed class ClientAccuracyTests
{
    [Fact]
    public void The_mean_is_over_clients_and_not_over_samples_and_of_equal_ones_the_first_is_the_worst()
    {
        var metrics = new RoundMetrics { Clients = [Client("c", 100, 25), Client("a", 4, 4), Client("b", 8, 2), Client("none", 0, 0), new ClientMetrics { Client = "absent" }], GlobalModelAccuracy = 0.125 };
        var own = metrics.ClientAccuracy()!;
        Assert.Equal((0.5, 0.25, "b", 0.125), (own.Mean, own.Worst, own.WorstClient, own.GlobalModel));
        Assert.Equal(["a", "b", "c"], own.Each.Keys);
        Assert.Equal([1, 0.25, 0.25], own.Each.Values);
    }

    [Fact]
    public void Of_more_than_a_hundred_clients_the_lowest_are_named_and_all_count()
    {
        var metrics = new RoundMetrics { Clients = [.. Enumerable.Range(0, 150).Select(i => Client($"edge-{i:D3}", 300, 300 - i))] };
        var own = metrics.ClientAccuracy()!;
        Assert.Equal(Enumerable.Range(50, 100).Select(i => $"edge-{i:D3}"), own.Each.Keys);
        Assert.Equal(225.5 / 300, own.Mean, 1e-12);
        Assert.Equal("edge-149", own.WorstClient);
    }

    [Fact]
    public void Nobody_evaluated_is_no_accuracy() => Assert.Null(new RoundMetrics { Clients = [Client("a", 0, 0)] }.ClientAccuracy());

    private static ClientMetrics Client(string name, long samples, long correct) => new() { Client = name, Evaluation = new SampleSums(samples, 1, correct) };
}
