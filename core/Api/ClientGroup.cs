using System.Text.Json.Nodes;

namespace FedOperator.Core.Api;

/// <summary>A named group of clients: with `replicas: n` the clients NAME-0 .. NAME-(n-1), without it one client called NAME.</summary>
public sealed record ClientGroup
{
    /// <summary>Matches `[a-z0-9]+(-[a-z0-9]+)*`, does not start with `p-`; a client's whole name has at most 25 characters.</summary>
    public required string Name { get; init; }

    /// <summary>How many clients; absent: one, without a number in its name.</summary>
    public int? Replicas { get; init; }

    /// <summary>True: no pod. The operator issues the credential only, and the client runs elsewhere, on data of its own. Default false.</summary>
    public bool External { get; init; }

    /// <summary>True: always waited for, whatever the quorum. Default false.</summary>
    public bool Required { get; init; }

    /// <summary>The group's data, in place of all of `spec.data`.</summary>
    public DataSpec? Data { get; init; }

    /// <summary>The group's pods; what it gives replaces `spec.trainer`.</summary>
    public PodSpec? Trainer { get; init; }

    /// <summary>Labels of the nodes that may run the group's pods.</summary>
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    /// <summary>Kubernetes tolerations for the group's pods.</summary>
    public IReadOnlyList<JsonObject>? Tolerations { get; init; }
}
