using System.Text.Json;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;
using FedOperator.Operator.Children;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace FedOperator.Operator.Kubernetes;

/// <summary>What is written to a FederatedJob: its finalizer and its status, each only if the job is still the one that was observed (409 otherwise).</summary>
/// <param name="client">The API server's.</param>
internal sealed class JobWrites(IKubernetes client)
{
    /// <summary>Known by it among the writers of a field.</summary>
    public const string FieldManager = "fed-operator";

    /// <summary>Puts our finalizer on the job.</summary>
    /// <returns>The job as it is then.</returns>
    /// <exception cref="HttpOperationException">Conflict: the job has changed.</exception>
    public async Task<JobObject> AddFinalizerAsync(JobObject job, CancellationToken cancellationToken)
    {
        if (job.HasFinalizer)
            return job;
        var add = job.Finalizers.Count == 0
            ? Operation("add", "/metadata/finalizers", new JsonArray(ChildNames.Finalizer))
            : Operation("add", "/metadata/finalizers/-", ChildNames.Finalizer);
        return JobObject.Of(await PatchAsync(job, add, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Takes it off. A job that is being deleted may be gone then.</summary>
    /// <returns>The job as it was last.</returns>
    /// <exception cref="HttpOperationException">Conflict: the job has changed.</exception>
    public async Task<JobObject> RemoveFinalizerAsync(JobObject job, CancellationToken cancellationToken)
    {
        if (!job.HasFinalizer)
            return job;
        var others = job.Finalizers.Where(f => f != ChildNames.Finalizer).Select(f => (JsonNode?)f);
        return JobObject.Of(await PatchAsync(job, Operation("replace", "/metadata/finalizers", new JsonArray([.. others])), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Replaces the status, if it differs.</summary>
    /// <returns>The job as it is then.</returns>
    /// <exception cref="HttpOperationException">Conflict: the job has changed.</exception>
    public async Task<JobObject> WriteStatusAsync(JobObject job, FederatedJobStatus before, FederatedJobStatus status, CancellationToken cancellationToken)
    {
        var text = Text(status);
        if (text.AsSpan().SequenceEqual(Text(before)))
            return job;
        // `add` replaces what is there, members that the new status lacks included.
        var patch = Patch(job, Operation("add", "/status", JsonNode.Parse(text)));
        return JobObject.Of(await client.CustomObjects.PatchNamespacedCustomObjectStatusAsync<FederatedJobResource>(
            body: patch, group: FederatedJobResource.Group, version: FederatedJobResource.Version, namespaceParameter: job.Key.Namespace, plural: FederatedJobResource.Plural, name: job.Key.Name,
            fieldManager: FieldManager, cancellationToken: cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Deletes the job, if it is still the one that was observed. What it owns goes with it.</summary>
    /// <exception cref="HttpOperationException">Conflict: the job has changed.</exception>
    public async Task DeleteAsync(JobObject job, CancellationToken cancellationToken)
    {
        try
        {
            await client.CustomObjects.DeleteNamespacedCustomObjectAsync<V1Status>(
                group: FederatedJobResource.Group, version: FederatedJobResource.Version, namespaceParameter: job.Key.Namespace, plural: FederatedJobResource.Plural, name: job.Key.Name,
                body: new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = job.Uid, ResourceVersion = job.ResourceVersion }, PropagationPolicy = "Background" },
                cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (HttpOperationException e) when (ApiRefusal.Of(e).IsNotFound)
        {
            // Somebody was quicker.
        }
    }

    private async Task<FederatedJobResource> PatchAsync(JobObject job, JsonObject operation, CancellationToken cancellationToken) =>
        await client.CustomObjects.PatchNamespacedCustomObjectAsync<FederatedJobResource>(
            body: Patch(job, operation), group: FederatedJobResource.Group, version: FederatedJobResource.Version, namespaceParameter: job.Key.Namespace, plural: FederatedJobResource.Plural, name: job.Key.Name,
            fieldManager: FieldManager, cancellationToken: cancellationToken).ConfigureAwait(false);

    // Replacing the version by the one observed makes the API server compare them, and answer 409; a failed `test` would be a 422 like any invalid field.
    private static V1Patch Patch(JobObject job, JsonObject operation) =>
        new(new JsonArray(Operation("replace", "/metadata/resourceVersion", job.ResourceVersion), operation).ToJsonString(), V1Patch.PatchType.JsonPatch);

    private static JsonObject Operation(string verb, string path, JsonNode? value) => new() { ["op"] = verb, ["path"] = path, ["value"] = value };

    private static byte[] Text(FederatedJobStatus status) => JsonSerializer.SerializeToUtf8Bytes(status, ApiJson.Default.FederatedJobStatus);
}
