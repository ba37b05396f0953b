using System.Text;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Metrics;
using Prometheus;

namespace FedOperator.Operator.Tests.Metrics;

public sealed class DomainMetricsTests
{
    private static readonly DateTimeOffset s_noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly DomainMetrics _metrics;

    public DomainMetricsTests() => _metrics = new DomainMetrics(Prometheus.Metrics.WithCustomRegistry(_registry));

    [Fact]
    public async Task A_jobs_life_is_counted_once_however_often_a_pass_repeats()
    {
        FederatedJobStatus accepted = Status("Running", "False"), running = Status("Running", "True");
        FederatedJobStatus failing = running with
        {
            Restarts = 2,
            Failures =
            [
                new() { Client = "edge-1", Round = 3, Reason = "OOMKilled", ExitCode = 137, Time = s_noon },
                new() { Client = "aggregator", Round = 3, Reason = "Error", ExitCode = 1, Time = s_noon },
                new() { Client = "edge-1", Round = 2, Reason = "hashMismatch", Time = s_noon },
            ],
        };
        FederatedJobStatus complete = failing with { Conditions = [Condition("Running", "False"), Condition("Complete", "True")] };

        // Deleted before it was looked at: passes that leave it without a status.
        Write(new(), new());
        FederatedJobStatus[] life = [new(), accepted, running, failing, complete];
        foreach (var (before, after) in life.Zip(life[1..]))
        {
            Write(before, after);
            // The next pass finds what this one wrote, and writes nothing new: or, after a fault, the same again.
            _metrics.Observed(Job(after));
            Write(after, after);
        }

        var text = await TextAsync();
        foreach (var line in new[]
        {
            "created_total 1", "finished_total{result=\"complete\"} 1", "finished_total{result=\"failed\"} 0",
            "pod_failures_total{role=\"trainer\",reason=\"OOMKilled\"} 1", "pod_failures_total{role=\"aggregator\",reason=\"Error\"} 1", "pod_restarts_total 2",
            "excluded_updates_total{reason=\"hashMismatch\"} 1", "excluded_updates_total{reason=\"missing\"} 0",
            "jobs{state=\"Complete\"} 1", "jobs{state=\"Running\"} 0", "jobs{state=\"Pending\"} 0",
        })
            Assert.Contains($"\nfederatedjob_{line}\n", text, StringComparison.Ordinal);
        await Promtool.AssertCleanAsync(text);
    }

