using FedOperator.Core.Ledger;
using FedOperator.EndToEnd.Tests.Harness;

namespace FedOperator.EndToEnd.Tests;

/// <summary>Killed at any instant, a job ends with the bytes of an undisturbed run.</summary>
public sealed class CrashTests(CrashTests.Undisturbed undisturbed) : IClassFixture<CrashTests.Undisturbed>
{
    /// <summary>The write points by the process that has them: at which write of that kind in one process, of those whose name has a part in it. A round's documents in each kind of round.</summary>
    private static readonly (string Process, string Point, int Occurrence)[] s_points =
    [
        ("init", "InitialCheckpoint", 1), ("init", "Model", 1),
        ("aggregator", "Open@statistics", 2), ("aggregator", "Cut@statistics", 1), ("aggregator", "Checkpoint@000000", 1), ("aggregator", "Closed@statistics", 1),
        ("aggregator", "Open@000002/train", 1), ("aggregator", "Cut@000003/train", 1), ("aggregator", "Checkpoint@000004", 1), ("aggregator", "ServerState@000005", 1), ("aggregator", "Closed@000006/train", 1),
        ("aggregator", "Progress", 3), ("aggregator", "Delete@updates", 2), ("aggregator", "Delete@checkpoints", 2),
        ("aggregator", "Open@evaluate", 1), ("aggregator", "Cut@evaluate", 1), ("aggregator", "Result", 1), ("aggregator", "Closed@evaluate", 1),
        ("site-0", "Hello", 1), ("site-0", "Update", 2), ("site-0", "Report@statistics", 1), ("site-0", "State", 2), ("site-0", "Report@train", 2), ("site-0", "Delete@state", 1), ("site-0", "Report@evaluate", 1),
    ];

    /// <summary>Not in that list: an undisturbed run has no extension and may be too quick for a heartbeat, which have tests of their own below; attempts and exchanges have theirs in ExactTests; the operator's writes have theirs in tests/operator-cluster.</summary>
    private static readonly WritePoint[] s_elsewhere =
    [
        WritePoint.Extended, WritePoint.Heartbeat, WritePoint.Attempt, WritePoint.Exchange, WritePoint.Publish, WritePoint.Control, WritePoint.Credential,
        .. WritePoints.WithoutBlob.Except([WritePoint.Delete]),
    ];

