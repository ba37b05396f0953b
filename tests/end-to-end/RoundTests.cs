using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.EndToEnd.Tests.Harness;

namespace FedOperator.EndToEnd.Tests;

/// <summary>Quorum, deadlines, missed rounds, sampling, hints and retention, with the real aggregator over a folder and scripted clients.</summary>
public sealed class RoundTests
{
    private static readonly ParticipationSpec s_patient = new() { DeadlineSeconds = 60 };

    [Fact]
    public async Task At_the_deadline_a_quorum_is_enough()
    {
        using var job = new ScriptedJob(new() { Quorum = 0.6, DeadlineSeconds = 2 });
        var outcome = await job.RunAsync(new("site-0"), new("site-1"), SilentIn("site-2", r => r == Train(2)));
        Assert.Null(outcome.Failure);
        var cut = await job.ReadAsync(LedgerPaths.Cut(Train(2)), LedgerJson.Default.CutDocument);
        Assert.Equal(["site-0", "site-1"], cut.Admitted.Select(a => a.Client));
        Assert.Equal(ExclusionReason.Missing, Assert.Single(cut.Excluded).Reason);
        Assert.Equal(3, (await job.ReadAsync(LedgerPaths.Cut(Train(3)), LedgerJson.Default.CutDocument)).Admitted.Count);
    }

    [Fact]
    public async Task Below_the_quorum_a_round_is_extended_and_a_late_report_counts()
    {
        using var job = new ScriptedJob(new() { Quorum = 1, DeadlineSeconds = 2, BelowQuorum = BelowQuorum.Retry });
        var late = new ScriptedClient("site-1", async (round, _) =>
        {
            while (round == Train(1) && !File.Exists(job.PathOf(LedgerPaths.Extended(Train(1), 1))))
                await Task.Delay(5);
        });
        var outcome = await job.RunAsync(new("site-0"), late, new("site-2"));
        Assert.Null(outcome.Failure);
        var extended = await job.ReadAsync(LedgerPaths.Extended(Train(1), 1), LedgerJson.Default.ExtendedDocument);
        Assert.Equal(3, extended.Needed);
        Assert.Equal("site-1", Assert.Single(extended.Excluded).Client);
        Assert.Empty((await job.ReadAsync(LedgerPaths.Cut(Train(1)), LedgerJson.Default.CutDocument)).Excluded);
    }

    [Fact]
    public async Task Below_the_quorum_fail_ends_the_job_with_the_reason()
    {
        using var job = new ScriptedJob(new() { Quorum = 1, DeadlineSeconds = 2, BelowQuorum = BelowQuorum.Fail });
        var outcome = await job.RunAsync(new("site-0"), SilentIn("site-1", r => r == Train(2)), new("site-2"));
        Assert.Equal("BelowQuorum", outcome.Failure?.Reason);
        Assert.Contains("site-1", outcome.Failure!.Message, StringComparison.Ordinal);
        Assert.Null(outcome.Closed.Next);
        var progress = await job.ReadAsync(LedgerPaths.Progress, LedgerJson.Default.ProgressDocument);
        Assert.Equal(JobState.Failed, progress.State);
        Assert.Equal(outcome.Failure.Message, progress.Message);
    }

    [Fact]
    public async Task A_round_that_fails_leaves_the_personal_states_that_go_with_the_checkpoint_it_leaves()
    {
        using var job = new ScriptedJob(new() { Quorum = 1, DeadlineSeconds = 2, BelowQuorum = BelowQuorum.Fail });
        static string State(int round) => new((char)('a' + round), 64);
        var stateful = new ScriptedClient("site-0", (round, message) => message.Report = round.Kind == RoundKind.Train ? message.Report with { State = State(round.Number) } : message.Report);
        var outcome = await job.RunAsync(stateful, SilentIn("site-1", r => r == Train(2)), new("site-2"));
        Assert.NotNull(outcome.Failure);
        Assert.Equal(State(2), (await job.ReadAsync(LedgerPaths.Cut(Train(2)), LedgerJson.Default.CutDocument)).Admitted[0].State);
        var first = await job.ReadAsync(LedgerPaths.Closed(Train(1)), LedgerJson.Default.ClosedDocument);
        Assert.Equal(State(1), first.Clients[0].State);
        Assert.Equal((first.Checkpoint, State(1)), (outcome.Closed.Checkpoint, outcome.Closed.Clients[0].State));
    }

