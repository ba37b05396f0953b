using System.Text.Json.Nodes;
using FedOperator.Core.Ledger;
using FedOperator.Tests.Cluster;
using k8s;

namespace FedOperator.OperatorCluster.Tests;

/// <summary>An operator that is killed between any two writes: its successor makes up for all of it, and no client ever has two pods.</summary>
[Collection(Cluster.Name)]
public sealed class OperatorCrashTests : IAsyncLifetime, IDisposable
{
    /// <summary>The writes of a job's life, by its stages. Secrets and credentials, which volume storage has none of, are in another test.</summary>
    private static readonly string[] s_creation = ["Finalizer:1", "Publish:1", "Status:1", "PodCreate@aggregator:1", "PodCreate@trainer-0-0:1", "PodCreate@trainer-1-0:1"];
    private static readonly string[] s_failure = ["Status:1", "PodDelete@trainer-1-0:1", "PodCreate@trainer-1-1:1"];
    private static readonly string[] s_suspension = ["Control:1", "Status:1", "PodDelete@aggregator:1", "PodDelete@trainer-1:1"];
    private static readonly string[] s_resumption = ["Control:1", "Status:1", "PodCreate@aggregator:1", "PodCreate@trainer-1:1"];
    // What died between a status and its event never tells: so this comes without deaths before it.
    private static readonly string[] s_telling = ["Event:1"];
    private static readonly string[] s_end = ["Control:1", "Status:1", "PodDelete@trainer-0:1", "JobDelete:1"];
    private static readonly string[] s_deletion = ["PodDelete@trainer-0:1", "Blobs:1", "Finalizer:1"];

    private readonly string _ledger = Directory.CreateTempSubdirectory("fed-claim-").FullName;
    private ApiServer _server = null!;
    private TestNamespace _namespace = null!;

    public async Task InitializeAsync()
    {
        _server = await ApiServer.SharedAsync();
        await _server.InstallAsync();
        _namespace = await _server.NamespaceAsync();
    }

