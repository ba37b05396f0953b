namespace FedOperator.Core.Ledger;

/// <summary>Every kind of write that a job's processes and the operator make: the list that crash tests go through.</summary>
public enum WritePoint
{
    /// <summary>model.json, by `trainer init`.</summary>
    Model,

    /// <summary>checkpoints/000000, and what personal tensors start from, by `trainer init`.</summary>
    InitialCheckpoint,

    /// <summary>open.json, by the aggregator.</summary>
    Open,

    /// <summary>extended-K.json, by the aggregator.</summary>
    Extended,

    /// <summary>attempt-A.json, by the aggregator.</summary>
    Attempt,

    /// <summary>Statistics exchanged within a step: a trainer's part of them, and by the aggregator what all parts make.</summary>
    Exchange,

    /// <summary>cut.json, by the aggregator.</summary>
    Cut,

    /// <summary>A later checkpoint, by the aggregator.</summary>
    Checkpoint,

    /// <summary>The server optimizer's state, by the aggregator.</summary>
    ServerState,

    /// <summary>The inference model, by the aggregator.</summary>
    Result,

    /// <summary>closed.json, by the aggregator.</summary>
    Closed,

    /// <summary>progress.json, by the aggregator.</summary>
    Progress,

    /// <summary>hello.json, by a trainer.</summary>
    Hello,

    /// <summary>heartbeat.json, by a trainer.</summary>
    Heartbeat,

    /// <summary>An update, by a trainer.</summary>
    Update,

    /// <summary>Personal state, by a trainer.</summary>
    State,

    /// <summary>report.json, by a trainer.</summary>
    Report,

    /// <summary>The deletion of a tensor file, by the aggregator's retention or by a trainer.</summary>
    Delete,

    /// <summary>plan.json, by the operator, once the job's containers are there.</summary>
    Publish,

    /// <summary>control.json, by the operator.</summary>
    Control,

    /// <summary>credential.json in an external client's private container, by the operator.</summary>
    Credential,

    /// <summary>The deletion of one of a job's containers, by the operator.</summary>
    Blobs,

    /// <summary>A job's finalizer, put on or taken off: by the operator, in the cluster, as all that follow.</summary>
    Finalizer,

    /// <summary>A Secret.</summary>
    Secret,

    /// <summary>A job's status.</summary>
    Status,

    /// <summary>The deletion of a pod.</summary>
    PodDelete,

    /// <summary>A pod.</summary>
    PodCreate,

    /// <summary>The deletion of a job whose time to live is over.</summary>
    JobDelete,

    /// <summary>An event about a job.</summary>
    Event,
}

/// <summary>Tells what is written from a blob's name.</summary>
public static class WritePoints
{
    /// <summary>Writes that make no blob: deletions, and what the operator writes to the cluster.</summary>
    public static IReadOnlyList<WritePoint> WithoutBlob { get; } =
        [WritePoint.Delete, WritePoint.Blobs, WritePoint.Finalizer, WritePoint.Secret, WritePoint.Status, WritePoint.PodDelete, WritePoint.PodCreate, WritePoint.JobDelete, WritePoint.Event];

    /// <summary>The kind of write that makes a blob of this name.</summary>
    /// <exception cref="ArgumentException">No blob of a ledger is called so.</exception>
    public static WritePoint Of(string name) => name switch
    {
        LedgerPaths.Plan => WritePoint.Publish,
        LedgerPaths.Control => WritePoint.Control,
        LedgerPaths.Credential => WritePoint.Credential,
        LedgerPaths.Model => WritePoint.Model,
        LedgerPaths.InitialCheckpoint or LedgerPaths.InitialPersonal => WritePoint.InitialCheckpoint,
        LedgerPaths.Progress => WritePoint.Progress,
        LedgerPaths.Hello => WritePoint.Hello,
        LedgerPaths.Heartbeat => WritePoint.Heartbeat,
        _ when name.StartsWith("checkpoints/", StringComparison.Ordinal) => WritePoint.Checkpoint,
        _ when name.StartsWith("server-state/", StringComparison.Ordinal) => WritePoint.ServerState,
        _ when name.StartsWith("results/", StringComparison.Ordinal) => WritePoint.Result,
        _ when name.StartsWith("updates/", StringComparison.Ordinal) => WritePoint.Update,
        _ when name.StartsWith("state/", StringComparison.Ordinal) => WritePoint.State,
        _ when LedgerPaths.IsExchange(name) => WritePoint.Exchange,
        _ when name.Contains("/attempt-", StringComparison.Ordinal) => WritePoint.Attempt,
        _ when name.EndsWith("/open.json", StringComparison.Ordinal) => WritePoint.Open,
        _ when name.Contains("/extended-", StringComparison.Ordinal) => WritePoint.Extended,
        _ when name.EndsWith("/cut.json", StringComparison.Ordinal) => WritePoint.Cut,
        _ when name.EndsWith("/closed.json", StringComparison.Ordinal) => WritePoint.Closed,
        _ when name.EndsWith("/report.json", StringComparison.Ordinal) => WritePoint.Report,
        _ => throw new ArgumentException($"no blob of a ledger is called '{name}'", nameof(name)),
    };
}
