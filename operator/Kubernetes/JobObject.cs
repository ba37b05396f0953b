using System.Text.Json;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;
using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Kubernetes;

/// <summary>A projection of one FederatedJob: what a pass needs of it, and no more (caches hold these, so spec and status are text).</summary>
internal sealed record JobObject
{
    // Written by a newer operator, a status may have members that this one does not know: they are not ours to refuse.
    private static readonly ApiJson s_lenient = new(new JsonSerializerOptions(ApiJson.Default.Options) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Skip });

    /// <summary>Namespace and name.</summary>
    public required JobKey Key { get; init; }

    /// <summary>Set by the API server.</summary>
    public required string Uid { get; init; }

    /// <summary>Version of the object: the precondition of every write.</summary>
    public required string ResourceVersion { get; init; }

    /// <summary>Of the spec.</summary>
    public required long Generation { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When its deletion was asked for; null: it was not.</summary>
    public DateTimeOffset? DeletionRequested { get; init; }

    /// <summary>All finalizers on it, in their order.</summary>
    public IReadOnlyList<string> Finalizers { get; init; } = [];

    /// <summary>JSON of the spec; `null` where there is none.</summary>
    public required byte[] Spec { get; init; }

    /// <summary>JSON of the status; null: none was written yet.</summary>
    public byte[]? StatusJson { get; init; }

    /// <summary>Whether our finalizer is on it.</summary>
    public bool HasFinalizer => Finalizers.Contains(ChildNames.Finalizer, StringComparer.Ordinal);

    /// <summary>The projection.</summary>
    public static JobObject Of(FederatedJobResource job) => new()
    {
        Key = new JobKey(job.Metadata.NamespaceProperty, job.Metadata.Name),
        Uid = job.Metadata.Uid,
        ResourceVersion = job.Metadata.ResourceVersion,
        Generation = job.Metadata.Generation ?? 0,
        Created = At(job.Metadata.CreationTimestamp) ?? default,
        DeletionRequested = At(job.Metadata.DeletionTimestamp),
        Finalizers = [.. job.Metadata.Finalizers ?? []],
        Spec = Bytes(job.Spec),
        StatusJson = job.Status is null ? null : Bytes(job.Status),
    };

    /// <summary>The spec as it was written.</summary>
    public SpecText Text => new(Key, Uid, Generation, Spec);

    /// <summary>The status as last written; empty at first.</summary>
    /// <exception cref="JsonException">Somebody else wrote something there that is no status.</exception>
    public FederatedJobStatus Status() => StatusJson is null ? new() : JsonSerializer.Deserialize(StatusJson, s_lenient.FederatedJobStatus) ?? new();

    private static DateTimeOffset? At(DateTime? utc) => utc is { } time ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)) : null;

    private static byte[] Bytes(JsonNode? node) => System.Text.Encoding.UTF8.GetBytes(node?.ToJsonString(AnyDepth.Options) ?? "null");
}
