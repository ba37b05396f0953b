using k8s.Autorest;
using k8s.Models;

namespace k8s;

/// <summary>Objects of any kind, cluster-wide.</summary>
public partial interface ICustomObjectsOperations
{
    /// <summary>Objects of one kind, in all namespaces or without one.</summary>
    Task<HttpOperationResponse<T>> ListClusterCustomObjectWithHttpMessagesAsync<T>(string group, string version, string plural, bool? allowWatchBookmarks = null, string continueParameter = null, string fieldSelector = null, string labelSelector = null, int? limit = null, string resourceVersion = null, string resourceVersionMatch = null, int? timeoutSeconds = null, bool? watch = null, bool? pretty = null, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders = null, CancellationToken cancellationToken = default);

    /// <summary>Objects of one kind, in all namespaces or without one.</summary>
    Task<HttpOperationResponse<object>> ListClusterCustomObjectWithHttpMessagesAsync(string group, string version, string plural, bool? allowWatchBookmarks = null, string continueParameter = null, string fieldSelector = null, string labelSelector = null, int? limit = null, string resourceVersion = null, string resourceVersionMatch = null, int? timeoutSeconds = null, bool? watch = null, bool? pretty = null, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders = null, CancellationToken cancellationToken = default);

    /// <summary>Creates an object without a namespace.</summary>
    Task<HttpOperationResponse<T>> CreateClusterCustomObjectWithHttpMessagesAsync<T>(object body, string group, string version, string plural, string dryRun = null, string fieldManager = null, string fieldValidation = null, bool? pretty = null, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes an object without a namespace.</summary>
    Task<HttpOperationResponse<T>> DeleteClusterCustomObjectWithHttpMessagesAsync<T>(string group, string version, string plural, string name, V1DeleteOptions body = null, int? gracePeriodSeconds = null, bool? orphanDependents = null, string propagationPolicy = null, string dryRun = null, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders = null, CancellationToken cancellationToken = default);
}

public partial class Kubernetes : ICustomObjectsOperations
{
    Task<HttpOperationResponse<T>> ICustomObjectsOperations.ListClusterCustomObjectWithHttpMessagesAsync<T>(string group, string version, string plural, bool? allowWatchBookmarks, string continueParameter, string fieldSelector, string labelSelector, int? limit, string resourceVersion, string resourceVersionMatch, int? timeoutSeconds, bool? watch, bool? pretty, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Get, $"apis/{group}/{version}/{plural}", Query(("allowWatchBookmarks", allowWatchBookmarks), ("continue", continueParameter), ("fieldSelector", fieldSelector), ("labelSelector", labelSelector), ("limit", limit), ("resourceVersion", resourceVersion), ("resourceVersionMatch", resourceVersionMatch), ("timeoutSeconds", timeoutSeconds), ("watch", watch), ("pretty", pretty)), null, watch, customHeaders, cancellationToken);

    Task<HttpOperationResponse<object>> ICustomObjectsOperations.ListClusterCustomObjectWithHttpMessagesAsync(string group, string version, string plural, bool? allowWatchBookmarks, string continueParameter, string fieldSelector, string labelSelector, int? limit, string resourceVersion, string resourceVersionMatch, int? timeoutSeconds, bool? watch, bool? pretty, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders, CancellationToken cancellationToken) =>
        SendAsync<object>(HttpMethod.Get, $"apis/{group}/{version}/{plural}", Query(("allowWatchBookmarks", allowWatchBookmarks), ("continue", continueParameter), ("fieldSelector", fieldSelector), ("labelSelector", labelSelector), ("limit", limit), ("resourceVersion", resourceVersion), ("resourceVersionMatch", resourceVersionMatch), ("timeoutSeconds", timeoutSeconds), ("watch", watch), ("pretty", pretty)), null, watch, customHeaders, cancellationToken);

