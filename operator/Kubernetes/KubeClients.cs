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
    public static k8s.Kubernetes ForWork(KubernetesClientConfiguration cluster, OperatorSettings settings, ControllerMetrics metrics, LeaseFence? fence, TimeProvider time)
    {
        Configure(cluster, TimeSpan.FromSeconds(30));
        var handlers = new List<DelegatingHandler> { new RetryHandler(time), new InFlightHandler(settings.KubeApiParallelism), new CountingHandler(metrics) };
        if (fence is not null)
            handlers.Add(fence.Writes());
        if (KillSwitch.Parse(Environment.GetEnvironmentVariable(KillSwitch.Variable)) is { Count: > 0 } switches)
            handlers.Add(new KillingHandler(switches));
        return new k8s.Kubernetes(cluster, [.. handlers]);
    }

    /// <summary>For the lease alone: its renewal must not queue behind a thousand pods.</summary>
    public static k8s.Kubernetes ForLease(KubernetesClientConfiguration cluster, ControllerMetrics metrics, LeaseFence fence)
    {
        Configure(cluster, TimeSpan.FromSeconds(5));
        return new k8s.Kubernetes(cluster, new CountingHandler(metrics), fence.Renewals());
    }

    private static void Configure(KubernetesClientConfiguration cluster, TimeSpan timeout)
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
        };
    }
}
