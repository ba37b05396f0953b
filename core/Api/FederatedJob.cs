using System.Text.Json.Nodes;

namespace FedOperator.Core.Api;

/// <summary>A federated training job: clients train one model together, each on data that never leave it. They exchange weights and BatchNorm moments through blob storage, round by round. `spec` says what is trained, by whom and on what; `status` is the operator's.</summary>
public sealed record FederatedJob
{
    /// <summary>The one version that this build reads.</summary>
    public const string Version = "fedoperator.io/v1alpha1";

    /// <summary>The resource's kind.</summary>
    public const string KindName = "FederatedJob";

    /// <summary>Always <see cref="Version"/>.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>Always <see cref="KindName"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Name, namespace, labels.</summary>
    public required JobMetadata Metadata { get; init; }

    /// <summary>What is to be trained, by whom, on what.</summary>
    public required FederatedJobSpec Spec { get; init; }

    /// <summary>Written by the operator; accepted and ignored in a manifest, so that the output of `kubectl get -o yaml` can be read back.</summary>
    public JsonObject? Status { get; init; }
}

/// <summary>The part of Kubernetes' object metadata that FedOperator reads or meets in manifests.</summary>
public sealed record JobMetadata
{
    /// <summary>Lower-case letters, digits and dashes, at most 40 characters: it begins the names of the job's pods.</summary>
    public required string Name { get; init; }

    /// <summary>Absent: the one that kubectl is set to.</summary>
    public string? Namespace { get; init; }

    /// <summary>Set by the API server; names the job's containers.</summary>
    public string? Uid { get; init; }

    /// <summary>Free labels.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Free annotations.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Set by the API server: grows with each change of the spec.</summary>
    public long? Generation { get; init; }

    /// <summary>Set by the API server.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Set by the API server.</summary>
    public string? CreationTimestamp { get; init; }

    /// <summary>Set by the API server once a deletion was asked for.</summary>
    public string? DeletionTimestamp { get; init; }

    /// <summary>Set by the API server once a deletion was asked for.</summary>
    public long? DeletionGracePeriodSeconds { get; init; }

    /// <summary>Whom the API server asks before it forgets the job.</summary>
    public IReadOnlyList<string>? Finalizers { get; init; }

    /// <summary>Objects with which the job goes.</summary>
    public IReadOnlyList<JsonObject>? OwnerReferences { get; init; }

    /// <summary>Kept by the API server: who wrote which field.</summary>
    public IReadOnlyList<JsonObject>? ManagedFields { get; init; }

    /// <summary>What the API server made <see cref="Name"/> from, where it made it.</summary>
    public string? GenerateName { get; init; }

    /// <summary>From an old API server.</summary>
    public string? SelfLink { get; init; }
}
