using System.Text.Json.Nodes;

namespace FedOperator.Core.Api;

/// <summary>What is asked of Kubernetes for one role's pods.</summary>
public sealed record PodSpec
{
    /// <summary>Image of the container. Absent: the operator's default for trainers and aggregators.</summary>
    public string? Image { get; init; }

    /// <summary>Kubernetes resource requirements of the container: `requests` and `limits`, for example `{requests: {cpu: 1, memory: 1Gi}, limits: {memory: 2Gi, nvidia.com/gpu: 1}}`.</summary>
    public JsonObject? Resources { get; init; }

    /// <summary>A Kubernetes pod template (`metadata`, `spec`), merged over the operator's own: containers and environment variables by name, mounts by path, tolerations added, the rest replaced. The container is called `trainer` or `aggregator`; its command, security context and credential mounts are the operator's.</summary>
    public JsonObject? PodTemplate { get; init; }
}
