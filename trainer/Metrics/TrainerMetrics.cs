using FedOperator.Core.Ledger;
using Prometheus;

namespace FedOperator.Trainer.Metrics;

/// <summary>What a client's process measures. docs/metrics.md lists it.</summary>
internal sealed class TrainerMetrics
{
    private readonly Gauge _round;
    private readonly Counter _rounds;
    private readonly Counter _steps;
    private readonly Counter _samples;
    private readonly Gauge _rate;
    private readonly Gauge _loss;
    private readonly Gauge _accuracy;
    private readonly Gauge _globalAccuracy;
    private readonly Histogram _phases;
    private readonly Counter _states;

    /// <summary>Makes the metrics.</summary>
    public TrainerMetrics(MetricFactory metrics)
    {
        var buckets = new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.005, 2.5, 16) };
        var later = new GaugeConfiguration { SuppressInitialValue = true };
        _round = metrics.CreateGauge("federatedjob_trainer_round", "Number of the round that this client works on, or worked on last.");
        _rounds = metrics.CreateCounter("federatedjob_trainer_rounds_total", "Rounds that this process worked on, by kind and result.", ["kind", "result"]);
        _steps = metrics.CreateCounter("federatedjob_trainer_steps_total", "Optimizer steps.");
        _samples = metrics.CreateCounter("federatedjob_trainer_samples_total", "Training samples that went through a step, in rounds that this process reported.");
        _rate = metrics.CreateGauge("federatedjob_trainer_samples_per_second", "Training samples per second of training, in the newest train round.", later);
        _loss = metrics.CreateGauge("federatedjob_trainer_loss", "Mean training loss of this client's newest train round, in nats.", later);
        _accuracy = metrics.CreateGauge("federatedjob_trainer_accuracy", "Newest accuracy of this client's own model on its test samples, from 0 to 1.", later);
        _globalAccuracy = metrics.CreateGauge("federatedjob_trainer_global_model_accuracy", "Newest accuracy of the global model on this client's test samples, from 0 to 1; measured where something stays with the clients.", later);
        _phases = metrics.CreateHistogram("federatedjob_trainer_round_phase_seconds", "Time of a round's phases on this client.", ["kind", "phase"], buckets);
        _states = metrics.CreateCounter("federatedjob_trainer_personal_state_writes_total", "Personal states written to this client's private container.");
    }

    /// <summary>A round's work begins.</summary>
    public void Started(RoundKey round) => _round.Set(round.Number);

    /// <summary>A step was done.</summary>
    public void Stepped() => _steps.Inc();

    /// <summary>A personal state was written.</summary>
    public void StateWritten() => _states.Inc();

    /// <summary>A round's work was reported.</summary>
    /// <param name="report">As written.</param>
    /// <param name="download">For base and personal state.</param>
    /// <param name="upload">For update, personal state and report.</param>
    public void Reported(ReportDocument report, TimeSpan download, TimeSpan upload)
    {
        var kind = AggregatorMetrics.Word(report.Round.Kind);
        _rounds.WithLabels(kind, "reported").Inc();
        _phases.WithLabels(kind, "download").Observe(download.TotalSeconds);
        if (report.Evaluation is { Samples: > 0 } own)
            _accuracy.Set(own.Accuracy());
        if (report.GlobalEvaluation is { Samples: > 0 } global)
            _globalAccuracy.Set(global.Accuracy());
        if (report.Evaluation is not null)
            _phases.WithLabels(kind, "evaluate").Observe(report.EvaluateSeconds);
        if (report.Round.Kind != RoundKind.Evaluate)
            _phases.WithLabels(kind, kind).Observe(report.TrainSeconds);
        _phases.WithLabels(kind, "upload").Observe(upload.TotalSeconds);
        if (report.Training is not { Samples: > 0 } training)
            return;
        _samples.Inc(training.Samples);
        _loss.Set(training.Loss());
        if (report.TrainSeconds > 0)
            _rate.Set(training.Samples / report.TrainSeconds);
    }

    /// <summary>A round needed no report, or not this process's: it was reported before, or cut without it.</summary>
    public void Passed(RoundKey round) => _rounds.WithLabels(AggregatorMetrics.Word(round.Kind), "passed").Inc();
}
