using FedOperator.Core.Ledger;
using FedOperator.Tests;
using FedOperator.Tests.Cluster;

namespace FedOperator.OperatorCluster.Tests;

/// <summary>/metrics of a running operator, through a job's life.</summary>
[Collection(Cluster.Name)]
public sealed class OperatorMetricsTests : IAsyncLifetime, IDisposable
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
    public async Task A_jobs_series_follow_it_from_its_first_status_over_a_restart_to_its_deletion()
    {
        await using var fed = Start();
        var job = await TestJob.CreateAsync(_namespace);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", fed);
        foreach (var pod in new[] { "aggregator-0-0", "trainer-0-0", "trainer-1-0" })
            await job.RunsAsync(pod);
        await job.EndsAsync("trainer-1-0", exitCode: 1);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-1", fed);
        await ProgressAsync(job);
        var labels = $"{{namespace=\"{_namespace.Name}\",job_name=\"fashion\"}}";
        await Wait.UntilAsync(async () => (await TextAsync(fed)).Contains($"federatedjob_status_accuracy{labels} 0.75\n", StringComparison.Ordinal), "the accuracy", () => fed.Log, () => TextAsync(fed));

        var text = await TextAsync(fed);
        await Promtool.AssertCleanAsync(text);
        DocumentedMetrics.AssertSame(text, name => !name.StartsWith("process_", StringComparison.Ordinal) && !name.StartsWith("dotnet_", StringComparison.Ordinal)
            && !name.StartsWith("federatedjob_aggregator_", StringComparison.Ordinal) && !name.StartsWith("federatedjob_trainer_", StringComparison.Ordinal) && !name.StartsWith("federatedjob_storage_", StringComparison.Ordinal));
        foreach (var line in new[]
        {
            "created_total 1", "pod_failures_total{role=\"trainer\",reason=\"Error\"} 1", "pod_restarts_total 1", "finished_total{result=\"failed\"} 0",
            $"spec_rounds{labels} 3", $"status_restarts{labels} 1", $"status_best_accuracy{labels} 0.875", $"status_bn_drift_largest{labels} 2.5", $"status_degraded{labels} 0",
        })
            Assert.Contains($"\nfederatedjob_{line}\n", text, StringComparison.Ordinal);
        Assert.Equal(1, await fed.MetricAsync("federatedjob_jobs"));
        Assert.True(await fed.MetricAsync("federatedjob_ledger_read_seconds_count") > 1);
        Assert.True(await fed.MetricAsync("controller_runtime_reconcile_total", "result=\"success\"") + await fed.MetricAsync("controller_runtime_reconcile_total", "result=\"requeue_after\"") > 1);
        Assert.Equal(0, await fed.StopAsync());

        // A successor finds nothing to write: it counts nothing, and shows all the same.
        await using var successor = Start();
        await successor.ReadyAsync();
        await Wait.UntilAsync(async () => (await TextAsync(successor)).Contains($"federatedjob_status_accuracy{labels} 0.75\n", StringComparison.Ordinal), "the accuracy", () => successor.Log, () => TextAsync(successor));
        Assert.Equal((0, 0, 0), (await successor.MetricAsync("federatedjob_created_total"), await successor.MetricAsync("federatedjob_pod_failures_total"), await successor.MetricAsync("federatedjob_pod_restarts_total")));
        Assert.Equal(1, await successor.MetricAsync("federatedjob_jobs"));

        await job.DeleteAsync();
        await Wait.UntilAsync(async () => !(await TextAsync(successor)).Contains("job_name=", StringComparison.Ordinal), "the end of the job's series", () => successor.Log, () => TextAsync(successor));
        Assert.Equal(0, await successor.MetricAsync("federatedjob_jobs"));
    }

    public async Task DisposeAsync() => await _namespace.DisposeAsync();

    public void Dispose() => Directory.Delete(_ledger, recursive: true);

    private OperatorProcess Start() => OperatorProcess.Start(_server, _namespace.Name, _ledger);

    private static async Task<string> TextAsync(OperatorProcess fed) => (await fed.GetAsync("metrics")).Text;

    /// <summary>What an aggregator would write in the middle of its second round.</summary>
    private async Task ProgressAsync(TestJob job)
    {
        var progress = new ProgressDocument
        {
            State = JobState.Running,
            Round = new RoundKey(2, RoundKind.Train),
            Target = 3,
            Evaluation = new SampleSums(40, 20, 30),
            EvaluatedRound = 1,
            Training = new SampleSums(100, 50, 60),
            Best = new BestCheckpoint(1, 0.875, new BlobReference("checkpoints/000001-a.safetensors", new string('a', 64), 10)),
            Drift = new DriftRecord("edge-0", "bn1", 2.5),
        };
        var id = (await job.ReadAsync())!.Metadata.Uid.Replace("-", "", StringComparison.Ordinal);
        await File.WriteAllBytesAsync(Path.Join(_ledger, "fj-" + id, LedgerPaths.Progress), LedgerJson.Write(progress, LedgerJson.Default.ProgressDocument));
    }
}
