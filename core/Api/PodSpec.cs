using System.Text.Json.Nodes;

namespace FedOperator.Core.Api;

/// <summary>What is asked of Kubernetes for one role's pods.</summary>
public sealed record PodSpec
{
    /// <summary>Container image; absent: the operator's default.</summary>
    public string? Image { get; init; }

    /// <summary>Kubernetes ResourceRequirements: `requests` and `limits`.</summary>
    public JsonObject? Resources { get; init; }

    /// <summary>A Kubernetes PodTemplateSpec, merged over the operator's own.</summary>
    public JsonObject? PodTemplate { get; init; }
}
