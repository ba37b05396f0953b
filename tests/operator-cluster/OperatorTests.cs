using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Kubernetes;
using FedOperator.Tests.Cluster;
using k8s;
using k8s.Models;

namespace FedOperator.OperatorCluster.Tests;

/// <summary>The operator's process against a real API server. No kubelet: pods stay pending, unless a test says otherwise of them.</summary>
[Collection(Cluster.Name)]
public sealed class OperatorTests : IAsyncLifetime, IDisposable
{
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
    public async Task A_job_becomes_an_aggregator_and_a_trainer_for_each_client()
    {
        await using var fed = Start();
        await fed.ReadyAsync();
        var job = await TestJob.CreateAsync(_namespace, clients: 3);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0 trainer-2-0", fed);

        var resource = (await job.ReadAsync())!;
        foreach (var pod in await job.PodsAsync())
        {
            var owner = Assert.Single(pod.Metadata.OwnerReferences);
            Assert.Equal((resource.Metadata.Uid, true), (owner.Uid, owner.Controller));
        }
        var status = await job.StatusAsync();
        Assert.Equal((1, "0/3", "0/3", 0), (status.ObservedGeneration, status.RoundSummary, status.ClientSummary, status.Restarts));
        Assert.Equal("Starting", status.Conditions!.Single(c => c.Type == "Running").Reason);
        Assert.Equal(["ID", "ID-edge-0", "ID-edge-1", "ID-edge-2"], await job.ContainersAsync(_ledger));

        // Of its own accord it writes nothing more: four pods, one status, one event.
        await Task.Delay(3000);
        Assert.Equal((5, 1), (await fed.MetricAsync("rest_client_requests_total", "method=\"POST\""), await fed.MetricAsync("rest_client_requests_total", "method=\"PATCH\"")));
        Assert.Equal("Started", Assert.Single(await EventsAsync(job)).Reason);
        Assert.Equal(0, await fed.MetricAsync("controller_runtime_reconcile_errors_total"));
        Assert.Equal(1, await fed.MetricAsync("federatedjob_created_total"));
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await fed.GetAsync("healthz"));
        Assert.Equal(0, await fed.StopAsync());
    }

    [Fact]
    public async Task A_pod_that_fails_is_counted_and_replaced_and_told_of()
    {
        await using var live = new LivePods(_namespace);
        await using var fed = Start();
        var job = await TestJob.CreateAsync(_namespace);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", fed);
        foreach (var pod in new[] { "aggregator-0-0", "trainer-0-0", "trainer-1-0" })
            await job.RunsAsync(pod);
        await Wait.UntilAsync(async () => (await job.StatusAsync()).ClientSummary == "2/2", "clients at work", () => fed.Log);
        await job.EndsAsync("trainer-1-0", exitCode: 1);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-1", fed);

        var status = await job.StatusAsync();
        var failure = Assert.Single(status.Failures!);
        Assert.Equal(("edge-1", "Error", 1, 1), (failure.Client, failure.Reason, failure.ExitCode, status.Restarts));
        await Wait.UntilAsync(async () => (await EventsAsync(job)).Any(e => e.Reason == "Restarted"), "the event", () => fed.Log);
        live.AssertNeverTwo();
    }

    [Fact]
    public async Task A_suspended_job_loses_its_pods_and_gets_them_back()
    {
        await using var live = new LivePods(_namespace);
        await using var fed = Start();
        var job = await TestJob.CreateAsync(_namespace);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", fed);

        await job.PatchAsync(new { spec = new { suspend = true } });
        await job.PodsAreAsync("", fed);
        await job.ReasonIsAsync("Suspended", "SuspendedByUser", fed);
        Assert.True(Control(await job.ReadAsync()).Suspended);

        await job.PatchAsync(new { spec = new { suspend = false } });
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", fed);
        Assert.False(Control(await job.ReadAsync()).Suspended);
        Assert.Equal(0, (await job.StatusAsync()).Restarts);
        live.AssertNeverTwo();
    }

    [Theory]
    [InlineData("Retain", true)]
    [InlineData("Delete", false)]
    public async Task A_deleted_job_takes_its_blobs_with_it_only_if_it_says_so(string onDelete, bool remains)
    {
        await using var fed = Start();
        var job = await TestJob.CreateAsync(_namespace, change: spec => spec["storage"]!["retention"] = new JsonObject { ["onDelete"] = onDelete });
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", fed);
        var blobs = Assert.Single(Directory.GetFiles(_ledger, "plan.json", SearchOption.AllDirectories));
        Assert.Equal(remains ? null : ["fedoperator.io/blobs"], (await job.ReadAsync())!.Metadata.Finalizers);

        await job.DeleteAsync();
        await Wait.UntilAsync(async () => await job.ReadAsync() is null, "the job's end", () => fed.Log);
        Assert.Equal(remains, File.Exists(blobs));
        Assert.Equal(remains ? 3 : 0, Directory.GetDirectories(_ledger, "fj-*").Length);
    }

    [Fact]
    public async Task A_broken_ledger_is_deleted_with_its_job()
    {
        TestJob job;
        await using (var first = Start())
        {
            job = await TestJob.CreateAsync(_namespace, change: spec => spec["storage"]!["retention"] = new JsonObject { ["onDelete"] = "Delete" });
            await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", first);
        }
        await File.WriteAllTextAsync(Assert.Single(Directory.GetFiles(_ledger, "plan.json", SearchOption.AllDirectories)), "{}");

        // One that has not read it before.
        await using var fed = Start();
        await job.ReasonIsAsync("Degraded", "LedgerCorrupt", fed);
        await job.DeleteAsync();
        await Wait.UntilAsync(async () => await job.ReadAsync() is null, "the job's end", () => fed.Log, job.DescribeAsync);
        Assert.Empty(Directory.GetDirectories(_ledger, "fj-*"));
    }

    [Fact]
    public async Task What_a_quota_refuses_is_said_in_the_status_and_made_up_for_once_it_is_raised()
    {
        await QuotaAsync(2);
        await using var fed = Start();
        var job = await TestJob.CreateAsync(_namespace);
        await job.ReasonIsAsync("Degraded", "NotApplied", fed);
        Assert.Contains("exceeded quota: small", (await job.ConditionAsync("Degraded"))!.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await job.PodsAsync()).Count);

        await QuotaAsync(10);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", fed);
        await Wait.UntilAsync(async () => (await job.ConditionAsync("Degraded"))?.Status == "False", "recovery", () => fed.Log);
        Assert.Equal(0, await fed.MetricAsync("controller_runtime_reconcile_errors_total"));
    }

    [Fact]
    public async Task A_pod_of_somebody_else_that_has_the_name_is_left_alone_and_told_of()
    {
        await _namespace.Client.CoreV1.CreateNamespacedPodAsync(
            body: new V1Pod { Metadata = new V1ObjectMeta { Name = "fashion-trainer-1-0" }, Spec = new V1PodSpec { Containers = [new V1Container { Name = "mine", Image = "mine:1" }] } }, namespaceParameter: _namespace.Name);
        await using var fed = Start();
        var job = await TestJob.CreateAsync(_namespace);
        await job.ReasonIsAsync("Degraded", "NotApplied", fed);
        Assert.Contains("pod fashion-trainer-1-0 exists and is none of this job's", (await job.ConditionAsync("Degraded"))!.Message, StringComparison.Ordinal);
        Assert.Equal("aggregator-0-0 trainer-0-0", await job.PodNamesAsync());

        await _namespace.Client.CoreV1.DeleteNamespacedPodAsync(name: "fashion-trainer-1-0", namespaceParameter: _namespace.Name);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", fed);
    }

    [Fact]
    public async Task A_status_is_not_written_over_a_job_that_changed_in_the_meantime()
    {
        var marker = Path.Join(_ledger, "stopped");
        await using var fed = Start(killAt: $"Status:stop:1:{marker}");
        var job = await TestJob.CreateAsync(_namespace);
        await Wait.UntilAsync(() => Task.FromResult(File.Exists(marker) && fed.IsStopped()), "the stop before the status", () => fed.Log);
        await job.PatchAsync(new { metadata = new { annotations = new { note = "changed" } }, spec = new { rounds = 5 } });
        fed.Continue();

        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", fed);
        await Wait.UntilAsync(async () => (await job.StatusAsync()) is { ObservedGeneration: 2, RoundSummary: "0/5" }, "the status of the newer spec", () => fed.Log);
        Assert.True(await fed.MetricAsync("rest_client_requests_total", "code=\"409\"") >= 1);
        Assert.Equal("changed", (await job.ReadAsync())!.Metadata.Annotations["note"]);
    }

    [Fact]
    public async Task The_same_event_is_counted_and_not_made_twice()
    {
        await using var fed = Start();
        var job = await TestJob.CreateAsync(_namespace);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", fed);
        for (var i = 0; i < 3; i++)
        {
            await job.PatchAsync(new { spec = new { suspend = true } });
            await job.ReasonIsAsync("Suspended", "SuspendedByUser", fed);
            await job.PatchAsync(new { spec = new { suspend = false } });
            await Wait.UntilAsync(async () => (await job.ConditionAsync("Suspended"))?.Status == "False", "resumption", () => fed.Log);
        }
        await Wait.UntilAsync(async () => (await EventsAsync(job)).SingleOrDefault(e => e.Reason == "Suspended")?.Count == 3, "an event that was told three times", () => fed.Log);
    }

    [Fact]
    public async Task The_api_server_may_go_away_and_come_back()
    {
        var server = await ApiServer.OwnAsync();
        await server.InstallAsync();
        await using var @namespace = await server.NamespaceAsync();
        await using var fed = OperatorProcess.Start(server, @namespace.Name, _ledger);
        var job = await TestJob.CreateAsync(@namespace);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", fed);

        await server.StopAsync();
        await Task.Delay(5000);
        Assert.False(fed.HasEnded);
        await server.ResumeAsync();
        var second = await TestJob.CreateAsync(@namespace, name: "second");
        await second.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", fed);
        Assert.Equal("aggregator-0-0 trainer-0-0 trainer-1-0", await job.PodNamesAsync());
    }

    [Fact]
    public async Task Metrics_are_as_promtool_wants_them()
    {
        await using var fed = Start();
        var job = await TestJob.CreateAsync(_namespace);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", fed);
        await FedOperator.Tests.Promtool.AssertCleanAsync((await fed.GetAsync("metrics")).Text);
    }

    public async Task DisposeAsync() => await _namespace.DisposeAsync();

    public void Dispose() => Directory.Delete(_ledger, recursive: true);

    private OperatorProcess Start(string? killAt = null) => OperatorProcess.Start(_server, _namespace.Name, _ledger, killAt);

    private ControlDocument Control(FederatedJobResource? job) => JsonSerializer.Deserialize(
        File.ReadAllBytes(Path.Join(_ledger, "fj-" + job!.Metadata.Uid.Replace("-", "", StringComparison.Ordinal), LedgerPaths.Control)), LedgerJson.Default.ControlDocument)!;

    private async Task<IReadOnlyList<Corev1Event>> EventsAsync(TestJob job)
    {
        var uid = (await job.ReadAsync())!.Metadata.Uid;
        return [.. (await _namespace.Client.CoreV1.ListNamespacedEventAsync(namespaceParameter: _namespace.Name)).Items.Where(e => e.InvolvedObject.Uid == uid)];
    }

    /// <summary>A quota of so many pods. No controller manager counts here, so what it would write is written.</summary>
    private async Task QuotaAsync(int pods)
    {
        var hard = new Dictionary<string, string>(StringComparer.Ordinal) { ["pods"] = pods.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        var quotas = await _namespace.Client.CustomObjects.ListNamespacedCustomObjectAsync<JsonElement>(group: "", version: "v1", namespaceParameter: _namespace.Name, plural: "resourcequotas");
        if (quotas.GetProperty("items").GetArrayLength() == 0)
            await _namespace.Client.CustomObjects.CreateNamespacedCustomObjectAsync<JsonElement>(body: new { apiVersion = "v1", kind = "ResourceQuota", metadata = new { name = "small" }, spec = new { hard } }, group: "", version: "v1", namespaceParameter: _namespace.Name, plural: "resourcequotas");
        else
            await _namespace.Client.CustomObjects.PatchNamespacedCustomObjectAsync<JsonElement>(body: new V1Patch(new { spec = new { hard } }, V1Patch.PatchType.MergePatch), group: "", version: "v1", namespaceParameter: _namespace.Name, plural: "resourcequotas", name: "small");
        var used = new Dictionary<string, string>(StringComparer.Ordinal) { ["pods"] = (await _namespace.Client.CoreV1.ListNamespacedPodAsync(namespaceParameter: _namespace.Name)).Items.Count.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        await _namespace.Client.CustomObjects.PatchNamespacedCustomObjectStatusAsync<JsonElement>(body: new V1Patch(new { status = new { hard, used } }, V1Patch.PatchType.MergePatch), group: "", version: "v1", namespaceParameter: _namespace.Name, plural: "resourcequotas", name: "small");
    }
}
