using k8s.Autorest;
using k8s.Models;

namespace k8s;

/// <summary>Objects of any kind in a namespace.</summary>
public partial interface ICustomObjectsOperations
{
    /// <summary>Objects of one kind in a namespace.</summary>
    Task<HttpOperationResponse<T>> ListNamespacedCustomObjectWithHttpMessagesAsync<T>(string group, string version, string namespaceParameter, string plural, bool? allowWatchBookmarks = null, string continueParameter = null, string fieldSelector = null, string labelSelector = null, int? limit = null, string resourceVersion = null, string resourceVersionMatch = null, int? timeoutSeconds = null, bool? watch = null, bool? pretty = null, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders = null, CancellationToken cancellationToken = default);

    /// <summary>Objects of one kind in a namespace.</summary>
    Task<HttpOperationResponse<object>> ListNamespacedCustomObjectWithHttpMessagesAsync(string group, string version, string namespaceParameter, string plural, bool? allowWatchBookmarks = null, string continueParameter = null, string fieldSelector = null, string labelSelector = null, int? limit = null, string resourceVersion = null, string resourceVersionMatch = null, int? timeoutSeconds = null, bool? watch = null, bool? pretty = null, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders = null, CancellationToken cancellationToken = default);

    /// <summary>Creates an object.</summary>
    Task<HttpOperationResponse<T>> CreateNamespacedCustomObjectWithHttpMessagesAsync<T>(object body, string group, string version, string namespaceParameter, string plural, string dryRun = null, string fieldManager = null, string fieldValidation = null, bool? pretty = null, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders = null, CancellationToken cancellationToken = default);

    /// <summary>Reads an object.</summary>
    Task<HttpOperationResponse<T>> GetNamespacedCustomObjectWithHttpMessagesAsync<T>(string group, string version, string namespaceParameter, string plural, string name, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders = null, CancellationToken cancellationToken = default);

    /// <summary>Changes an object in part.</summary>
    Task<HttpOperationResponse<T>> PatchNamespacedCustomObjectWithHttpMessagesAsync<T>(object body, string group, string version, string namespaceParameter, string plural, string name, string dryRun = null, string fieldManager = null, string fieldValidation = null, bool? force = null, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders = null, CancellationToken cancellationToken = default);

    /// <summary>Changes an object's status in part.</summary>
    Task<HttpOperationResponse<T>> PatchNamespacedCustomObjectStatusWithHttpMessagesAsync<T>(object body, string group, string version, string namespaceParameter, string plural, string name, string dryRun = null, string fieldManager = null, string fieldValidation = null, bool? force = null, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes an object.</summary>
    Task<HttpOperationResponse<T>> DeleteNamespacedCustomObjectWithHttpMessagesAsync<T>(string group, string version, string namespaceParameter, string plural, string name, V1DeleteOptions body = null, int? gracePeriodSeconds = null, bool? orphanDependents = null, string propagationPolicy = null, string dryRun = null, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders = null, CancellationToken cancellationToken = default);
}

public partial class Kubernetes : ICustomObjectsOperations
{
    Task<HttpOperationResponse<T>> ICustomObjectsOperations.ListNamespacedCustomObjectWithHttpMessagesAsync<T>(string group, string version, string namespaceParameter, string plural, bool? allowWatchBookmarks, string continueParameter, string fieldSelector, string labelSelector, int? limit, string resourceVersion, string resourceVersionMatch, int? timeoutSeconds, bool? watch, bool? pretty, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Get, $"apis/{group}/{version}/namespaces/{namespaceParameter}/{plural}", Query(("allowWatchBookmarks", allowWatchBookmarks), ("continue", continueParameter), ("fieldSelector", fieldSelector), ("labelSelector", labelSelector), ("limit", limit), ("resourceVersion", resourceVersion), ("resourceVersionMatch", resourceVersionMatch), ("timeoutSeconds", timeoutSeconds), ("watch", watch), ("pretty", pretty)), null, watch, customHeaders, cancellationToken);

