namespace Prometheus;

/// <summary>Serves metrics in the background until it is stopped.</summary>
public interface IMetricServer : IDisposable
{
    IMetricServer Start();

    Task StopAsync();

    void Stop();
}

/// <summary>A server of metrics that is started once and stopped once.</summary>
public abstract class MetricHandler : IMetricServer
{
    private CancellationTokenSource? stop = new();
    private Task? running;

    protected MetricHandler()
    {
    }

    /// <exception cref="InvalidOperationException">It has been started before.</exception>
    public IMetricServer Start()
    {
        if (running is not null || stop is null)
            throw new InvalidOperationException("The metric server has already been started.");
        running = StartServer(stop.Token);
        return this;
    }

    public async Task StopAsync()
    {
        stop?.Cancel();
        try
        {
            if (running is not null)
                await running.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopping is what was asked for.
        }
        finally
        {
            stop?.Dispose();
            stop = null;
        }
    }

#pragma warning disable RS0030 // as the package: Stop and Dispose wait for the end
    public void Stop() => StopAsync().GetAwaiter().GetResult();
#pragma warning restore RS0030

    public void Dispose() => Stop();

    protected abstract Task StartServer(CancellationToken cancel);
}
