using System.Text.Json.Nodes;

namespace FedOperator.Core.Api;

/// <summary>A named group of clients: with `replicas: n` the clients NAME-0 .. NAME-(n-1), without it one client called NAME.</summary>
public sealed record ClientGroup
{
    /// <summary>Name of the client, or beginning of its clients' names with `replicas`: lower-case letters and digits with single dashes between; not beginning with `p-`. A client's whole name has at most 25 characters.</summary>
    public required string Name { get; init; }

    /// <summary>How many clients the group has: NAME-0, NAME-1, and so on. From 1 to 2000; absent: one, called NAME.</summary>
    public int? Replicas { get; init; }

    /// <summary>True: the client runs outside the cluster, on data of its own. It gets no pod, only a Secret with its credential, which its administrator takes to where the data are. Default false.</summary>
    public bool External { get; init; }

    /// <summary>True: always drawn, and always waited for, whatever the quorum. Default false.</summary>
    public bool Required { get; init; }

    /// <summary>The group's data, in place of all of `spec.data`: nothing of that is merged in.</summary>
    public DataSpec? Data { get; init; }

    /// <summary>The group's pods: what is given here replaces the same field of `spec.trainer`.</summary>
    public PodSpec? Trainer { get; init; }

    /// <summary>Labels of the nodes that may run the group's pods, as in any pod.</summary>
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    /// <summary>Kubernetes tolerations of the group's pods, as in any pod.</summary>
    public IReadOnlyList<JsonObject>? Tolerations { get; init; }
}