    Task<HttpOperationResponse<object>> ICustomObjectsOperations.ListNamespacedCustomObjectWithHttpMessagesAsync(string group, string version, string namespaceParameter, string plural, bool? allowWatchBookmarks, string continueParameter, string fieldSelector, string labelSelector, int? limit, string resourceVersion, string resourceVersionMatch, int? timeoutSeconds, bool? watch, bool? pretty, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders, CancellationToken cancellationToken) =>
        SendAsync<object>(HttpMethod.Get, $"apis/{group}/{version}/namespaces/{namespaceParameter}/{plural}", Query(("allowWatchBookmarks", allowWatchBookmarks), ("continue", continueParameter), ("fieldSelector", fieldSelector), ("labelSelector", labelSelector), ("limit", limit), ("resourceVersion", resourceVersion), ("resourceVersionMatch", resourceVersionMatch), ("timeoutSeconds", timeoutSeconds), ("watch", watch), ("pretty", pretty)), null, watch, customHeaders, cancellationToken);

    Task<HttpOperationResponse<T>> ICustomObjectsOperations.CreateNamespacedCustomObjectWithHttpMessagesAsync<T>(object body, string group, string version, string namespaceParameter, string plural, string dryRun, string fieldManager, string fieldValidation, bool? pretty, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Post, $"apis/{group}/{version}/namespaces/{namespaceParameter}/{plural}", Query(("dryRun", dryRun), ("fieldManager", fieldManager), ("fieldValidation", fieldValidation), ("pretty", pretty)), body, null, customHeaders, cancellationToken);

    Task<HttpOperationResponse<T>> ICustomObjectsOperations.GetNamespacedCustomObjectWithHttpMessagesAsync<T>(string group, string version, string namespaceParameter, string plural, string name, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Get, $"apis/{group}/{version}/namespaces/{namespaceParameter}/{plural}/{name}", Query(), null, null, customHeaders, cancellationToken);

    Task<HttpOperationResponse<T>> ICustomObjectsOperations.PatchNamespacedCustomObjectWithHttpMessagesAsync<T>(object body, string group, string version, string namespaceParameter, string plural, string name, string dryRun, string fieldManager, string fieldValidation, bool? force, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Patch, $"apis/{group}/{version}/namespaces/{namespaceParameter}/{plural}/{name}", Query(("dryRun", dryRun), ("fieldManager", fieldManager), ("fieldValidation", fieldValidation), ("force", force)), body, null, customHeaders, cancellationToken);

    Task<HttpOperationResponse<T>> ICustomObjectsOperations.PatchNamespacedCustomObjectStatusWithHttpMessagesAsync<T>(object body, string group, string version, string namespaceParameter, string plural, string name, string dryRun, string fieldManager, string fieldValidation, bool? force, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Patch, $"apis/{group}/{version}/namespaces/{namespaceParameter}/{plural}/{name}/status", Query(("dryRun", dryRun), ("fieldManager", fieldManager), ("fieldValidation", fieldValidation), ("force", force)), body, null, customHeaders, cancellationToken);

    Task<HttpOperationResponse<T>> ICustomObjectsOperations.DeleteNamespacedCustomObjectWithHttpMessagesAsync<T>(string group, string version, string namespaceParameter, string plural, string name, V1DeleteOptions body, int? gracePeriodSeconds, bool? orphanDependents, string propagationPolicy, string dryRun, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Delete, $"apis/{group}/{version}/namespaces/{namespaceParameter}/{plural}/{name}", Query(("gracePeriodSeconds", gracePeriodSeconds), ("orphanDependents", orphanDependents), ("propagationPolicy", propagationPolicy), ("dryRun", dryRun)), body, null, customHeaders, cancellationToken);
}

/// <summary>Objects of any kind in a namespace.</summary>
public static partial class CustomObjectsOperationsExtensions
{
    /// <summary>Objects of one kind in a namespace.</summary>
    public static async Task<T> ListNamespacedCustomObjectAsync<T>(this ICustomObjectsOperations operations, string group, string version, string namespaceParameter, string plural, bool? allowWatchBookmarks = null, string continueParameter = null, string fieldSelector = null, string labelSelector = null, int? limit = null, string resourceVersion = null, string resourceVersionMatch = null, int? timeoutSeconds = null, bool? pretty = null, CancellationToken cancellationToken = default)
    {
        using var response = await operations.ListNamespacedCustomObjectWithHttpMessagesAsync<T>(group, version, namespaceParameter, plural, allowWatchBookmarks, continueParameter, fieldSelector, labelSelector, limit, resourceVersion, resourceVersionMatch, timeoutSeconds, false, pretty, null, cancellationToken).ConfigureAwait(false);
        return response.Body;
    }