    [Fact]
    public async Task A_quorum_that_missing_reports_cannot_mend_fails_at_once()
    {
        // The deadline is far away: it is not waited for.
        using var job = new ScriptedJob(new() { Quorum = 1, DeadlineSeconds = 600 });
        var broken = new ScriptedClient("site-1", (round, message) => message.Report = round == Train(1) ? message.Report with { Samples = 1 } : message.Report);
        var outcome = await job.RunAsync(new("site-0"), broken, new("site-2"));
        Assert.Contains("cannot be mended", outcome.Failure?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Extensions_end()
    {
        using var job = new ScriptedJob(new() { Quorum = 1, DeadlineSeconds = 0.3, MaxExtensions = 2 });
        var outcome = await job.RunAsync(new("site-0"), SilentIn("site-1", _ => true), new("site-2"));
        Assert.Contains("extended 2 times", outcome.Failure?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_missed_too_many_rounds_is_not_awaited_until_it_says_hello_again()
    {
        using var job = new ScriptedJob(new() { Quorum = 0.6, DeadlineSeconds = 2, MaxMissedRounds = 2 }, rounds: 8);
        var gone = SilentIn("site-2", r => r is { Kind: RoundKind.Train, Number: >= 1 and <= 4 });
        var witness = new ScriptedClient("site-0", async (round, _) =>
        {
            if (round == Train(5))
                await job.Ledger.Exchange("site-2").WriteAsync(LedgerPaths.Hello, job.HelloOf("site-2", "second"), null, CancellationToken.None);
        });
        Assert.Null((await job.RunAsync(witness, new("site-1"), gone)).Failure);
        foreach (var (round, awaited) in new[] { (1, true), (2, true), (3, false), (4, false), (6, true), (7, true) })
        {
            var open = await job.ReadAsync(LedgerPaths.Open(Train(round)), LedgerJson.Default.OpenDocument);
            Assert.True(awaited == open.Participants.Single(p => p.Name == "site-2").Awaited, $"round {round}");
        }
    }

    [Fact]
    public async Task A_required_client_is_always_awaited()
    {
        using var job = new ScriptedJob(new() { Quorum = 0.6, DeadlineSeconds = 1, MaxMissedRounds = 1 }, required: ["site-2"]);
        await job.RunAsync(new("site-0"), new("site-1"), SilentIn("site-2", r => r.Kind == RoundKind.Train));
        Assert.True((await job.ReadAsync(LedgerPaths.Open(Train(3)), LedgerJson.Default.OpenDocument)).Participants.Single(p => p.Name == "site-2").Awaited);
    }

    [Fact]
    public async Task A_lost_client_is_not_awaited()
    {
        using var job = new ScriptedJob(new() { Quorum = 0.6, DeadlineSeconds = 60 });
        await job.ControlAsync(new ControlDocument { Lost = ["site-2"] });
        Assert.Null((await job.RunAsync(new("site-0"), new("site-1"), SilentIn("site-2", _ => true))).Failure);
        Assert.False((await job.ReadAsync(LedgerPaths.Open(Train(1)), LedgerJson.Default.OpenDocument)).Participants.Single(p => p.Name == "site-2").Awaited);
    }

    [Fact]
    public async Task Progress_tells_which_round_admitted_a_client_last_though_the_aggregator_was_started_again()
    {
        using var job = new ScriptedJob(new() { Quorum = 0.6, DeadlineSeconds = 2, MaxMissedRounds = 1 }, rounds: 6);
        using var interrupt = new CancellationTokenSource();
        var interrupter = new ScriptedClient("site-0", async (round, _) =>
        {
            if (round == Train(5))
                await interrupt.CancelAsync();
        });
        Assert.Null((await job.RunInterruptedAsync(interrupt.Token, interrupter, new("site-1"), SilentIn("site-2", r => r is { Kind: not RoundKind.Statistics } and not { Number: <= 2 }))).Failure);
        Assert.True(interrupt.IsCancellationRequested);
        var progress = await job.ReadAsync(LedgerPaths.Progress, LedgerJson.Default.ProgressDocument);
        Assert.Equal(new Dictionary<string, int> { ["site-0"] = 6, ["site-1"] = 6, ["site-2"] = 2 }, progress.Admitted);
    }

    [Fact]
    public async Task A_round_for_which_a_client_was_not_drawn_has_not_admitted_it()
    {
        using var job = new ScriptedJob(s_patient with { PerRound = 0.5 }, clients: 4, rounds: 6);
        Assert.Null((await job.RunAsync([.. Enumerable.Range(0, 4).Select(i => new ScriptedClient($"site-{i}"))])).Failure);
        var newest = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var round = 1; round <= 6; round++)
        {
            foreach (var admission in (await job.ReadAsync(LedgerPaths.Cut(Train(round)), LedgerJson.Default.CutDocument)).Admitted)
                newest[admission.Client] = round;
        }
        var progress = await job.ReadAsync(LedgerPaths.Progress, LedgerJson.Default.ProgressDocument);
        Assert.Equal(newest.OrderBy(n => n.Key), progress.Admitted!.OrderBy(n => n.Key));
        Assert.Contains(newest.Values, round => round < 6);
    }

    [Fact]
    public async Task Sampling_draws_the_same_clients_for_the_same_seed_and_not_always_the_same_ones()
    {
        var first = await DrawnAsync();
        Assert.Equal(first, await DrawnAsync());
        Assert.All(first, drawn => Assert.Equal(2, drawn.Split(' ').Length));
        Assert.True(first.Distinct().Count() > 1);

        static async Task<List<string>> DrawnAsync()
        {
            using var job = new ScriptedJob(s_patient with { PerRound = 0.5 }, clients: 4, rounds: 6);
            Assert.Null((await job.RunAsync([.. Enumerable.Range(0, 4).Select(i => new ScriptedClient($"site-{i}"))])).Failure);
            var drawn = new List<string>();
            for (var round = 1; round <= 6; round++)
                drawn.Add(string.Join(' ', (await job.ReadAsync(LedgerPaths.Open(Train(round)), LedgerJson.Default.OpenDocument)).Participants.Select(p => p.Name)));
            return drawn;
        }
    }

    [Fact]
    public async Task A_lost_client_is_not_drawn()
    {
        using var job = new ScriptedJob(s_patient with { PerRound = 0.5 }, clients: 4, rounds: 6);
        await job.ControlAsync(new ControlDocument { Lost = ["site-3"] });
        Assert.Null((await job.RunAsync(new("site-0"), new("site-1"), new("site-2"), SilentIn("site-3", r => r.Kind == RoundKind.Train))).Failure);
        for (var round = 1; round <= 6; round++)
            Assert.DoesNotContain("site-3", (await job.ReadAsync(LedgerPaths.Open(Train(round)), LedgerJson.Default.OpenDocument)).Participants.Select(p => p.Name));
    }

    [Theory]
    [InlineData("hello.json")]
    [InlineData("heartbeat.json")]
    public async Task A_document_that_is_too_long_stops_nobody(string name)
    {
        using var job = new ScriptedJob(new() { Quorum = 0.6, DeadlineSeconds = 1, MaxMissedRounds = 1 }, startupDeadlineSeconds: 1);
        await job.Ledger.Exchange("site-2").WriteAsync(name, new byte[2 << 20], null, CancellationToken.None);
        ScriptedClient[] clients = name == LedgerPaths.Hello ? [new("site-0"), new("site-1")] : [new("site-0"), new("site-1"), SilentIn("site-2", r => r == Train(1))];
        Assert.Null((await job.RunAsync(clients)).Failure);
    }

    [Fact]
    public async Task At_the_startup_deadline_the_quorum_of_hellos_is_enough()
    {
        using var job = new ScriptedJob(s_patient with { Quorum = 0.6 }, startupDeadlineSeconds: 0.3);
        var outcome = await job.RunAsync(new("site-0"), new("site-1"));
        Assert.Null(outcome.Failure);
        Assert.Equal(["site-0", "site-1"], (await job.ReadAsync(LedgerPaths.Open(Train(1)), LedgerJson.Default.OpenDocument)).Participants.Select(p => p.Name));
    }

    [Fact]
    public async Task A_hello_of_another_model_is_refused()
    {
        using var job = new ScriptedJob(s_patient with { Quorum = 0.6 }, startupDeadlineSeconds: 0.3);
        await job.Ledger.Exchange("site-2").WriteAsync(LedgerPaths.Hello, job.HelloOf("site-2", "first", model: new string('d', 64)), null, CancellationToken.None);
        Assert.Null((await job.RunAsync(new("site-0"), new("site-1"))).Failure);
        Assert.DoesNotContain("site-2", (await job.ReadAsync(LedgerPaths.Open(Train(1)), LedgerJson.Default.OpenDocument)).Participants.Select(p => p.Name));
    }

    [Fact]
    public async Task A_suspended_job_opens_nothing_until_it_is_resumed()
    {
        using var job = new ScriptedJob(s_patient);
        await job.ControlAsync(new ControlDocument { Suspended = true });
        var running = job.RunAsync(new("site-0"), new("site-1"), new("site-2"));
        await Task.Delay(300);
        Assert.False(File.Exists(job.PathOf(LedgerPaths.Open(new RoundKey(0, RoundKind.Statistics, 1)))));
        await job.ControlAsync(new ControlDocument());
        Assert.Null((await running).Failure);
    }

    [Fact]
    public async Task A_job_that_grows_goes_on_after_its_last_round()
    {
        using var job = new ScriptedJob(s_patient);
        var grow = new ScriptedClient("site-0", async (round, _) =>
        {
            if (round.Kind == RoundKind.Evaluate)
                await job.ControlAsync(new ControlDocument { Rounds = 5 });
        });
        var outcome = await job.RunAsync(grow, new("site-1"), new("site-2"));
        Assert.Equal(new RoundKey(5, RoundKind.Evaluate), outcome.Closed.Round);
        Assert.Equal(5, (await job.ReadAsync(LedgerPaths.Open(Train(4)), LedgerJson.Default.OpenDocument)).Target);
    }

    [Fact]
    public async Task Retention_keeps_what_the_plan_says_and_all_documents()
    {
        using var job = new ScriptedJob(s_patient, rounds: 9, retention: new RetentionSpec { UpdateRounds = 1, Checkpoints = 3 });
        var outcome = await job.RunAsync(new("site-0"), new("site-1"), new("site-2"));
        var checkpoints = new List<string>();
        await foreach (var blob in job.Ledger.Global.ListAsync("checkpoints/", CancellationToken.None))
            checkpoints.Add(blob.Name[..18]);
        // The initial one; the best one, which is the first because no later one was better; the newest three.
        Assert.Equal(["checkpoints/000000", "checkpoints/000001", "checkpoints/000007", "checkpoints/000008", "checkpoints/000009"], checkpoints);
        var updates = 0;
        await foreach (var _ in job.Ledger.Exchange("site-1").ListAsync(LedgerPaths.Updates, CancellationToken.None))
            updates++;
        Assert.Equal(1, updates);
        for (var round = 1; round <= 9; round++)
            Assert.True(File.Exists(job.PathOf(LedgerPaths.Closed(Train(round)))));
        Assert.True(File.Exists(job.PathOf(outcome.Closed.Result!.Name)));
    }

    private static RoundKey Train(int number) => new(number, RoundKind.Train);

    private static ScriptedClient SilentIn(string name, Func<RoundKey, bool> silent) => new(name, (round, message) => message.Nothing = silent(round));
}