    [Fact]
    public async Task The_same_failure_at_another_time_is_another_one_and_a_better_message_is_not()
    {
        var first = new FailureRecord { Client = "edge-1", Round = 1, Reason = "Error", ExitCode = 1, Message = "ended", Time = s_noon };
        var running = Status("Running", "True") with { Failures = [first] };
        Write(running, running with { Failures = [first with { Message = "ended: no such folder" }] });
        Assert.DoesNotContain("pod_failures_total{", await TextAsync(), StringComparison.Ordinal);
        Write(running, running with { Failures = [first with { Time = s_noon.AddSeconds(9) }, first] });
        Assert.Contains("pod_failures_total{role=\"trainer\",reason=\"Error\"} 1\n", await TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reason_that_nobody_knows_is_Other()
    {
        var running = Status("Running", "True");
        Write(running, running with { Failures = [.. Enumerable.Range(0, 20).Select(i => new FailureRecord { Client = "edge-1", Reason = $"Novel{i}", Time = s_noon })] });
        var series = (await TextAsync()).Split('\n').Where(l => l.StartsWith("federatedjob_pod_failures_total{", StringComparison.Ordinal));
        Assert.Equal(["federatedjob_pod_failures_total{role=\"trainer\",reason=\"Other\"} 20"], series);
    }

    [Fact]
    public async Task A_job_has_gauges_from_the_first_look_until_it_is_gone()
    {
        var status = Status("Running", "True") with { Round = 7, Accuracy = 0.5, Restarts = 0 };
        var drift = new ProgressDocument { State = JobState.Running, Target = 20, Drift = new("edge-3", "bn2", 1.5), Best = new(5, 0.625, new("checkpoints/x", "x", 1)) };
        _metrics.Observed(Job(status) with { Ledger = new ObservedLedger { Progress = drift } });
        _metrics.Observed(Job(Status("Running", "False")) with { Key = new("here", "b"), Uid = "2" });

        var text = await TextAsync();
        foreach (var line in new[]
        {
            "status_round{namespace=\"here\",job_name=\"a\"} 7", "status_accuracy{namespace=\"here\",job_name=\"a\"} 0.5", "status_best_accuracy{namespace=\"here\",job_name=\"a\"} 0.625",
            "status_bn_drift_largest{namespace=\"here\",job_name=\"a\"} 1.5", "status_degraded{namespace=\"here\",job_name=\"a\"} 0", "jobs{state=\"Running\"} 1", "jobs{state=\"Pending\"} 1",
        })
            Assert.Contains($"\nfederatedjob_{line}\n", text, StringComparison.Ordinal);
        // What is not known is not 0.
        Assert.DoesNotContain("status_loss{", text, StringComparison.Ordinal);
        Assert.DoesNotContain("status_accuracy{namespace=\"here\",job_name=\"b\"}", text, StringComparison.Ordinal);
        await Promtool.AssertCleanAsync(text);

        _metrics.Forget(new JobKey("here", "a"));
        _metrics.Forget(new JobKey("here", "never"));
        text = await TextAsync();
        Assert.DoesNotContain("job_name=\"a\"", text, StringComparison.Ordinal);
        Assert.Contains("job_name=\"b\"", text, StringComparison.Ordinal);
        Assert.Contains("\nfederatedjob_jobs{state=\"Running\"} 0\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Pending")]
    [InlineData("Running", "Running")]
    [InlineData("Suspended", "Suspended")]
    [InlineData("Complete", "Complete")]
    [InlineData("Failed", "Failed", "Suspended")]
    public void A_state_is_one_of_five(string state, params string[] conditions) =>
        Assert.Equal(state, StatusChange.StateOf(new FederatedJobStatus { Conditions = [.. conditions.Select(c => Condition(c, "True")), Condition("Degraded", "True")] }));

    [Fact]
    public async Task The_operators_metrics_are_those_of_the_documents()
    {
        _ = new ControllerMetrics(Prometheus.Metrics.WithCustomRegistry(_registry));
        DocumentedMetrics.AssertSame(await TextAsync(), name => !name.StartsWith("federatedjob_aggregator_", StringComparison.Ordinal)
            && !name.StartsWith("federatedjob_trainer_", StringComparison.Ordinal) && !name.StartsWith("federatedjob_storage_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reads_of_ledgers_and_issued_credentials_are_counted()
    {
        _metrics.LedgerRead(TimeSpan.FromMilliseconds(3));
        _metrics.CredentialsIssued();
        var text = await TextAsync();
        Assert.Contains("\nfederatedjob_ledger_read_seconds_bucket{le=\"0.002\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("\nfederatedjob_ledger_read_seconds_bucket{le=\"0.004\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("\nfederatedjob_credentials_issued_total 1\n", text, StringComparison.Ordinal);
    }

    private static FederatedJobStatus Status(string type, string status) => new() { ObservedGeneration = 1, Conditions = [Condition(type, status)] };

    private static JobCondition Condition(string type, string status) => new() { Type = type, Status = status, Reason = "Test", Message = "" };

    private static ObservedJob Job(FederatedJobStatus status) => new()
    {
        Key = new JobKey("here", "a"),
        Uid = "1",
        Generation = 1,
        Created = s_noon,
        Status = status,
        Spec = GoverningSpec.Of(new SpecText(new JobKey("lab", "fashion"), "uid", 1, "{}"u8.ToArray()), status, _ => []),
        Pods = [],
        Ledger = ObservedLedger.Unread,
    };

    private void Write(FederatedJobStatus before, FederatedJobStatus after) => _metrics.Written(Job(before), new JobPlan { Status = after });

    private async Task<string> TextAsync()
    {
        using var stream = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