    /// <summary>Watches: objects of one kind in a namespace.</summary>
    public static IAsyncEnumerable<(WatchEventType, object)> WatchListNamespacedCustomObjectAsync(this ICustomObjectsOperations operations, string group, string version, string namespaceParameter, string plural, bool? allowWatchBookmarks = null, string continueParameter = null, string fieldSelector = null, string labelSelector = null, int? limit = null, string resourceVersion = null, string resourceVersionMatch = null, int? timeoutSeconds = null, bool? pretty = null, Action<Exception> onError = null, CancellationToken cancellationToken = default) =>
        Watcher<object>.Events(operations.ListNamespacedCustomObjectWithHttpMessagesAsync(group, version, namespaceParameter, plural, allowWatchBookmarks, continueParameter, fieldSelector, labelSelector, limit, resourceVersion, resourceVersionMatch, timeoutSeconds, true, pretty, null, cancellationToken), onError, cancellationToken);

    /// <summary>Creates an object.</summary>
    public static async Task<T> CreateNamespacedCustomObjectAsync<T>(this ICustomObjectsOperations operations, object body, string group, string version, string namespaceParameter, string plural, string dryRun = null, string fieldManager = null, string fieldValidation = null, bool? pretty = null, CancellationToken cancellationToken = default)
    {
        using var response = await operations.CreateNamespacedCustomObjectWithHttpMessagesAsync<T>(body, group, version, namespaceParameter, plural, dryRun, fieldManager, fieldValidation, pretty, null, cancellationToken).ConfigureAwait(false);
        return response.Body;
    }

    /// <summary>Reads an object.</summary>
    public static async Task<T> GetNamespacedCustomObjectAsync<T>(this ICustomObjectsOperations operations, string group, string version, string namespaceParameter, string plural, string name, CancellationToken cancellationToken = default)
    {
        using var response = await operations.GetNamespacedCustomObjectWithHttpMessagesAsync<T>(group, version, namespaceParameter, plural, name, null, cancellationToken).ConfigureAwait(false);
        return response.Body;
    }

    /// <summary>Changes an object in part.</summary>
    public static async Task<T> PatchNamespacedCustomObjectAsync<T>(this ICustomObjectsOperations operations, object body, string group, string version, string namespaceParameter, string plural, string name, string dryRun = null, string fieldManager = null, string fieldValidation = null, bool? force = null, CancellationToken cancellationToken = default)
    {
        using var response = await operations.PatchNamespacedCustomObjectWithHttpMessagesAsync<T>(body, group, version, namespaceParameter, plural, name, dryRun, fieldManager, fieldValidation, force, null, cancellationToken).ConfigureAwait(false);
        return response.Body;
    }

    /// <summary>Changes an object's status in part.</summary>
    public static async Task<T> PatchNamespacedCustomObjectStatusAsync<T>(this ICustomObjectsOperations operations, object body, string group, string version, string namespaceParameter, string plural, string name, string dryRun = null, string fieldManager = null, string fieldValidation = null, bool? force = null, CancellationToken cancellationToken = default)
    {
        using var response = await operations.PatchNamespacedCustomObjectStatusWithHttpMessagesAsync<T>(body, group, version, namespaceParameter, plural, name, dryRun, fieldManager, fieldValidation, force, null, cancellationToken).ConfigureAwait(false);
        return response.Body;
    }

    /// <summary>Deletes an object.</summary>
    public static async Task<T> DeleteNamespacedCustomObjectAsync<T>(this ICustomObjectsOperations operations, string group, string version, string namespaceParameter, string plural, string name, V1DeleteOptions body = null, int? gracePeriodSeconds = null, bool? orphanDependents = null, string propagationPolicy = null, string dryRun = null, CancellationToken cancellationToken = default)
    {
        using var response = await operations.DeleteNamespacedCustomObjectWithHttpMessagesAsync<T>(group, version, namespaceParameter, plural, name, body, gracePeriodSeconds, orphanDependents, propagationPolicy, dryRun, null, cancellationToken).ConfigureAwait(false);
        return response.Body;
    }
}
