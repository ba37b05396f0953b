using System.Net;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Kubernetes.Http;
using FedOperator.Operator.Metrics;
using k8s;

namespace FedOperator.Operator.Kubernetes;

/// <summary>Clients of the API server, as the operator wants them.</summary>
internal static class KubeClients
{
    /// <summary>For all work: bounded, retrying, counted; and in crash tests deadly.</summary>
    public static k8s.Kubernetes ForWork(KubernetesClientConfiguration cluster, OperatorSettings settings, ControllerMetrics metrics, LeaseFence? fence, IReadOnlyList<KillSwitch> switches, TimeProvider time)
    {
        Configure(cluster, settings, TimeSpan.FromSeconds(30));
        var handlers = new List<DelegatingHandler> { new RetryHandler(time), new InFlightHandler(settings.KubeApiParallelism), new CountingHandler(metrics) };
        if (switches.Count > 0)
            handlers.Add(new KillingHandler(switches));
        // Innermost: as little as possible happens between its look at the clock and the write.
        if (fence is not null)
            handlers.Add(fence.Writes());
        return new k8s.Kubernetes(cluster, [.. handlers]);
    }

    /// <summary>For the lease alone: its renewal must not queue behind a thousand pods.</summary>
    public static k8s.Kubernetes ForLease(KubernetesClientConfiguration cluster, OperatorSettings settings, ControllerMetrics metrics, LeaseFence fence)
    {
        Configure(cluster, settings, TimeSpan.FromSeconds(5));
        return new k8s.Kubernetes(cluster, new CountingHandler(metrics), fence.Renewals());
    }

    private static void Configure(KubernetesClientConfiguration cluster, OperatorSettings settings, TimeSpan timeout)
    {
        AnyDepth.IsAllowed();
        cluster.UserAgent = $"fed-operator/{typeof(KubeClients).Assembly.GetName().Version}";
        cluster.HttpClientTimeout = timeout;
        cluster.FirstMessageHandlerSetup = transport =>
        {
            // A server that vanished without a word is noticed within half a minute, not when TCP gives up.
            transport.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
            transport.KeepAlivePingDelay = TimeSpan.FromSeconds(15);
            transport.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
            transport.ConnectTimeout = TimeSpan.FromSeconds(5);
            // HTTPS_PROXY is on the way out of the cluster, to the storage. In a pod the API server is an address such as 10.96.0.1, and .NET's NO_PROXY knows no ranges of addresses.
            transport.UseProxy = settings.KubeApiProxy is not null;
            transport.Proxy = settings.KubeApiProxy is { } proxy ? new WebProxy(proxy) : null;
        };
    }
}
