using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace FedOperator.Operator.Kubernetes;

/// <summary>A FederatedJob as the API server has it: what users wrote, not yet read by our rules.</summary>
internal sealed record FederatedJobResource : IKubernetesObject<V1ObjectMeta>
{
    /// <summary>The API group.</summary>
    public const string Group = "fedoperator.io";

    /// <summary>The version served.</summary>
    public const string Version = "v1alpha1";

    /// <summary>Plural name, as it stands in paths.</summary>
    public const string Plural = "federatedjobs";

    /// <inheritdoc/>
    public string ApiVersion { get; set; } = Core.Api.FederatedJob.Version;

    /// <inheritdoc/>
    public string Kind { get; set; } = Core.Api.FederatedJob.KindName;

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>As written.</summary>
    public JsonNode? Spec { get; set; }

    /// <summary>As the operator wrote it.</summary>
    public JsonNode? Status { get; set; }
}

/// <summary>A page of FederatedJobs.</summary>
internal sealed record FederatedJobResourceList : IKubernetesObject<V1ListMeta>, IItems<FederatedJobResource>
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = Core.Api.FederatedJob.Version;

    /// <inheritdoc/>
    public string Kind { get; set; } = "FederatedJobList";

    /// <inheritdoc/>
    public V1ListMeta Metadata { get; set; } = new();

    /// <summary>The jobs.</summary>
    public IList<FederatedJobResource> Items { get; set; } = [];
}
