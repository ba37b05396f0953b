using System.Text;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Metrics;
using Prometheus;

namespace FedOperator.Trainer.Tests.Metrics;

public sealed class AggregatorMetricsTests
{
    private static readonly BlobReference s_checkpoint = new("checkpoints/a", new string('a', 64), 10);

    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();

    [Fact]
    public async Task In_a_large_job_the_ten_largest_drifts_have_series_and_those_of_the_round_before_are_gone()
    {
        var metrics = New(clients: 101);
        metrics.Closed(Round(1, Enumerable.Range(0, 101).Select(i => (Name(i), (double)i))), Cut(1));
        Assert.Equal(Enumerable.Range(91, 10).Select(i => $"{Name(i)} {i}"), (await DriftAsync()).Order(StringComparer.Ordinal));

        metrics.Closed(Round(2, Enumerable.Range(0, 101).Select(i => (Name(i), 100.0 - i))), Cut(2));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{Name(i)} {100 - i}"), (await DriftAsync()).Order(StringComparer.Ordinal));
        Assert.Contains("\nfederatedjob_aggregator_bn_drift_largest 100\n", await TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_job_of_up_to_a_hundred_every_client_of_the_newest_round_has_a_series()
    {
        var metrics = New(clients: 100);
        metrics.Closed(Round(1, Enumerable.Range(0, 100).Select(i => (Name(i), (double)i))), Cut(1));
        Assert.Equal(100, (await DriftAsync()).Count);
        metrics.Closed(Round(2, [("edge-007", 0.5)]), Cut(2));
        Assert.Equal(["edge-007 0.5"], await DriftAsync());
        // An evaluate round merges no moments: the drift stands.
        metrics.Closed(Round(2, []) with { Round = new RoundKey(2, RoundKind.Evaluate) }, Cut(2));
        Assert.Equal(["edge-007 0.5"], await DriftAsync());
    }

    [Fact]
    public async Task Exclusions_are_counted_by_reason_and_lost_clients_told_from_awaited_ones()
    {
        var metrics = New(clients: 3);
        var open = new OpenDocument
        {
            Plan = "p",
            Round = new RoundKey(1, RoundKind.Train),
            Target = 9,
            Base = s_checkpoint,
            Participants = [.. Enumerable.Range(0, 5).Select(i => new Participant(Name(i), true, 1, 1))],
            Quorum = 2,
        };
        metrics.Waiting(open, [Name(0), Name(1), Name(2)], [Name(1), Name(4)]);
        metrics.Closed(Round(1, []), Cut(1) with { Excluded = [new(Name(0), ExclusionReason.HashMismatch, "x"), new(Name(1), ExclusionReason.Missing, "x"), new(Name(2), ExclusionReason.Missing, "x")] });
        metrics.Closed(Round(2, []) with { Failure = new Failure("BelowQuorum", "x") }, Cut(2));

        var text = await TextAsync();
        foreach (var line in new[]
        {
            "excluded_updates_total{reason=\"missing\"} 2", "excluded_updates_total{reason=\"hashMismatch\"} 1", "excluded_updates_total{reason=\"stale\"} 0",
            "clients{state=\"awaited\"} 2", "clients{state=\"lost\"} 1", "clients{state=\"reported\"} 2", "target_rounds 9",
            "rounds_total{kind=\"train\",result=\"closed\"} 1", "rounds_total{kind=\"train\",result=\"failed\"} 1",
        })
            Assert.Contains($"\nfederatedjob_aggregator_{line}\n", text, StringComparison.Ordinal);
        // What was never measured is not 0: it is not there.
        Assert.DoesNotContain("\nfederatedjob_aggregator_accuracy ", text, StringComparison.Ordinal);
        await Promtool.AssertCleanAsync(text);
    }

    [Fact]
    public async Task Clients_accuracies_are_told_by_mean_and_worst_beside_the_global_models()
    {
        var metrics = New(clients: 3);
        metrics.Closed(Round(1, []), Cut(1));
        Assert.DoesNotContain("\nfederatedjob_aggregator_client_accuracy_mean ", await TextAsync(), StringComparison.Ordinal);
        ClientMetrics Client(int i, long correct) => new() { Client = Name(i), Evaluation = new SampleSums(8, 1, correct) };
        metrics.Closed(Round(2, []) with { Metrics = new RoundMetrics { Clients = [Client(0, 8), Client(1, 2), Client(2, 5)], Evaluation = new SampleSums(24, 3, 15), GlobalModelAccuracy = 0.125 } }, Cut(2));
        foreach (var line in new[] { "client_accuracy_mean 0.625", "client_accuracy_worst 0.25", "global_model_accuracy 0.125" })
            Assert.Contains($"\nfederatedjob_aggregator_{line}\n", await TextAsync(), StringComparison.Ordinal);
        await Promtool.AssertCleanAsync(await TextAsync());
    }

    [Fact]
    public async Task A_client_tells_the_accuracy_of_its_own_model_and_of_the_global_one()
    {
        var metrics = new TrainerMetrics(Prometheus.Metrics.WithCustomRegistry(_registry));
        var report = new ReportDocument { Plan = "p", Round = new RoundKey(1, RoundKind.Evaluate), Base = "b", Evaluation = new SampleSums(8, 1, 6) };
        metrics.Reported(report, TimeSpan.Zero, TimeSpan.Zero);
        Assert.Contains("\nfederatedjob_trainer_accuracy 0.75\n", await TextAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("\nfederatedjob_trainer_global_model_accuracy ", await TextAsync(), StringComparison.Ordinal);
        metrics.Reported(report with { GlobalEvaluation = new SampleSums(8, 1, 1) }, TimeSpan.Zero, TimeSpan.Zero);
        Assert.Contains("\nfederatedjob_trainer_global_model_accuracy 0.125\n", await TextAsync(), StringComparison.Ordinal);
        await Promtool.AssertCleanAsync(await TextAsync());
    }

    [Fact]
    public async Task What_aggregators_and_trainers_measure_is_what_the_documents_say()
    {
        New(clients: 3);
        _ = new TrainerMetrics(Prometheus.Metrics.WithCustomRegistry(_registry));
        DocumentedMetrics.AssertSame(await TextAsync(), name => name.StartsWith("federatedjob_aggregator_", StringComparison.Ordinal) || name.StartsWith("federatedjob_trainer_", StringComparison.Ordinal));
    }

    private static string Name(int i) => $"edge-{i:D3}";

    private AggregatorMetrics New(int clients) => new(Prometheus.Metrics.WithCustomRegistry(_registry), clients);

    private static CutDocument Cut(int round) => new() { Round = new RoundKey(round, RoundKind.Train), Open = "o", Admitted = [], Excluded = [] };

    private static ClosedDocument Round(int number, IEnumerable<(string Client, double Drift)> drift) => new()
    {
        Round = new RoundKey(number, RoundKind.Train),
        Cut = "c",
        Checkpoint = s_checkpoint,
        Clients = [],
        Metrics = new RoundMetrics
        {
            Clients = [.. drift.Select(d => new ClientMetrics { Client = d.Client, Drift = new Dictionary<string, double>(StringComparer.Ordinal) { ["bn1"] = d.Drift, ["bn2"] = d.Drift / 2 } })],
        },
    };

    private async Task<List<string>> DriftAsync()
    {
        const string Start = "federatedjob_aggregator_bn_drift{client=\"";
        return [.. (await TextAsync()).Split('\n').Where(l => l.StartsWith(Start, StringComparison.Ordinal)).Select(l => l[Start.Length..].Replace("\"}", "", StringComparison.Ordinal))];
    }

    private async Task<string> TextAsync()
    {
        using var stream = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
