using System.Text.Json;
using FedOperator.Core.Ledger;
using Prometheus;

namespace FedOperator.Trainer.Metrics;

/// <summary>What an aggregator measures. docs/metrics.md lists it.</summary>
/// <remarks>All of it comes from the ledger's documents. Counters start at zero with the process; gauges start with what the newest closed round says.</remarks>
internal sealed class AggregatorMetrics
{
    private readonly Gauge _round;
    private readonly Gauge _target;
    private readonly Gauge _clients;
    private readonly Counter _rounds;
    private readonly Histogram _duration;
    private readonly Histogram _phases;
    private readonly Counter _updates;
    private readonly Counter _updateBytes;
    private readonly Counter _excluded;
    private readonly Gauge _accuracy;
    private readonly Gauge _evaluatedRound;
    private readonly Gauge _bestAccuracy;
    private readonly Gauge _meanAccuracy;
    private readonly Gauge _worstAccuracy;
    private readonly Gauge _globalAccuracy;
    private readonly Gauge _loss;
    private readonly Gauge _updateNorm;
    private readonly DriftGauges _drift;

    /// <summary>Makes the metrics.</summary>
    /// <param name="metrics">Where.</param>
    /// <param name="clients">Clients of the job.</param>
    public AggregatorMetrics(MetricFactory metrics, int clients)
    {
        // A job may need a millisecond for a round, or two hours.
        var buckets = new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.01, 2.5, 16) };
        var later = new GaugeConfiguration { SuppressInitialValue = true };

        _round = metrics.CreateGauge("federatedjob_aggregator_round", "Number of the newest train round that closed.");
        _target = metrics.CreateGauge("federatedjob_aggregator_target_rounds", "Train rounds of the job, as known at the newest opening.");
        _clients = metrics.CreateGauge("federatedjob_aggregator_clients", "Participants of the round in progress, by what is known of them.", ["state"]);
        _rounds = metrics.CreateCounter("federatedjob_aggregator_rounds_total", "Rounds that ended, by kind and result.", ["kind", "result"]);
        _duration = metrics.CreateHistogram("federatedjob_aggregator_round_duration_seconds", "Time from the opening of a round to its close.", ["kind"], buckets);
        _phases = metrics.CreateHistogram("federatedjob_aggregator_round_phase_seconds", "Time of a round's phases: waiting for updates, and the reduction.", ["kind", "phase"], buckets);
        _updates = metrics.CreateCounter("federatedjob_aggregator_updates_total", "Reports that counted in their round, by kind of round.", ["kind"]);
        _updateBytes = metrics.CreateCounter("federatedjob_aggregator_update_bytes_total", "Bytes of the updates that counted in their round: what the reduction reads.");
        _excluded = metrics.CreateCounter("federatedjob_aggregator_excluded_updates_total", "Participants that did not count in a round, by reason.", ["reason"]);
        _accuracy = metrics.CreateGauge("federatedjob_aggregator_accuracy", "Newest accuracy over all test samples, each client with its own model: a global checkpoint, and what stays with it. From 0 to 1.", later);
        _evaluatedRound = metrics.CreateGauge("federatedjob_aggregator_evaluated_round", "Train round of the checkpoint that the newest accuracy was measured on.", later);
        _bestAccuracy = metrics.CreateGauge("federatedjob_aggregator_best_accuracy", "Best such accuracy so far, from 0 to 1.", later);
        _meanAccuracy = metrics.CreateGauge("federatedjob_aggregator_client_accuracy_mean", "Mean over clients of the newest accuracy of each one's own model on its test samples, from 0 to 1.", later);
        _worstAccuracy = metrics.CreateGauge("federatedjob_aggregator_client_accuracy_worst", "Lowest of these accuracies, from 0 to 1.", later);
        _globalAccuracy = metrics.CreateGauge("federatedjob_aggregator_global_model_accuracy", "Mean over clients of the global model's newest accuracy on each one's test samples, from 0 to 1; measured where something stays with the clients.", later);
        _loss = metrics.CreateGauge("federatedjob_aggregator_loss", "Mean training loss of the newest train round, in nats.", later);
        _updateNorm = metrics.CreateGauge("federatedjob_aggregator_update_norm", "L2 norm of the newest averaged update before clipping; measured where aggregation.clipNorm is set.", later);
        _drift = new DriftGauges(metrics, clients);
        foreach (var reason in Enum.GetValues<ExclusionReason>())
            _excluded.WithLabels(Word(reason)).Publish();
        foreach (var state in new[] { "awaited", "lost", "reported" })
            _clients.WithLabels(state).Publish();
    }

    /// <summary>Shows where a job stands that this process goes on with.</summary>
    public void Resumed(ClosedDocument newest) => Show(newest);

    /// <summary>A round is open, or reports have come.</summary>
    public void Waiting(OpenDocument open, IReadOnlyList<string> silent, IReadOnlyList<string> lost)
    {
        _target.Set(open.Target);
        var gone = silent.Count(s => lost.Contains(s, StringComparer.Ordinal));
        _clients.WithLabels("awaited").Set(silent.Count - gone);
        _clients.WithLabels("lost").Set(gone);
        _clients.WithLabels("reported").Set(open.Participants.Count - silent.Count);
    }

    /// <summary>A round ended: here, or by another aggregator that was first.</summary>
    public void Closed(ClosedDocument closed, CutDocument cut)
    {
        var kind = Word(closed.Round.Kind);
        _rounds.WithLabels(kind, closed.Failure is null ? "closed" : "failed").Inc();
        _duration.WithLabels(kind).Observe(closed.Metrics.Seconds);
        _phases.WithLabels(kind, "wait").Observe(closed.Metrics.WaitSeconds);
        _phases.WithLabels(kind, "reduce").Observe(closed.Metrics.ReduceSeconds);
        _updates.WithLabels(kind).Inc(cut.Admitted.Count);
        _updateBytes.Inc(cut.Admitted.Sum(a => a.Update?.Length ?? 0));
        foreach (var excluded in cut.Excluded)
            _excluded.WithLabels(Word(excluded.Reason)).Inc();
        Show(closed);
    }

    /// <summary>A label's value for an enum's: `hashMismatch`.</summary>
    internal static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private void Show(ClosedDocument closed)
    {
        _round.Set(closed.Round.Number);
        if (closed.Metrics.Evaluation is { Samples: > 0 } evaluation)
        {
            _accuracy.Set(evaluation.Accuracy());
            _evaluatedRound.Set(closed.Round.Evaluates);
        }
        if (closed.Metrics.ClientAccuracy() is { } clients)
        {
            _meanAccuracy.Set(clients.Mean);
            _worstAccuracy.Set(clients.Worst);
        }
        if (closed.Metrics.GlobalModelAccuracy is { } global)
            _globalAccuracy.Set(global);
        if (closed.Best is { } best)
            _bestAccuracy.Set(best.Accuracy);
        if (closed.Metrics.Training is { Samples: > 0 } training)
            _loss.Set(training.Loss());
        if (closed.Metrics.UpdateNorm is { } norm)
            _updateNorm.Set(norm);
        // Of training: precise statistics come layer by layer, and the last layer's drift is not the model's.
        if (!closed.Round.IsPopulation)
            _drift.Show(closed.Metrics);
    }
}
