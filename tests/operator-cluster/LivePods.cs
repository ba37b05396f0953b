using System.Collections.Concurrent;
using FedOperator.Tests.Cluster;
using k8s;

namespace FedOperator.OperatorCluster.Tests;

/// <summary>Watches a namespace's pods all the time, for what must never be: two that may be at work for one client.</summary>
internal sealed class LivePods : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _seen = [];
    private readonly ConcurrentQueue<string> _doubles = [];
    private readonly Task _watching;

    /// <summary>Begins.</summary>
    public LivePods(TestNamespace @namespace) => _watching = WatchAsync(@namespace);

    /// <summary>Names of all pods that there ever were, in the order of their creation.</summary>
    public IReadOnlyList<string> Seen => [.. _seen];

    /// <summary>Fails if there ever were two.</summary>
    public void AssertNeverTwo() => Assert.Empty(_doubles);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WatchAsync(TestNamespace @namespace)
    {
        var alive = new Dictionary<string, string>(StringComparer.Ordinal);
        var known = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var (type, pod) in @namespace.Client.CoreV1.WatchListNamespacedPodAsync(namespaceParameter: @namespace.Name, resourceVersion: "0", timeoutSeconds: 600, cancellationToken: _stop.Token))
        {
            if (known.Add(pod.Metadata.Uid))
                _seen.Enqueue(pod.Metadata.Name);
            // One that is being deleted may still be at work.
            if (type == WatchEventType.Deleted || pod.Status?.Phase is "Succeeded" or "Failed")
                alive.Remove(pod.Metadata.Uid);
            else
                alive[pod.Metadata.Uid] = $"{pod.Metadata.Labels["fedoperator.io/job"]}/{pod.Metadata.Labels["fedoperator.io/process"]}";
            foreach (var twice in alive.GroupBy(a => a.Value, StringComparer.Ordinal).Where(g => g.Count() > 1))
                _doubles.Enqueue($"{twice.Key} after {type} of {pod.Metadata.Name}");
        }
    }
}
