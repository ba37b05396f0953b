using System.Collections.Concurrent;
using System.Diagnostics;
using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Kubernetes;
using FedOperator.Tests.Cluster;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedOperator.OperatorCluster.Tests;

/// <summary>An informer of the operator's pods at work, over connections that can be disturbed; and pods to put before it.</summary>
internal sealed class FollowedPods : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Kubernetes _client;
    private readonly Task _running;

    private FollowedPods(ApiServer server, IReadOnlyList<string> namespaces, InformerOptions options, Func<V1Pod, ObservedPod?>? project, bool http2)
    {
        Forwarder = new Forwarder(server.Configuration().Host);
        var config = server.Configuration();
        config.Host = Forwarder.Address;
        config.DisableHttp2 = !http2;
        _client = new Kubernetes(config, Requests);
        var resource = InformerResources.Pods(_client);
        Informer = new Informer<V1Pod, ObservedPod>(project is null ? resource : resource with { Project = project }, namespaces, Changed.Enqueue, options, TimeProvider.System, NullLogger.Instance);
        _running = Informer.RunAsync(_stop.Token);
    }

    /// <summary>What follows.</summary>
    public Informer<V1Pod, ObservedPod> Informer { get; }

    /// <summary>Between it and the server.</summary>
    public Forwarder Forwarder { get; }

    /// <summary>What it asked.</summary>
    public Requests Requests { get; } = new();

    /// <summary>Jobs that it told of.</summary>
    public ConcurrentQueue<JobKey> Changed { get; } = [];

    /// <summary>Starts, with the first list done.</summary>
    public static async Task<FollowedPods> StartAsync(
        ApiServer server, IReadOnlyList<string> namespaces, InformerOptions? options = null, Func<V1Pod, ObservedPod?>? project = null, Func<Uri, Task>? before = null, bool http2 = true)
    {
        var followed = new FollowedPods(server, namespaces, options ?? new InformerOptions(), project, http2);
        if (before is not null)
            followed.Requests.Before = before;
        await followed.Informer.Synced.WaitAsync(TimeSpan.FromSeconds(30));
        return followed;
    }

    /// <summary>Creates a pod of a job, on a connection of its own.</summary>
    public static Task<V1Pod> CreateAsync(TestNamespace @namespace, string name, string job = "job", bool isOurs = true) => @namespace.Client.CoreV1.CreateNamespacedPodAsync(
        body: new V1Pod
        {
            Metadata = new V1ObjectMeta
            {
                Name = name,
                Labels = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    [ChildNames.ManagedByLabel] = isOurs ? ChildNames.ManagedBy : "somebody",
                    [ChildNames.JobLabel] = job,
                    [ChildNames.RoleLabel] = "trainer",
                    [ChildNames.ProcessLabel] = name,
                    [ChildNames.AttemptLabel] = "1",
                },
                OwnerReferences = [new V1OwnerReference { ApiVersion = "fedoperator.io/v1alpha1", Kind = "FederatedJob", Name = job, Uid = $"uid-of-{job}", Controller = true }],
            },
            Spec = new V1PodSpec { Containers = [new V1Container { Name = "trainer", Image = "none" }] },
        },
        namespaceParameter: @namespace.Name);

    /// <summary>Puts a pod into a phase, as a kubelet would.</summary>
    public static Task<V1Pod> PhaseAsync(TestNamespace @namespace, string name, string phase) => @namespace.Client.CustomObjects.PatchNamespacedCustomObjectStatusAsync<V1Pod>(
        body: new V1Patch(new { status = new { phase } }, V1Patch.PatchType.MergePatch), group: "", version: "v1", namespaceParameter: @namespace.Name, plural: "pods", name: name);

    /// <summary>Deletes a pod at once.</summary>
    public static Task<V1Pod> DeleteAsync(TestNamespace @namespace, string name) =>
        @namespace.Client.CoreV1.DeleteNamespacedPodAsync(name: name, namespaceParameter: @namespace.Name, gracePeriodSeconds: 0);

    /// <summary>Waits until it is so.</summary>
    public static async Task UntilAsync(Func<bool> isSo, string what, int seconds = 30)
    {
        for (var clock = Stopwatch.StartNew(); !isSo(); await Task.Delay(20))
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(seconds), $"not within {seconds} s: {what}");
    }

    /// <summary>Names of the pods in the cache, in order.</summary>
    public string Names => string.Join(' ', Informer.All().Select(p => p.Name).Order(StringComparer.Ordinal));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(TimeSpan.FromSeconds(10));
        await Forwarder.DisposeAsync();
        _client.Dispose();
        Requests.Dispose();
        _stop.Dispose();
    }
}
