using System.Globalization;
using FedOperator.Core.Storage;
using Prometheus;

namespace FedOperator.Trainer.Metrics;

/// <summary>A process's metrics at http://*:PORT/metrics. Only a process that was given a port makes one, and with it loads a web server.</summary>
internal sealed class MetricsEndpoint : IAsyncDisposable
{
    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly int _port;
    private readonly KestrelMetricServer _server;
    private readonly Task _starting;
    private readonly Counter _retries;

    /// <summary>Starts to serve, in the background: what the process does first need not wait for a web server.</summary>
    public MetricsEndpoint(int port)
    {
        _port = port;
        DotNetStats.Register(_registry);
        Factory = Prometheus.Metrics.WithCustomRegistry(_registry);
        _retries = Factory.CreateCounter("federatedjob_storage_retries_total", "Requests to the job's storage that met a transient fault and were tried again.");
        _server = new KestrelMetricServer(port, registry: _registry);
        _starting = Task.Run(_server.Start);
    }

    /// <summary>Makes this process's metrics.</summary>
    public MetricFactory Factory { get; }

    /// <summary>A request to the storage is tried again.</summary>
    public void StorageRetried(BlobFault fault) => _retries.Inc();

    /// <summary>Done once metrics are served.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public async Task StartedAsync()
    {
        try
        {
            await _starting.ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"--metrics-port {_port}: nothing can listen there: {e.Message}"), e);
        }
    }

    /// <summary>Stops to serve.</summary>
    public async ValueTask DisposeAsync()
    {
        // A start that failed has been told by StartedAsync, or the process ends for another reason.
        await ((Task)_starting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _server.StopAsync().ConfigureAwait(false);
    }
}
