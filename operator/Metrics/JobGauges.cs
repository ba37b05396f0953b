using FedOperator.Core.Api;
using FedOperator.Operator.Jobs;
using Prometheus;

namespace FedOperator.Operator.Metrics;

/// <summary>A series per job of what its status says. A value that is not known has no series.</summary>
internal sealed class JobGauges
{
    private readonly List<(Gauge Gauge, Func<ObservedJob, FederatedJobStatus, double?> Value)> _gauges = [];

    /// <summary>Makes the metrics.</summary>
    public JobGauges(MetricFactory metrics)
    {
        void Add(string name, string help, Func<ObservedJob, FederatedJobStatus, double?> value) =>
            _gauges.Add((metrics.CreateGauge($"federatedjob_{name}", help, ["namespace", "job_name"]), value));

        Add("spec_rounds", "Train rounds that a job asks for.", (job, _) => job.Spec.Job?.Spec.Rounds);
        Add("status_round", "Train rounds of a job that have closed.", (_, status) => status.Round);
        Add("status_accuracy", "Newest accuracy of a job's global checkpoint, from 0 to 1.", (_, status) => status.Accuracy);
        Add("status_best_accuracy", "Best accuracy of a job's global checkpoint that was measured so far, from 0 to 1.", (job, _) => job.Ledger.Progress?.Best?.Accuracy);
        Add("status_bn_drift_largest", "Largest BatchNorm drift of any client in a job's newest round, in nats.", (job, _) => job.Ledger.Progress?.Drift?.Divergence);
        Add("status_loss", "Newest mean training loss of a job, in nats.", (_, status) => status.Loss);
        Add("status_last_round_seconds", "Seconds that a job's last closed round took.", (_, status) => status.LastRoundSeconds);
        Add("status_restarts", "Pods of a job that were started again.", (_, status) => status.Restarts);
        Add("status_degraded", "1 while a job's condition Degraded is True, 0 otherwise.", (_, status) => StatusChange.Is(status, "Degraded") ? 1 : 0);
    }

    /// <summary>Shows a job.</summary>
    public void Set(ObservedJob job, FederatedJobStatus status)
    {
        foreach (var (gauge, value) in _gauges)
        {
            if (value(job, status) is { } known)
                gauge.WithLabels(job.Key.Namespace, job.Key.Name).Set(known);
            else
                gauge.RemoveLabelled(job.Key.Namespace, job.Key.Name);
        }
    }

    /// <summary>Forgets a job.</summary>
    public void Remove(JobKey key)
    {
        foreach (var (gauge, _) in _gauges)
            gauge.RemoveLabelled(key.Namespace, key.Name);
    }
}
