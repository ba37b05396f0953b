using Prometheus;

namespace FedOperator.Operator.Metrics;

/// <summary>The controller's own metrics, under controller-runtime's and client-go's names, so that dashboards made for those work. docs/metrics.md lists them.</summary>
internal sealed class ControllerMetrics
{
    /// <summary>`fed check` reads it.</summary>
    public const string RenewalAge = "leader_election_renewal_age_seconds";

    private const string Controller = "federatedjob";

    private readonly Counter _reconciles;
    private readonly Counter.Child _reconcileErrors;
    private readonly Histogram.Child _reconcileSeconds;
    private readonly Gauge.Child _activeWorkers;
    private readonly Gauge.Child _maximumWorkers;
    private readonly Gauge.Child _depth;
    private readonly Counter.Child _adds;
    private readonly Counter.Child _retries;
    private readonly Histogram.Child _queueSeconds;
    private readonly Histogram.Child _workSeconds;
    private readonly Gauge.Child _unfinished;
    private readonly Gauge.Child _longest;
    private readonly Gauge _leader;
    private readonly Gauge _renewal;
    private readonly Counter _requests;

    /// <summary>Makes the metrics.</summary>
    public ControllerMetrics(MetricFactory metrics)
    {
        _reconciles = metrics.CreateCounter("controller_runtime_reconcile_total", "Passes over a job, by result: success, requeue, requeue_after, error.", ["controller", "result"]);
        foreach (var result in new[] { "success", "requeue", "requeue_after", "error" })
            _reconciles.WithLabels(Controller, result).Publish();
        _reconcileErrors = metrics.CreateCounter("controller_runtime_reconcile_errors_total", "Passes that ended in a fault.", ["controller"]).WithLabels(Controller);
        _reconcileSeconds = metrics.CreateHistogram("controller_runtime_reconcile_time_seconds", "Time that a pass over a job took.", ["controller"], new HistogramConfiguration
        {
            Buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 7, 10, 15, 20, 30, 60],
        }).WithLabels(Controller);
        _activeWorkers = metrics.CreateGauge("controller_runtime_active_workers", "Passes under way.", ["controller"]).WithLabels(Controller);
        _maximumWorkers = metrics.CreateGauge("controller_runtime_max_concurrent_reconciles", "Passes that may be under way at the same time.", ["controller"]).WithLabels(Controller);

        var buckets = new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(1e-8, 10, 11) };
        _depth = metrics.CreateGauge("workqueue_depth", "Jobs that wait for a pass.", ["name"]).WithLabels(Controller);
        _adds = metrics.CreateCounter("workqueue_adds_total", "Jobs put into the queue.", ["name"]).WithLabels(Controller);
        _retries = metrics.CreateCounter("workqueue_retries_total", "Jobs put back for another try.", ["name"]).WithLabels(Controller);
        _queueSeconds = metrics.CreateHistogram("workqueue_queue_duration_seconds", "Time that a job waited for its pass.", ["name"], buckets).WithLabels(Controller);
        _workSeconds = metrics.CreateHistogram("workqueue_work_duration_seconds", "Time that a job was with a worker.", ["name"], buckets).WithLabels(Controller);
        _unfinished = metrics.CreateGauge("workqueue_unfinished_work_seconds", "Time that the passes under way have taken so far, in all: grows where workers are stuck.", ["name"]).WithLabels(Controller);
        _longest = metrics.CreateGauge("workqueue_longest_running_processor_seconds", "Time that the longest pass under way has taken so far.", ["name"]).WithLabels(Controller);

        _leader = metrics.CreateGauge("leader_election_master_status", "1 while this process holds the lease, 0 otherwise.", ["name"]);
        _renewal = metrics.CreateGauge(RenewalAge, "Time since this process last saw the lease renewed, by whichever operator holds it.", ["name"]);
        _requests = metrics.CreateCounter("rest_client_requests_total", "Requests to the API server, by status code, method and host.", ["code", "method", "host"]);
    }

    /// <summary>How many passes may be under way.</summary>
    public void Workers(int most) => _maximumWorkers.Set(most);

    /// <summary>A pass begins, for a job that has waited so long.</summary>
    public void PassBegins(TimeSpan waited)
    {
        _queueSeconds.Observe(waited.TotalSeconds);
        _activeWorkers.Inc();
    }

    /// <summary>A pass ended.</summary>
    /// <param name="result">success, requeue, requeue_after or error; null: it was given up, because the process stops.</param>
    /// <param name="took">From its begin.</param>
    public void PassEnded(string? result, TimeSpan took)
    {
        _activeWorkers.Dec();
        if (result is null)
            return;
        _reconciles.WithLabels(Controller, result).Inc();
        if (result == "error")
            _reconcileErrors.Inc();
        if (result is "error" or "requeue")
            _retries.Inc();
        _reconcileSeconds.Observe(took.TotalSeconds);
        _workSeconds.Observe(took.TotalSeconds);
    }

    /// <summary>What the queue and the workers look like just now.</summary>
    /// <param name="depth">Jobs that wait.</param>
    /// <param name="adds">Jobs put into the queue so far.</param>
    /// <param name="underWay">How long each pass under way has taken so far.</param>
    public void Queue(int depth, long adds, IReadOnlyList<TimeSpan> underWay)
    {
        _depth.Set(depth);
        _adds.IncTo(adds);
        _unfinished.Set(underWay.Sum(t => t.TotalSeconds));
        _longest.Set(underWay.Select(t => t.TotalSeconds).DefaultIfEmpty(0).Max());
    }

    /// <summary>Whether this process holds the lease.</summary>
    public void Leading(string lease, bool isLeader) => _leader.WithLabels(lease).Set(isLeader ? 1 : 0);

    /// <summary>How long ago the lease was seen to be renewed.</summary>
    public void Renewed(string lease, TimeSpan age) => _renewal.WithLabels(lease).Set(age.TotalSeconds);

    /// <summary>A request to the API server was answered.</summary>
    /// <param name="code">HTTP status, or `&lt;error&gt;` where no answer came.</param>
    /// <param name="method">HTTP method.</param>
    /// <param name="host">The server.</param>
    public void Request(string code, string method, string host) => _requests.WithLabels(code, method, host).Inc();
}
