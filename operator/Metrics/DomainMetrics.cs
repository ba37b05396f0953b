using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Jobs;
using Prometheus;

namespace FedOperator.Operator.Metrics;

/// <summary>What the operator knows of its jobs, as metrics. docs/metrics.md lists them.</summary>
/// <remarks>
/// Counters are moved by changes of status that were written (<see cref="Written"/>); gauges show the status as it is, from the first pass over a job to its end.
/// A job is named by `namespace` and `job_name`, as kube-state-metrics does: a scrape has a label `job` of its own.
/// </remarks>
internal sealed class DomainMetrics
{
    private static readonly string[] s_states = ["Pending", "Running", "Suspended", "Complete", "Failed"];

    private readonly Lock _gate = new();
    private readonly Dictionary<JobKey, string> _states = [];
    private readonly Gauge _jobs;
    private readonly Counter _created;
    private readonly Counter _finished;
    private readonly Counter _podFailures;
    private readonly Counter _restarts;
    private readonly Counter _excluded;
    private readonly Counter _issued;
    private readonly Histogram _ledgerRead;
    private readonly JobGauges _gauges;

    /// <summary>Makes the metrics.</summary>
    public DomainMetrics(MetricFactory metrics)
    {
        _jobs = metrics.CreateGauge("federatedjob_jobs", "FederatedJobs that exist, by state.", ["state"]);
        foreach (var state in s_states)
            _jobs.WithLabels(state).Set(0);
        _created = metrics.CreateCounter("federatedjob_created_total", "FederatedJobs that this operator saw for the first time.");
        _finished = metrics.CreateCounter("federatedjob_finished_total", "FederatedJobs that ended, by result.", ["result"]);
        foreach (var result in new[] { "complete", "failed" })
            _finished.WithLabels(result).Publish();
        _podFailures = metrics.CreateCounter("federatedjob_pod_failures_total", "Pods of jobs that failed, by role and reason.", ["role", "reason"]);
        _restarts = metrics.CreateCounter("federatedjob_pod_restarts_total", "Pods of jobs that were started again.");
        _excluded = metrics.CreateCounter("federatedjob_excluded_updates_total", "Updates that did not count in their round, as jobs' statuses tell of them, by reason.", ["reason"]);
        foreach (var reason in Enum.GetValues<ExclusionReason>())
            _excluded.WithLabels(StatusChange.Word(reason)).Publish();
        _issued = metrics.CreateCounter("federatedjob_credentials_issued_total", "Sets of storage credentials issued to jobs, the first included.");
        _ledgerRead = metrics.CreateHistogram("federatedjob_ledger_read_seconds", "Time to read how far one job is from its ledger.",
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.001, 2, 14) });
        _gauges = new JobGauges(metrics);
    }

    /// <summary>To be called in every pass, with what was observed: after a restart of the operator the gauges are there before any status changes.</summary>
    public void Observed(ObservedJob job) => Show(job, job.Status);

    /// <summary>To be called once a pass has written its status, and only then.</summary>
    public void Written(ObservedJob before, JobPlan plan)
    {
        var change = StatusChange.Between(before.Status, plan.Status);
        if (change.IsNew)
            _created.Inc();
        if (change.Result is { } result)
            _finished.WithLabels(result).Inc();
        foreach (var loss in change.PodFailures)
            _podFailures.WithLabels(loss.Role, loss.Reason).Inc();
        foreach (var reason in change.Exclusions)
            _excluded.WithLabels(reason).Inc();
        if (change.Restarts > 0)
            _restarts.Inc(change.Restarts);
        Show(before, plan.Status);
    }

    /// <summary>To be called when a job is no longer there: its series go.</summary>
    public void Forget(JobKey key)
    {
        lock (_gate)
        {
            if (_states.Remove(key, out var state))
                _jobs.WithLabels(state).Dec();
            _gauges.Remove(key);
        }
    }

    /// <summary>A ledger was read.</summary>
    public void LedgerRead(TimeSpan took) => _ledgerRead.Observe(took.TotalSeconds);

    /// <summary>A job's credentials were issued.</summary>
    public void CredentialsIssued() => _issued.Inc();

    private void Show(ObservedJob job, FederatedJobStatus status)
    {
        lock (_gate)
        {
            if (_states.Remove(job.Key, out var old))
                _jobs.WithLabels(old).Dec();
            var state = StatusChange.StateOf(status);
            _states.Add(job.Key, state);
            _jobs.WithLabels(state).Inc();
            _gauges.Set(job, status);
        }
    }
}