    [Fact]
    public void Every_write_point_is_killed_at_in_some_test() =>
        Assert.Empty(Enum.GetValues<WritePoint>().Except(s_points.Select(p => Enum.Parse<WritePoint>(p.Point.Split('@')[0]))).Except(s_elsewhere));

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task Killed_at_every_write_point_the_job_ends_with_the_same_bytes(string when)
    {
        using var job = new TestJob(Specs.Everything);
        var kills = new Kills(job, when, s_points);
        await using var run = await TestRun.StartAsync(job, kills.Switches);
        await run.CompleteAsync();

        kills.AssertAllStruck(run);
        kills.AssertRestarts(run);
        Assert.Equal(undisturbed.Fingerprint, await job.FingerprintAsync());
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task Killed_at_an_extension_the_job_ends_with_the_same_bytes(string when)
    {
        // A deadline is a duration: it changes when things happen, and with a quorum of all never what is cut.
        using var job = new TestJob(Specs.Everything.Replace("deadlineSeconds: 300", "deadlineSeconds: 1, maxExtensions: 100", StringComparison.Ordinal));
        var marker = job.Beside("killed-Extended");
        await using var run = await TestRun.StartAsync(job, new Dictionary<string, string>(StringComparer.Ordinal) { ["aggregator"] = $"{WritePoint.Extended}:{when}:1:{marker}" });
        await run.UntilClosedAsync(2);
        run.Clients[2].Stop();
        await run.UntilAsync(() => File.Exists(marker) && run.Aggregator.Starts == 2, "second start of the aggregator");
        run.Clients[2].Continue();
        await run.CompleteAsync();
        Assert.Equal(undisturbed.Fingerprint, await job.FingerprintAsync());
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task Killed_at_a_heartbeat_the_job_ends_with_the_same_bytes(string when)
    {
        var spec = Specs.Everything.Replace("localSteps: 2", "localSteps: 200", StringComparison.Ordinal).Replace("rounds: 24", "rounds: 2", StringComparison.Ordinal);
        Assert.Equal(await FingerprintAsync(new Dictionary<string, string>(StringComparer.Ordinal)), await FingerprintAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["site-0"] = when }));

        async Task<string> FingerprintAsync(Dictionary<string, string> kill)
        {
            using var job = new TestJob(spec);
            var marker = job.Beside("killed-Heartbeat");
            await using var run = await TestRun.StartAsync(job, kill.ToDictionary(k => k.Key, k => $"{WritePoint.Heartbeat}:{k.Value}:2:{marker}"));
            await run.CompleteAsync();
            Assert.Equal(kill.Count == 1, File.Exists(marker));
            Assert.Equal(1 + kill.Count, run.Clients[0].Starts);
            return await job.FingerprintAsync();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Killed_at_random_instants_the_job_ends_with_the_same_bytes(int seed)
    {
        const int Kills = 6;
        var draws = new Draws(seed, "random kills");
        using var job = new TestJob(Specs.Everything);
        await using var run = await TestRun.StartAsync(job);
        var all = run.All.ToList();
        for (var kill = 0; kill < Kills; kill++)
        {
            // From the start of a round on, after a random while: rounds take some tens of milliseconds, restarts some hundreds.
            await run.UntilAsync(LedgerPaths.Open(new RoundKey(Math.Max(1, kill), RoundKind.Train)));
            await Task.Delay(draws.Below(120));
            Assert.True(await all[draws.Below(all.Count)].KillAsync(), "the job ended before its kills");
        }

        await run.CompleteAsync();
        Assert.Equal(all.Count + Kills, all.Sum(p => p.Starts));
        Assert.Equal(undisturbed.Fingerprint, await job.FingerprintAsync());
    }

    [Fact]
    public async Task An_aggregator_and_a_trainer_that_were_stopped_change_nothing_when_they_wake_up()
    {
        using var job = new TestJob(Specs.Everything);
        await using var run = await TestRun.StartAsync(job);
        await run.UntilClosedAsync(3);
        run.Aggregator.Stop();
        run.Clients[1].Stop();
        await using var aggregator = TrainerProcess.Aggregator(job, "successor");
        await using var client = TrainerProcess.Client(job, run.Clients[1].Name, "successor-of-" + run.Clients[1].Name);
        await run.UntilClosedAsync(8);
        run.Aggregator.Continue();
        run.Clients[1].Continue();
        await run.CompleteAsync();
        Assert.Equal(0, await aggregator.Ended);
        Assert.Equal(0, await client.Ended);
        Assert.Equal(undisturbed.Fingerprint, await job.FingerprintAsync());
    }

    [Theory]
    [InlineData("aggregator", "Open@000004/train")]
    [InlineData("aggregator", "Cut@000004/train")]
    [InlineData("aggregator", "Checkpoint@000004")]
    [InlineData("aggregator", "Closed@000004/train")]
    [InlineData("aggregator", "Delete@checkpoints")]
    [InlineData("aggregator", "Progress")]
    [InlineData("site-0", "Update")]
    [InlineData("site-0", "State")]
    [InlineData("site-0", "Report@000004/train")]
    public async Task Stopped_in_the_middle_of_a_write_that_a_successor_makes_first_the_job_ends_with_the_same_bytes(string process, string point)
    {
        using var job = new TestJob(Specs.Everything);
        var marker = job.Beside("stopped");
        await using var run = await TestRun.StartAsync(job, new Dictionary<string, string>(StringComparer.Ordinal) { [process] = $"{point}:stop:1:{marker}" });
        await run.UntilAsync(() => File.Exists(marker), "stop at " + point);
        await using var successor = process == "aggregator" ? TrainerProcess.Aggregator(job, "successor") : TrainerProcess.Client(job, process, "successor");
        await run.UntilClosedAsync(12);
        run.All.Single(p => p.Name == process).Continue();
        await run.CompleteAsync();
        Assert.Equal(0, await successor.Ended);
        Assert.Equal(undisturbed.Fingerprint, await job.FingerprintAsync());
    }

    [Fact]
    public async Task One_core_and_two_give_the_same_bytes()
    {
        using var job = new TestJob(Specs.Everything);
        Assert.True(Environment.ProcessorCount >= 2, "this machine has one processor: the test needs two");
        await using var run = await TestRun.StartAsync(job, cpus: "0");
        await run.CompleteAsync();
        Assert.Equal(undisturbed.Fingerprint, await job.FingerprintAsync());
    }

    [Fact]
    public async Task Another_seed_gives_other_bytes()
    {
        using var job = new TestJob(Specs.Everything.Replace("seed: 3", "seed: 4", StringComparison.Ordinal));
        await using var run = await TestRun.StartAsync(job);
        await run.CompleteAsync();
        Assert.NotEqual(undisturbed.Fingerprint, await job.FingerprintAsync());
    }

    /// <summary>What an undisturbed run ends with.</summary>
    public sealed class Undisturbed : IAsyncLifetime
    {
        public string Fingerprint { get; private set; } = "";

        public async Task InitializeAsync()
        {
            using var job = new TestJob(Specs.Everything);
            await using var run = await TestRun.StartAsync(job);
            await run.CompleteAsync();
            Assert.All(run.All, p => Assert.Equal(1, p.Starts));
            Fingerprint = await job.FingerprintAsync();
        }

        public Task DisposeAsync() => Task.CompletedTask;
    }
}
