using System.Text;
using FedOperator.Operator.Kubernetes.Http;
using FedOperator.Operator.Metrics;
using Prometheus;

namespace FedOperator.Operator.Tests.Metrics;

public sealed class ControllerMetricsTests
{
    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly ControllerMetrics _metrics;

    public ControllerMetricsTests() => _metrics = new ControllerMetrics(Prometheus.Metrics.WithCustomRegistry(_registry));

    [Fact]
    public async Task A_pass_that_is_given_up_when_the_process_stops_is_neither_a_fault_nor_a_retry()
    {
        _metrics.PassBegins(TimeSpan.Zero);
        _metrics.PassEnded(null, TimeSpan.FromSeconds(1));
        await HasAsync("controller_runtime_active_workers{controller=\"federatedjob\"} 0", "controller_runtime_reconcile_errors_total{controller=\"federatedjob\"} 0", "workqueue_retries_total{name=\"federatedjob\"} 0");

        _metrics.PassBegins(TimeSpan.Zero);
        _metrics.PassEnded("error", TimeSpan.FromSeconds(1));
        await HasAsync("controller_runtime_active_workers{controller=\"federatedjob\"} 0", "controller_runtime_reconcile_errors_total{controller=\"federatedjob\"} 1", "workqueue_retries_total{name=\"federatedjob\"} 1");
    }

    [Fact]
    public async Task A_request_that_runs_into_its_time_limit_is_counted_as_one_without_an_answer()
    {
        using var http = new HttpClient(new CountingHandler(_metrics) { InnerHandler = new Never() }) { Timeout = TimeSpan.FromMilliseconds(20) };
        await Assert.ThrowsAsync<TaskCanceledException>(() => http.GetAsync("http://api/pods"));
        await HasAsync("rest_client_requests_total{code=\"<error>\",method=\"GET\",host=\"api\"} 1");
    }

    private async Task HasAsync(params string[] lines)
    {
        using var stream = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(stream);
        var text = Encoding.UTF8.GetString(stream.ToArray());
        foreach (var line in lines)
            Assert.Contains("\n" + line + "\n", text, StringComparison.Ordinal);
    }

    private sealed class Never : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("it never answers");
        }
    }
}