    Task<HttpOperationResponse<T>> ICustomObjectsOperations.CreateClusterCustomObjectWithHttpMessagesAsync<T>(object body, string group, string version, string plural, string dryRun, string fieldManager, string fieldValidation, bool? pretty, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Post, $"apis/{group}/{version}/{plural}", Query(("dryRun", dryRun), ("fieldManager", fieldManager), ("fieldValidation", fieldValidation), ("pretty", pretty)), body, null, customHeaders, cancellationToken);

    Task<HttpOperationResponse<T>> ICustomObjectsOperations.DeleteClusterCustomObjectWithHttpMessagesAsync<T>(string group, string version, string plural, string name, V1DeleteOptions body, int? gracePeriodSeconds, bool? orphanDependents, string propagationPolicy, string dryRun, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Delete, $"apis/{group}/{version}/{plural}/{name}", Query(("gracePeriodSeconds", gracePeriodSeconds), ("orphanDependents", orphanDependents), ("propagationPolicy", propagationPolicy), ("dryRun", dryRun)), body, null, customHeaders, cancellationToken);
}

/// <summary>Objects of any kind, cluster-wide.</summary>
public static partial class CustomObjectsOperationsExtensions
{
    /// <summary>Objects of one kind, in all namespaces or without one.</summary>
    public static async Task<T> ListClusterCustomObjectAsync<T>(this ICustomObjectsOperations operations, string group, string version, string plural, bool? allowWatchBookmarks = null, string continueParameter = null, string fieldSelector = null, string labelSelector = null, int? limit = null, string resourceVersion = null, string resourceVersionMatch = null, int? timeoutSeconds = null, bool? pretty = null, CancellationToken cancellationToken = default)
    {
        using var response = await operations.ListClusterCustomObjectWithHttpMessagesAsync<T>(group, version, plural, allowWatchBookmarks, continueParameter, fieldSelector, labelSelector, limit, resourceVersion, resourceVersionMatch, timeoutSeconds, false, pretty, null, cancellationToken).ConfigureAwait(false);
        return response.Body;
    }

    /// <summary>Watches: objects of one kind, in all namespaces or without one.</summary>
    public static IAsyncEnumerable<(WatchEventType, object)> WatchListClusterCustomObjectAsync(this ICustomObjectsOperations operations, string group, string version, string plural, bool? allowWatchBookmarks = null, string continueParameter = null, string fieldSelector = null, string labelSelector = null, int? limit = null, string resourceVersion = null, string resourceVersionMatch = null, int? timeoutSeconds = null, bool? pretty = null, Action<Exception> onError = null, CancellationToken cancellationToken = default) =>
        Watcher<object>.Events(operations.ListClusterCustomObjectWithHttpMessagesAsync(group, version, plural, allowWatchBookmarks, continueParameter, fieldSelector, labelSelector, limit, resourceVersion, resourceVersionMatch, timeoutSeconds, true, pretty, null, cancellationToken), onError, cancellationToken);

    /// <summary>Creates an object without a namespace.</summary>
    public static async Task<T> CreateClusterCustomObjectAsync<T>(this ICustomObjectsOperations operations, object body, string group, string version, string plural, string dryRun = null, string fieldManager = null, string fieldValidation = null, bool? pretty = null, CancellationToken cancellationToken = default)
    {
        using var response = await operations.CreateClusterCustomObjectWithHttpMessagesAsync<T>(body, group, version, plural, dryRun, fieldManager, fieldValidation, pretty, null, cancellationToken).ConfigureAwait(false);
        return response.Body;
    }

    /// <summary>Deletes an object without a namespace.</summary>
    public static async Task<T> DeleteClusterCustomObjectAsync<T>(this ICustomObjectsOperations operations, string group, string version, string plural, string name, V1DeleteOptions body = null, int? gracePeriodSeconds = null, bool? orphanDependents = null, string propagationPolicy = null, string dryRun = null, CancellationToken cancellationToken = default)
    {
        using var response = await operations.DeleteClusterCustomObjectWithHttpMessagesAsync<T>(group, version, plural, name, body, gracePeriodSeconds, orphanDependents, propagationPolicy, dryRun, null, cancellationToken).ConfigureAwait(false);
        return response.Body;
    }
}
