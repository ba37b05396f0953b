using k8s.Autorest;
using k8s.Models;

namespace k8s;

/// <summary>Secrets.</summary>
public partial interface ICoreV1Operations
{
    /// <summary>Creates a secret.</summary>
    Task<HttpOperationResponse<V1Secret>> CreateNamespacedSecretWithHttpMessagesAsync(V1Secret body, string namespaceParameter, string dryRun = null, string fieldManager = null, string fieldValidation = null, bool? pretty = null, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders = null, CancellationToken cancellationToken = default);

    /// <summary>Reads a secret.</summary>
    Task<HttpOperationResponse<V1Secret>> ReadNamespacedSecretWithHttpMessagesAsync(string name, string namespaceParameter, bool? pretty = null, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes a secret.</summary>
    Task<HttpOperationResponse<V1Status>> DeleteNamespacedSecretWithHttpMessagesAsync(string name, string namespaceParameter, V1DeleteOptions body = null, string dryRun = null, int? gracePeriodSeconds = null, bool? ignoreStoreReadErrorWithClusterBreakingPotential = null, bool? orphanDependents = null, string propagationPolicy = null, bool? pretty = null, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders = null, CancellationToken cancellationToken = default);

    /// <summary>Replaces a secret.</summary>
    Task<HttpOperationResponse<V1Secret>> ReplaceNamespacedSecretWithHttpMessagesAsync(V1Secret body, string name, string namespaceParameter, string dryRun = null, string fieldManager = null, string fieldValidation = null, bool? pretty = null, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders = null, CancellationToken cancellationToken = default);
}

public partial class Kubernetes : ICoreV1Operations
{
    Task<HttpOperationResponse<V1Secret>> ICoreV1Operations.CreateNamespacedSecretWithHttpMessagesAsync(V1Secret body, string namespaceParameter, string dryRun, string fieldManager, string fieldValidation, bool? pretty, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders, CancellationToken cancellationToken) =>
        SendAsync<V1Secret>(HttpMethod.Post, $"api/v1/namespaces/{namespaceParameter}/secrets", Query(("dryRun", dryRun), ("fieldManager", fieldManager), ("fieldValidation", fieldValidation), ("pretty", pretty)), body, null, customHeaders, cancellationToken);

    Task<HttpOperationResponse<V1Secret>> ICoreV1Operations.ReadNamespacedSecretWithHttpMessagesAsync(string name, string namespaceParameter, bool? pretty, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders, CancellationToken cancellationToken) =>
        SendAsync<V1Secret>(HttpMethod.Get, $"api/v1/namespaces/{namespaceParameter}/secrets/{name}", Query(("pretty", pretty)), null, null, customHeaders, cancellationToken);

    Task<HttpOperationResponse<V1Status>> ICoreV1Operations.DeleteNamespacedSecretWithHttpMessagesAsync(string name, string namespaceParameter, V1DeleteOptions body, string dryRun, int? gracePeriodSeconds, bool? ignoreStoreReadErrorWithClusterBreakingPotential, bool? orphanDependents, string propagationPolicy, bool? pretty, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders, CancellationToken cancellationToken) =>
        SendAsync<V1Status>(HttpMethod.Delete, $"api/v1/namespaces/{namespaceParameter}/secrets/{name}", Query(("dryRun", dryRun), ("gracePeriodSeconds", gracePeriodSeconds), ("ignoreStoreReadErrorWithClusterBreakingPotential", ignoreStoreReadErrorWithClusterBreakingPotential), ("orphanDependents", orphanDependents), ("propagationPolicy", propagationPolicy), ("pretty", pretty)), body, null, customHeaders, cancellationToken);

    Task<HttpOperationResponse<V1Secret>> ICoreV1Operations.ReplaceNamespacedSecretWithHttpMessagesAsync(V1Secret body, string name, string namespaceParameter, string dryRun, string fieldManager, string fieldValidation, bool? pretty, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders, CancellationToken cancellationToken) =>
        SendAsync<V1Secret>(HttpMethod.Put, $"api/v1/namespaces/{namespaceParameter}/secrets/{name}", Query(("dryRun", dryRun), ("fieldManager", fieldManager), ("fieldValidation", fieldValidation), ("pretty", pretty)), body, null, customHeaders, cancellationToken);
}

/// <summary>Secrets.</summary>
public static partial class CoreV1OperationsExtensions
{
    /// <summary>Creates a secret.</summary>
    public static async Task<V1Secret> CreateNamespacedSecretAsync(this ICoreV1Operations operations, V1Secret body, string namespaceParameter, string dryRun = null, string fieldManager = null, string fieldValidation = null, bool? pretty = null, CancellationToken cancellationToken = default)
    {
        using var response = await operations.CreateNamespacedSecretWithHttpMessagesAsync(body, namespaceParameter, dryRun, fieldManager, fieldValidation, pretty, null, cancellationToken).ConfigureAwait(false);
        return response.Body;
    }

    /// <summary>Reads a secret.</summary>
    public static async Task<V1Secret> ReadNamespacedSecretAsync(this ICoreV1Operations operations, string name, string namespaceParameter, bool? pretty = null, CancellationToken cancellationToken = default)
    {
        using var response = await operations.ReadNamespacedSecretWithHttpMessagesAsync(name, namespaceParameter, pretty, null, cancellationToken).ConfigureAwait(false);
        return response.Body;
    }

    /// <summary>Deletes a secret.</summary>
    public static async Task<V1Status> DeleteNamespacedSecretAsync(this ICoreV1Operations operations, string name, string namespaceParameter, V1DeleteOptions body = null, string dryRun = null, int? gracePeriodSeconds = null, bool? ignoreStoreReadErrorWithClusterBreakingPotential = null, bool? orphanDependents = null, string propagationPolicy = null, bool? pretty = null, CancellationToken cancellationToken = default)
    {
        using var response = await operations.DeleteNamespacedSecretWithHttpMessagesAsync(name, namespaceParameter, body, dryRun, gracePeriodSeconds, ignoreStoreReadErrorWithClusterBreakingPotential, orphanDependents, propagationPolicy, pretty, null, cancellationToken).ConfigureAwait(false);
        return response.Body;
    }

    /// <summary>Replaces a secret.</summary>
    public static async Task<V1Secret> ReplaceNamespacedSecretAsync(this ICoreV1Operations operations, V1Secret body, string name, string namespaceParameter, string dryRun = null, string fieldManager = null, string fieldValidation = null, bool? pretty = null, CancellationToken cancellationToken = default)
    {
        using var response = await operations.ReplaceNamespacedSecretWithHttpMessagesAsync(body, name, namespaceParameter, dryRun, fieldManager, fieldValidation, pretty, null, cancellationToken).ConfigureAwait(false);
        return response.Body;
    }
}
