using System.Globalization;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Commands;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Kubernetes.Http;
using FedOperator.Operator.Metrics;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace FedOperator.Operator.Kubernetes;

/// <summary>The controller: while it leads it follows jobs and pods, and makes passes over the jobs that changed.</summary>
internal sealed partial class Controller : IDisposable
{
    /// <summary>Passes under way have so long to end when the process is told to: Kubernetes waits 30 s before it kills.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    // A quota that was raised, or a policy that was mended, is noticed within that time.
    private static readonly TimeSpan s_longestBackoff = TimeSpan.FromMinutes(1);

    private readonly List<IDisposable> _owned = [];
    private readonly OperatorSettings _settings;
    private readonly LeaderGate? _gate;
    private readonly Caches _caches;
    private readonly WorkQueue<JobKey> _queue;
    private readonly Workers _workers;
    private readonly ILogger _log;

    private Controller(OperatorSettings settings, KubernetesClientConfiguration cluster, CollectorRegistry registry, TimeProvider time, ILoggerFactory log)
    {
        _settings = settings;
        _log = log.CreateLogger<Controller>();
        var identity = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}_{Guid.NewGuid():N}");
        var factory = Prometheus.Metrics.WithCustomRegistry(registry);
        var metrics = new ControllerMetrics(factory);
        var domain = new DomainMetrics(factory);

        var switches = KillSwitch.Parse(Environment.GetEnvironmentVariable(KillSwitch.Variable));
        LeaseFence? fence = null;
        if (settings.Lease is { } lease)
        {
            var options = new LeaderGateOptions { Namespace = lease.Namespace, Name = lease.Name, Identity = identity };
            fence = new LeaseFence(options.LeaseDuration, time);
            _gate = new LeaderGate(Own(KubeClients.ForLease(cluster, settings, metrics, fence)), options, time, log.CreateLogger<LeaderGate>(), fence);
        }
        var client = Own(KubeClients.ForWork(cluster, settings, metrics, fence, switches, time));

        _queue = Own(new WorkQueue<JobKey>(time, longestDelay: s_longestBackoff));
        _caches = new Caches(
            new Informer<FederatedJobResource, JobObject>(InformerResources.Jobs(client), settings.Namespaces, _queue.Add, new InformerOptions(), time, log.CreateLogger("fed-operator.jobs")),
            new Informer<V1Pod, ObservedPod>(InformerResources.Pods(client), settings.Namespaces, _queue.Add, new InformerOptions(), time, log.CreateLogger("fed-operator.pods")));
        var ledgers = new Ledgers.Ledgers(settings, new StorageSecrets(client).ReadAsync, time) { Switches = switches };
        var apply = new Apply(client, _caches, ledgers, new EventRecorder(client, identity, time, log.CreateLogger<EventRecorder>()), domain, settings, time);
        _workers = new Workers(_queue, new Reconciler(_caches, ledgers, apply, domain, settings, time), metrics, settings.Workers, time, log.CreateLogger<Workers>());
        Health = new Health(_caches, _queue, _gate?.Sight);

        registry.AddBeforeCollectCallback(() =>
        {
            metrics.Queue(_queue.Depth, _queue.Adds, _queue.UnderWay());
            metrics.Leading(settings.Lease?.Name ?? "none", _gate?.IsLeader ?? Health.Phase != HostPhase.StandingBy);
            // Who needs no lease leads while it works.
            if ((_gate is not null ? _gate.Sight.SinceRenewal : Health.Phase == HostPhase.Working ? TimeSpan.Zero : null) is { } age)
                metrics.Renewed(settings.Lease?.Name ?? "none", age);
        });
    }

    /// <summary>How it fares.</summary>
    public Health Health { get; }

    /// <summary>Puts it together; it does nothing yet.</summary>
    public static Controller Create(OperatorSettings settings, KubernetesClientConfiguration cluster, CollectorRegistry registry, TimeProvider time, ILoggerFactory log) =>
        new(settings, cluster, registry, time, log);

    /// <summary>Works until it is stopped, or loses its lease.</summary>
    /// <returns>The process's exit code.</returns>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        try
        {
            if (_gate is null)
                await WorkAsync(stop).ConfigureAwait(false);
            else if (await _gate.RunAsync(WorkAsync, stop).ConfigureAwait(false) == GateClosed.Lost)
                return ExitCode.LeaseLost;
            LogStopped(_log);
            return ExitCode.Done;
        }
        catch (Exception e)
        {
            LogFault(_log, e);
            return ExitCode.Fault;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var owned in Enumerable.Reverse(_owned))
            owned.Dispose();
    }

    // Only once it leads: caches that were filled before could lack what the leader before wrote last.
    private async Task WorkAsync(CancellationToken stop)
    {
        using var watch = new CancellationTokenSource();
        using var giveUp = new CancellationTokenSource();
        Health.Phase = HostPhase.Syncing;
        LogBegin(_log, _settings.Namespaces.Count == 0 ? "all namespaces" : string.Join(", ", _settings.Namespaces));
        var watching = _caches.RunAsync(watch.Token);
        try
        {
            await _caches.Synced.WaitAsync(stop).ConfigureAwait(false);
            Health.Phase = HostPhase.Working;
            await using var stopping = stop.Register(() =>
            {
                Health.Phase = HostPhase.Stopping;
                _queue.ShutDown();
                giveUp.CancelAfter(Grace);
            }).ConfigureAwait(false);
            await _workers.RunAsync(giveUp.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped before there was anything to do.
        }
        finally
        {
            await watch.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    [LoggerMessage(131, LogLevel.Information, "looking after FederatedJobs in {Namespaces}")]
    private static partial void LogBegin(ILogger log, string namespaces);

    [LoggerMessage(132, LogLevel.Information, "stopped")]
    private static partial void LogStopped(ILogger log);

    [LoggerMessage(133, LogLevel.Critical, "this process cannot go on")]
    private static partial void LogFault(ILogger log, Exception exception);
}
