using FedOperator.Core.Ledger;
using FedOperator.EndToEnd.Tests.Harness;

namespace FedOperator.EndToEnd.Tests;

/// <summary>The checkpoint with the best accuracy measured: known from the history alone, and kept.</summary>
public sealed class BestCheckpointTests
{
    // Of 20 test samples, by the train round of the checkpoint. Round 5 is as good as round 3, and later.
    private static readonly int[] s_correct = [4, 9, 8, 15, 10, 15, 3, 11, 2, 16, 7];

    // The best after each of them.
    private static readonly int[] s_best = [0, 1, 1, 3, 3, 3, 3, 3, 3, 9, 9];

    [Fact]
    public async Task Every_close_names_the_best_so_far_and_retention_keeps_it()
    {
        using var job = new ScriptedJob(new() { DeadlineSeconds = 60 }, rounds: 10, retention: new() { UpdateRounds = 1, Checkpoints = 2 });
        var kept = new List<bool>();
        var witness = new ScriptedClient("site-0", async (round, message) =>
        {
            Score(round, message);
            // Train round 7 is open: the window of two is long past round 3.
            if (round == new RoundKey(7, RoundKind.Train))
                kept.AddRange([await ThereAsync(job, 3), await ThereAsync(job, 2)]);
        });
        var outcome = await job.RunAsync(witness, new("site-1", Score), new("site-2", Score));

        Assert.Null(outcome.Failure);
        // Nobody evaluates the initial model.
        Assert.Null((await job.ReadAsync(LedgerPaths.Closed(new RoundKey(1, RoundKind.Train)), LedgerJson.Default.ClosedDocument)).Best);
        for (var round = 2; round <= 10; round++)
        {
            var closed = await job.ReadAsync(LedgerPaths.Closed(new RoundKey(round, RoundKind.Train)), LedgerJson.Default.ClosedDocument);
            Assert.Equal((s_best[round - 1], s_correct[s_best[round - 1]] / 20.0), (closed.Best!.Round, closed.Best.Accuracy));
        }

        Assert.Equal(new BestCheckpoint(9, 0.8, (await CheckpointAsync(job, 9))), outcome.Closed.Best);
        Assert.Equal(outcome.Closed.Best, (await job.ReadAsync(LedgerPaths.Progress, LedgerJson.Default.ProgressDocument)).Best);
        Assert.Equal([true, false], kept);
        Assert.False(await ThereAsync(job, 3), "round 9 took its place");
        Assert.True(await ThereAsync(job, 9));
    }

    [Fact]
    public async Task The_last_evaluation_may_be_the_best()
    {
        using var job = new ScriptedJob(new() { DeadlineSeconds = 60 }, rounds: 3);
        static void Rising(RoundKey round, Message message) => Score(message, 5 + round.Evaluates);
        var outcome = await job.RunAsync(new("site-0", Rising), new("site-1", Rising), new("site-2", Rising));
        Assert.Equal((3, 0.4, outcome.Closed.Checkpoint), (outcome.Closed.Best!.Round, outcome.Closed.Best.Accuracy, outcome.Closed.Best.Checkpoint));
    }

    [Fact]
    public async Task A_successor_of_the_aggregator_goes_on_with_the_same_best()
    {
        using var job = new ScriptedJob(new() { DeadlineSeconds = 60 }, rounds: 7, retention: new() { UpdateRounds = 1, Checkpoints = 2 });
        using var interrupt = new CancellationTokenSource();
        var interrupter = new ScriptedClient("site-0", async (round, message) =>
        {
            Score(round, message);
            if (round == new RoundKey(6, RoundKind.Train))
                await interrupt.CancelAsync();
        });
        var outcome = await job.RunInterruptedAsync(interrupt.Token, interrupter, new("site-1", Score), new("site-2", Score));
        Assert.True(interrupt.IsCancellationRequested);
        Assert.Equal(new BestCheckpoint(3, 0.75, await CheckpointAsync(job, 3)), outcome.Closed.Best);
        Assert.True(await ThereAsync(job, 3));
        Assert.False(await ThereAsync(job, 4));
    }

    [Fact]
    public void Without_an_evaluation_or_with_an_equal_one_the_best_stays()
    {
        var checkpoint = new BlobReference("checkpoints/a", "a", 1);
        var best = new BestCheckpoint(2, 0.5, checkpoint);
        var later = new RoundKey(5, RoundKind.Train);
        Assert.Null(BestCheckpoint.After(null, later, checkpoint, null));
        Assert.Null(BestCheckpoint.After(null, later, checkpoint, new SampleSums(0, 0, 0)));
        Assert.Same(best, BestCheckpoint.After(best, later, checkpoint, null));
        Assert.Same(best, BestCheckpoint.After(best, later, checkpoint, new SampleSums(20, 1, 10)));
        Assert.Equal(new BestCheckpoint(4, 0.55, checkpoint), BestCheckpoint.After(best, later, checkpoint, new SampleSums(20, 1, 11)));
        Assert.Equal(5, BestCheckpoint.After(best, later with { Kind = RoundKind.Evaluate }, checkpoint, new SampleSums(20, 1, 11))!.Round);
    }

    private static void Score(RoundKey round, Message message) => Score(message, s_correct[round.Evaluates]);

    private static void Score(Message message, int correct)
    {
        if (message.Report.Evaluation is { } evaluation)
            message.Report = message.Report with { Evaluation = evaluation with { Correct = correct } };
    }

    private static async Task<BlobReference> CheckpointAsync(ScriptedJob job, int round) =>
        (await job.ReadAsync(LedgerPaths.Closed(new RoundKey(round, RoundKind.Train)), LedgerJson.Default.ClosedDocument)).Checkpoint;

    private static async Task<bool> ThereAsync(ScriptedJob job, int round) => File.Exists(job.PathOf((await CheckpointAsync(job, round)).Name));
}