    [Fact]
    public void Every_write_of_the_operator_is_killed_at_in_some_test()
    {
        string[] all = [.. s_creation, .. s_failure, .. s_suspension, .. s_resumption, .. s_telling, .. s_end, .. s_deletion, .. OperatorSecretTests.Points];
        var ours = WritePoints.WithoutBlob.Except([WritePoint.Delete]).Union([WritePoint.Publish, WritePoint.Control, WritePoint.Credential]);
        Assert.Empty(ours.Except(all.Select(p => Enum.Parse<WritePoint>(p.Split(':', '@')[0]))));
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task Killed_between_any_two_writes_of_a_jobs_life_it_ends_as_if_undisturbed(string when)
    {
        await using var live = new LivePods(_namespace);
        await using var fed = new MortalOperator(killAt => OneByOne(killAt), _ledger);
        TestJob job = null!;

        await fed.LiveThroughAsync(s_creation, when, async () => job = await TestJob.CreateAsync(_namespace, change: spec =>
        {
            spec["storage"]!["retention"] = new JsonObject { ["onDelete"] = "Delete" };
            spec["ttlSecondsAfterFinished"] = 1000;
        }), async () => await job.PodNamesAsync() == "aggregator-0-0 trainer-0-0 trainer-1-0");
        Assert.Equal(["ID", "ID-edge-0", "ID-edge-1"], await job.ContainersAsync(_ledger));

        foreach (var pod in new[] { "aggregator-0-0", "trainer-0-0", "trainer-1-0" })
            await job.RunsAsync(pod);
        await Wait.UntilAsync(async () => (await job.StatusAsync()).ClientSummary == "2/2", "clients at work", () => fed.Log, job.DescribeAsync);
        await fed.LiveThroughAsync(s_failure, when, () => job.EndsAsync("trainer-1-0", exitCode: 1), async () => await job.PodNamesAsync() == "aggregator-0-0 trainer-0-0 trainer-1-1");
        await job.RunsAsync("trainer-1-1");
        await Wait.UntilAsync(async () => (await job.StatusAsync()).ClientSummary == "2/2", "clients at work again", () => fed.Log, job.DescribeAsync);
        var status = await job.StatusAsync();
        Assert.Equal((1, "edge-1"), (status.Restarts, Assert.Single(status.Failures!).Client));

        await fed.LiveThroughAsync(s_suspension, when, () => job.PatchAsync(new { spec = new { suspend = true } }), async () => await job.PodNamesAsync() == "" && (await job.ConditionAsync("Suspended"))?.Status == "True");
        await fed.LiveThroughAsync(s_resumption, when, () => job.PatchAsync(new { spec = new { suspend = false } }), async () => await job.PodNamesAsync() == "aggregator-0-0 trainer-0-0 trainer-1-1");
        Assert.Equal(1, (await job.StatusAsync()).Restarts);

        await fed.LiveThroughAsync(s_telling, when, () => job.PatchAsync(new { spec = new { suspend = true } }), async () => await job.PodNamesAsync() == "");
        await job.PatchAsync(new { spec = new { suspend = false } });
        await Wait.UntilAsync(async () => await job.PodNamesAsync() == "aggregator-0-0 trainer-0-0 trainer-1-1", "the pods", () => fed.Log, job.DescribeAsync);

        await fed.LiveThroughAsync(s_deletion, when, job.DeleteAsync, async () => await job.ReadAsync() is null);
        Assert.Empty(Directory.GetDirectories(_ledger, "fj-*"));
        live.AssertNeverTwo();
        // Each pod that there was had a purpose: three, the one that failed replaced, and three after each suspension.
        Assert.Equal(10, live.Seen.Count);
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task Killed_at_the_end_of_a_job_that_is_kept_for_a_while_it_goes_in_time(string when)
    {
        await using var fed = new MortalOperator(killAt => OneByOne(killAt), _ledger);
        await fed.StartAsync();
        var job = await TestJob.CreateAsync(_namespace, change: spec => spec["ttlSecondsAfterFinished"] = 5);
        await Wait.UntilAsync(async () => await job.PodNamesAsync() == "aggregator-0-0 trainer-0-0 trainer-1-0", "the pods", () => fed.Log, job.DescribeAsync);
        await job.RunsAsync("aggregator-0-0");
        // Wrong input: it would say so again.
        await fed.LiveThroughAsync(s_end, when, () => job.EndsAsync("aggregator-0-0", exitCode: 2), async () => await job.ReadAsync() is null);
    }

    [Fact]
    public async Task A_leader_that_is_killed_is_followed_by_the_one_that_stands_by()
    {
        await using var live = new LivePods(_namespace);
        var marker = Path.Join(_ledger, "killed");
        await using var first = Start(lease: true, killAt: $"PodCreate:after:2:{marker}", "--kube-api-parallelism", "2");
        await first.ReadyAsync();
        await Wait.UntilAsync(async () => await first.MetricAsync("leader_election_master_status") == 1, "a leader", () => first.Log);
        await using var second = Start(lease: true);
        await second.ReadyAsync();
        Assert.Equal(0, await second.MetricAsync("leader_election_master_status"));

        var job = await TestJob.CreateAsync(_namespace, clients: 6);
        Assert.Equal(137, await first.EndedAsync());
        Assert.True(File.Exists(marker));
        Assert.NotEqual(7, (await job.PodsAsync()).Count);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0 trainer-2-0 trainer-3-0 trainer-4-0 trainer-5-0", second);
        Assert.Equal(1, await second.MetricAsync("leader_election_master_status"));
        Assert.Equal(7, live.Seen.Count);

        // The successor lets go of the lease when it is told to stop: the next one begins at once.
        Assert.Equal(0, await second.StopAsync());
        var lease = await _namespace.Client.CoordinationV1.ReadNamespacedLeaseAsync(name: "fed-operator", namespaceParameter: _namespace.Name);
        Assert.Equal("", lease.Spec.HolderIdentity);
    }

    [Fact]
    public async Task A_leader_that_was_stopped_and_wakes_up_writes_nothing_more_and_leaves()
    {
        await using var live = new LivePods(_namespace);
        var marker = Path.Join(_ledger, "stopped");
        await using var first = Start(lease: true, killAt: $"PodCreate:stop:2:{marker}", "--kube-api-parallelism", "2");
        await first.ReadyAsync();
        await Wait.UntilAsync(async () => await first.MetricAsync("leader_election_master_status") == 1, "a leader", () => first.Log);
        var job = await TestJob.CreateAsync(_namespace, clients: 3);
        await Wait.UntilAsync(() => Task.FromResult(File.Exists(marker) && first.IsStopped()), "the stop in the middle of creating pods", () => first.Log);

        await using var second = Start(lease: true);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0 trainer-2-0", second);
        await job.RunsAsync("trainer-1-0");
        await Wait.UntilAsync(async () => (await job.StatusAsync()).ClientSummary == "1/3", "a client at work", () => second.Log);
        await job.EndsAsync("trainer-1-0", exitCode: 1);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-1 trainer-2-0", second);

        // Its plan would make the pod again that failed and is gone.
        first.Continue();
        Assert.Equal(4, await first.EndedAsync());
        await Task.Delay(1000);
        Assert.Equal("aggregator-0-0 trainer-0-0 trainer-1-1 trainer-2-0", await job.PodNamesAsync());
        Assert.Equal(5, live.Seen.Count);
        live.AssertNeverTwo();
    }

    public async Task DisposeAsync() => await _namespace.DisposeAsync();

    public void Dispose() => Directory.Delete(_ledger, recursive: true);

    // One request at a time: else it depends on chance which pods are there when it dies.
    private OperatorProcess OneByOne(string? killAt) => OperatorProcess.Start(_server, _namespace.Name, _ledger, killAt, lease: false, "--kube-api-parallelism", "1");

    private OperatorProcess Start(bool lease, string? killAt = null, params string[] more) => OperatorProcess.Start(_server, _namespace.Name, _ledger, killAt, lease, more);
}
