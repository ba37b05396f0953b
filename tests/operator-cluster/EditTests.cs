using System.Net;
using System.Text.Json.Nodes;
using FedOperator.Tests.Cluster;
using k8s.Autorest;

namespace FedOperator.OperatorCluster.Tests;

/// <summary>Edits of a job that runs, which an API server lets pass and the operator does not follow; with an operator that was not there when the job was started.</summary>
[Collection(Cluster.Name)]
public sealed class EditTests : IAsyncLifetime, IDisposable
{
    private const string All = "aggregator-0-0 trainer-0-0 trainer-1-0";

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
    public async Task A_spec_that_breaks_a_rule_keeps_nothing_from_being_done()
    {
        await using var live = new LivePods(_namespace);
        TestJob job;
        await using (var first = Start())
            job = await StartedAsync(first);
        await job.PatchAsync(new { spec = new { trainer = new { image = "other:2", podTemplate = new { spec = new { hostPID = true } } }, failurePolicy = new { maxRestarts = 0 } } });

        // By the spec that it has, the first failure would be the last.
        await using var fed = Start();
        await job.ReasonIsAsync("Degraded", "InvalidSpec", fed);
        await job.EndsAsync("trainer-1-0", exitCode: 1);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-1", fed);
        Assert.Equal("fed-trainer:test", (await job.PodsAsync())[^1].Spec.Containers[0].Image);
        Assert.Contains("hostPID: true would leave the pod's isolation", (await job.ConditionAsync("Degraded"))!.Message, StringComparison.Ordinal);

        await job.PatchAsync(new { spec = new { suspend = true } });
        await job.PodsAreAsync("", fed);
        await job.ReasonIsAsync("Suspended", "SuspendedByUser", fed);

        await job.PatchAsync(new JsonObject { ["spec"] = new JsonObject { ["suspend"] = false, ["trainer"] = new JsonObject { ["podTemplate"] = null } } });
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-1", fed);
        Assert.Equal("other:2", (await job.PodsAsync())[^1].Spec.Containers[0].Image);
        await Wait.UntilAsync(async () => (await job.ConditionAsync("Degraded"))?.Status == "False", "recovery", () => fed.Log);
        live.AssertNeverTwo();
    }

    [Fact]
    public async Task A_job_stays_where_it_was_started_and_its_blobs_are_deleted_there()
    {
        TestJob job;
        await using (var first = Start())
            job = await StartedAsync(first);
        try
        {
            await job.PatchAsync(new { spec = new { storage = new { volume = new { claimName = "another" } } } });
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.UnprocessableEntity)
        {
            // A server with CEL has said so already.
            Assert.Contains("spec.storage.volume.claimName cannot change once the job has started", e.Response.Content, StringComparison.Ordinal);
            return;
        }

        await using var fed = Start();
        await job.ReasonIsAsync("Degraded", "ImmutableFieldChanged", fed);
        Assert.Contains("spec.storage names the claim another, and was the claim ledger", (await job.ConditionAsync("Degraded"))!.Message, StringComparison.Ordinal);
        await job.EndsAsync("trainer-1-0", exitCode: 1);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-1", fed);
        Assert.Equal("ledger", (await job.PodsAsync())[^1].Spec.Volumes.Single(v => v.Name == "fed-storage").PersistentVolumeClaim.ClaimName);
        Assert.Equal("ledger", (await job.StatusAsync()).Storage!.ClaimName);
        Assert.Contains("in the claim ledger", (await FedCommandLine.OfJobAsync(_server, _namespace, "pull", "fashion")).Errors, StringComparison.Ordinal);

        Assert.NotEmpty(Directory.GetDirectories(_ledger, "fj-*"));
        await job.DeleteAsync();
        await Wait.UntilAsync(async () => await job.ReadAsync() is null, "the job's end", () => fed.Log);
        Assert.Empty(Directory.GetDirectories(_ledger, "fj-*"));
    }

    public async Task DisposeAsync() => await _namespace.DisposeAsync();

    public void Dispose() => Directory.Delete(_ledger, recursive: true);

    private async Task<TestJob> StartedAsync(OperatorProcess fed)
    {
        var job = await TestJob.CreateAsync(_namespace, change: spec => spec["storage"]!["retention"] = new JsonObject { ["onDelete"] = "Delete" });
        await job.PodsAreAsync(All, fed);
        foreach (var pod in All.Split(' '))
            await job.RunsAsync(pod);
        await Wait.UntilAsync(async () => (await job.StatusAsync()).ClientSummary == "2/2", "clients at work", () => fed.Log);
        return job;
    }

    private OperatorProcess Start() => OperatorProcess.Start(_server, _namespace.Name, _ledger);
}
