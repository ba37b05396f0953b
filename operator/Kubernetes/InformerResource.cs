using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;
using k8s;
using k8s.Models;

namespace FedOperator.Operator.Kubernetes;

/// <summary>Names an object of one kind.</summary>
internal readonly record struct ObjectKey(string Namespace, string Name)
{
    /// <summary>`NAMESPACE/NAME`.</summary>
    public override string ToString() => $"{Namespace}/{Name}";
}

/// <summary>Asks for a page of a list.</summary>
/// <param name="Namespace">Null: all.</param>
/// <param name="Limit">Objects at most.</param>
/// <param name="Continue">From the page before; null: the first page.</param>
internal readonly record struct PageRequest(string? Namespace, int Limit, string? Continue);

/// <summary>A page of a list.</summary>
/// <param name="Items">Its objects.</param>
/// <param name="ResourceVersion">State that the whole list shows.</param>
/// <param name="Continue">Asks for the next page; empty or null: there is none.</param>
internal sealed record ObjectPage<TObject>(IEnumerable<TObject> Items, string ResourceVersion, string? Continue);

/// <summary>Asks for a watch.</summary>
/// <param name="Namespace">Null: all.</param>
/// <param name="ResourceVersion">Events after this.</param>
/// <param name="TimeoutSeconds">The server ends it then.</param>
/// <param name="OnError">Told of a Status in the stream, and of an event that cannot be read.</param>
internal readonly record struct WatchRequest(string? Namespace, string ResourceVersion, int TimeoutSeconds, Action<Exception> OnError);

/// <summary>What an informer follows, and what it keeps of it.</summary>
internal sealed record InformerResource<TObject, TProjection>
    where TObject : IMetadata<V1ObjectMeta>
    where TProjection : class
{
    /// <summary>Plural name, for messages and metrics.</summary>
    public required string Name { get; init; }

    /// <summary>Reads one page.</summary>
    public required Func<PageRequest, CancellationToken, Task<ObjectPage<TObject>>> List { get; init; }

    /// <summary>Opens a watch with bookmarks.</summary>
    public required Func<WatchRequest, CancellationToken, IAsyncEnumerable<(WatchEventType Type, TObject Object)>> Watch { get; init; }

    /// <summary>What is kept of an object; null: nothing, it is none of ours.</summary>
    public required Func<TObject, TProjection?> Project { get; init; }

    /// <summary>Names the object that was projected.</summary>
    public required Func<TProjection, ObjectKey> Key { get; init; }

    /// <summary>Version of the object that was projected.</summary>
    public required Func<TProjection, string> ResourceVersion { get; init; }

    /// <summary>The job that it belongs to.</summary>
    public required Func<TProjection, JobKey> Job { get; init; }
}

/// <summary>The two kinds of object that the operator follows.</summary>
internal static class InformerResources
{
    private const string OurPods = $"{ChildNames.ManagedByLabel}={ChildNames.ManagedBy}";

    /// <summary>FederatedJobs.</summary>
    public static InformerResource<FederatedJobResource, JobObject> Jobs(IKubernetes client) => new()
    {
        Name = FederatedJobResource.Plural,
        List = async (page, cancellationToken) =>
        {
            var list = page.Namespace is null
                ? await client.CustomObjects.ListClusterCustomObjectAsync<FederatedJobResourceList>(
                    group: FederatedJobResource.Group, version: FederatedJobResource.Version, plural: FederatedJobResource.Plural,
                    limit: page.Limit, continueParameter: page.Continue, cancellationToken: cancellationToken).ConfigureAwait(false)
                : await client.CustomObjects.ListNamespacedCustomObjectAsync<FederatedJobResourceList>(
                    group: FederatedJobResource.Group, version: FederatedJobResource.Version, namespaceParameter: page.Namespace, plural: FederatedJobResource.Plural,
                    limit: page.Limit, continueParameter: page.Continue, cancellationToken: cancellationToken).ConfigureAwait(false);
            return new ObjectPage<FederatedJobResource>(list.Items, list.Metadata.ResourceVersion, list.Metadata.ContinueProperty);
        },
        Watch = (watch, cancellationToken) => Read(
            watch.Namespace is null
                ? client.CustomObjects.WatchListClusterCustomObjectAsync(
                    group: FederatedJobResource.Group, version: FederatedJobResource.Version, plural: FederatedJobResource.Plural,
                    allowWatchBookmarks: true, resourceVersion: watch.ResourceVersion, timeoutSeconds: watch.TimeoutSeconds, onError: watch.OnError, cancellationToken: cancellationToken)
                : client.CustomObjects.WatchListNamespacedCustomObjectAsync(
                    group: FederatedJobResource.Group, version: FederatedJobResource.Version, namespaceParameter: watch.Namespace, plural: FederatedJobResource.Plural,
                    allowWatchBookmarks: true, resourceVersion: watch.ResourceVersion, timeoutSeconds: watch.TimeoutSeconds, onError: watch.OnError, cancellationToken: cancellationToken)),
        Project = JobObject.Of,
        Key = job => new ObjectKey(job.Key.Namespace, job.Key.Name),
        ResourceVersion = job => job.ResourceVersion,
        Job = job => job.Key,
    };

    /// <summary>Pods that the operator made.</summary>
    public static InformerResource<V1Pod, ObservedPod> Pods(IKubernetes client) => new()
    {
        Name = V1Pod.KubePluralName,
        List = async (page, cancellationToken) =>
        {
            var list = page.Namespace is null
                ? await client.CoreV1.ListPodForAllNamespacesAsync(
                    labelSelector: OurPods, limit: page.Limit, continueParameter: page.Continue, cancellationToken: cancellationToken).ConfigureAwait(false)
                : await client.CoreV1.ListNamespacedPodAsync(
                    namespaceParameter: page.Namespace, labelSelector: OurPods, limit: page.Limit, continueParameter: page.Continue, cancellationToken: cancellationToken).ConfigureAwait(false);
            return new ObjectPage<V1Pod>(list.Items, list.Metadata.ResourceVersion, list.Metadata.ContinueProperty);
        },
        Watch = (watch, cancellationToken) => watch.Namespace is null
            ? client.CoreV1.WatchListPodForAllNamespacesAsync(
                labelSelector: OurPods, allowWatchBookmarks: true, resourceVersion: watch.ResourceVersion, timeoutSeconds: watch.TimeoutSeconds, onError: watch.OnError, cancellationToken: cancellationToken)
            : client.CoreV1.WatchListNamespacedPodAsync(
                namespaceParameter: watch.Namespace, labelSelector: OurPods, allowWatchBookmarks: true, resourceVersion: watch.ResourceVersion, timeoutSeconds: watch.TimeoutSeconds, onError: watch.OnError, cancellationToken: cancellationToken),
        Project = ObservedPods.From,
        Key = pod => new ObjectKey(pod.Namespace, pod.Name),
        ResourceVersion = pod => pod.ResourceVersion,
        Job = pod => new JobKey(pod.Namespace, pod.Job),
    };

    // The items of a custom resource's watch are JSON.
    private static async IAsyncEnumerable<(WatchEventType, FederatedJobResource)> Read(IAsyncEnumerable<(WatchEventType Type, object Object)> events)
    {
        await foreach (var (type, json) in events.ConfigureAwait(false))
            yield return (type, KubernetesJson.Deserialize<FederatedJobResource>((System.Text.Json.JsonElement)json));
    }
}
