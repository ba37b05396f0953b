using FedOperator.Core.Ledger;
using FedOperator.EndToEnd.Tests.Harness;

namespace FedOperator.EndToEnd.Tests;

/// <summary>Killed at any instant of its precise statistics, a job ends with the bytes of an undisturbed run, with real trainers.</summary>
public sealed class PopulationCrashTests
{
    /// <summary>By the process that has them, each in the statistics rounds after training and the evaluations around them.</summary>
    private static readonly (string Process, string Point, int Occurrence)[] s_points =
    [
        ("aggregator", "Open@000003/statistics-01", 1), ("aggregator", "Cut@000003/statistics-02", 1), ("aggregator", "Checkpoint@000003", 1), ("aggregator", "Closed@000003/statistics-02", 1),
        ("aggregator", "Open@000003/evaluate", 1), ("aggregator", "Closed@000003/evaluate", 1), ("aggregator", "Open@000004/train", 1), ("aggregator", "Delete@checkpoints/000006", 1),
        ("aggregator", "Closed@000007/statistics-01", 1), ("aggregator", "Closed@000007/statistics-03", 1), ("aggregator", "Result@000007", 1), ("aggregator", "Closed@000007/evaluate", 1),
        ("site-0", "Report@000003/statistics-01", 1), ("site-0", "Report@000003/evaluate", 1), ("site-0", "Report@000007/statistics-02", 1),
    ];

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task Killed_at_every_write_of_its_precise_statistics_the_job_ends_with_the_same_bytes(string when)
    {
        var undisturbed = await FingerprintAsync(Specs.Precise("pooled"));
        using var job = new TestJob(Specs.Precise("pooled"));
        var kills = new Kills(job, when, s_points);
        await using var run = await TestRun.StartAsync(job, kills.Switches);
        await run.CompleteAsync();

        kills.AssertAllStruck(run);
        Assert.Equal(undisturbed, await job.FingerprintAsync());

        // What a kill left behind is swept: training's checkpoints of the window, the initial one and the best.
        var last = await job.LastAsync();
        var kept = new List<string>();
        await foreach (var blob in job.Ledger.Global.ListAsync("checkpoints/", CancellationToken.None))
            kept.Add(blob.Name);
        var trained = new List<string> { LedgerPaths.InitialCheckpoint, last.Best!.Checkpoint.Name };
        for (var round = 1; round <= job.Plan.Rounds; round++)
            trained.Add((await job.Ledger.Global.ReadDocumentAsync(LedgerPaths.Closed(new RoundKey(round, RoundKind.Train)), LedgerJson.Default.ClosedDocument, CancellationToken.None))!.Document.Checkpoint.Name);
        Assert.Empty(kept.Except(trained));
        Assert.Contains(last.Best.Checkpoint.Name, kept);
    }

    [Fact]
    public async Task Precise_statistics_never_enter_training()
    {
        var running = Specs.Everything.Replace("rounds: 24", "rounds: 7", StringComparison.Ordinal);
        var documents = new List<ClosedDocument>();
        foreach (var spec in new[] { running, Specs.Precise("pooled"), Specs.Precise("batch") })
        {
            using var job = new TestJob(spec);
            await using var run = await TestRun.StartAsync(job);
            await run.CompleteAsync();
            documents.Add(await job.LastAsync());
        }

        // Checkpoint, server state and every client's personal state are those of training with running statistics; the result is not.
        foreach (var precise in documents.Skip(1))
        {
            Assert.Equal((documents[0].Checkpoint.Sha256, documents[0].ServerState!.Sha256), (precise.Checkpoint.Sha256, precise.ServerState!.Sha256));
            Assert.Equal(documents[0].Clients.Select(c => c.State), precise.Clients.Select(c => c.State));
        }
        Assert.Equal(3, documents.Select(d => d.Result!.Sha256).Distinct().Count());
    }

    [Fact]
    public async Task A_finished_job_grows_and_is_the_one_that_was_longer_from_the_start()
    {
        using var job = new TestJob(Specs.Precise("pooled"));
        await using (var run = await TestRun.StartAsync(job))
            await run.CompleteAsync();
        await job.ControlAsync(new ControlDocument { Rounds = 9 });
        await using (var more = await TestRun.StartAsync(job))
            await more.CompleteAsync();

        using var longer = new TestJob(Specs.Precise("pooled").Replace("rounds: 7", "rounds: 9", StringComparison.Ordinal));
        await using var whole = await TestRun.StartAsync(longer);
        await whole.CompleteAsync();
        var (grown, expected) = (await LastAsync(job), await LastAsync(longer));
        Assert.Equal((expected.Checkpoint.Sha256, expected.Result!.Sha256), (grown.Checkpoint.Sha256, grown.Result!.Sha256));
    }

    private static async Task<ClosedDocument> LastAsync(TestJob job) =>
        (await job.Ledger.Global.ReadDocumentAsync(LedgerPaths.Closed(new RoundKey(9, RoundKind.Evaluate)), LedgerJson.Default.ClosedDocument, CancellationToken.None))!.Document;

    private static async Task<string> FingerprintAsync(string spec)
    {
        using var job = new TestJob(spec);
        await using var run = await TestRun.StartAsync(job);
        await run.CompleteAsync();
        return await job.FingerprintAsync();
    }
}
