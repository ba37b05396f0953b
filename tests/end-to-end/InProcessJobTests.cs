using FedOperator.Bench.Cells;
using FedOperator.Core.Ledger;
using FedOperator.EndToEnd.Tests.Harness;
using FedOperator.Trainer.Data;

namespace FedOperator.EndToEnd.Tests;

/// <summary>The comparison of normalization schemes runs whole jobs in one process: what it says holds for jobs of many.</summary>
public sealed class InProcessJobTests
{
    [Theory]
    [InlineData("training: local")]
    [InlineData("training: federated, gradientStatistics: false")]
    [InlineData("training: federated, population: precise, precise: {samples: 1000, everyRounds: 2}")]
    [InlineData("training: federated, freezeAtRound: 3")]
    [InlineData("training: hybrid, moments: atBase, ghostBatchSize: 4")]
    [InlineData("training: local, scope: perClient")]
    [InlineData("training: local, scope: statisticsPerClient, population: precise, precise: {samples: 1000, everyRounds: 2}")]
    [InlineData("training: exact")]
    [InlineData("layer: group, groups: 2")]
    [InlineData("layer: none")]
    public async Task A_job_in_one_process_has_the_bytes_of_one_in_many(string normalization)
    {
        using var job = new TestJob(Spec(normalization));
        await using var run = await TestRun.StartAsync(job);
        await run.CompleteAsync();

        using var inProcess = await InProcessJob.CreateAsync(job.Plan, client => ClientData.Load(job.Data, job.Plan, client), CancellationToken.None);
        var closed = await inProcess.RunAsync(CancellationToken.None);

        var expected = await job.LastAsync();
        Assert.Equal((expected.Checkpoint, expected.Result, expected.Metrics.Evaluation), (closed.Checkpoint, closed.Result, closed.Metrics.Evaluation));
        Assert.Equal(expected.Clients.Select(c => c.State), closed.Clients.Select(c => c.State));
    }

    [Fact]
    public async Task Another_seed_is_seen_by_the_comparison()
    {
        using var job = new TestJob(Spec("training: local"));
        var bytes = new List<BlobReference>();
        foreach (var plan in new[] { job.Plan, job.Plan with { Seed = job.Plan.Seed + 1 } })
        {
            using var inProcess = await InProcessJob.CreateAsync(plan with { Hash = PlanHash.Of(plan) }, client => ClientData.Load(job.Data, plan, client), CancellationToken.None);
            bytes.Add((await inProcess.RunAsync(CancellationToken.None)).Checkpoint);
        }
        Assert.NotEqual(bytes[0].Sha256, bytes[1].Sha256);
    }

    private static string Spec(string normalization) => $$$"""
        rounds: 4
        seed: 3
        model: {architecture: cnn, width: 4, classes: 4, inputShape: [1, 8, 8]}
        data: {format: idx, path: /data, partition: {method: classesPerClient, classes: 2}}
        training: {localSteps: 2, batchSize: 8, clipNorm: 5, optimizer: {learningRate: 0.05, momentum: 0.9}}
        normalization: {{{{normalization}}}}
        aggregation: {server: {momentum: 0.5}}
        clients: [{name: site, replicas: 3}]
        storage: {azureBlob: {accountUrl: "https://example.blob.core.windows.net", credentialsSecret: key}}
        """;
}
