namespace FedOperator.Core.Api;

/// <summary>What is to be trained, by whom, on what, and how.</summary>
public sealed record FederatedJobSpec
{
    /// <summary>How many train rounds there are, from 1. In each, every participant starts from the newest checkpoint, trains a little and uploads what came of it; the aggregator merges the uploads into the next checkpoint. May grow while the job runs, never shrink.</summary>
    public required int Rounds { get; init; }

    /// <summary>Source of every draw: initial weights, how clients share the data, the order of samples, who takes part in a round. On CPUs the same seed gives the same bytes. From 0; default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>True: the job's pods are deleted and its blobs stay; false again: it goes on where it was. Default false.</summary>
    public bool Suspend { get; init; }

    /// <summary>The network that is trained.</summary>
    public ModelSpec Model { get; init; } = new();

    /// <summary>What the clients train on, and how they share it, unless their group in `clients` says otherwise.</summary>
    public DataSpec Data { get; init; } = new();

    /// <summary>What a client does in one train round: how many steps, of what size, with which optimizer.</summary>
    public TrainingSpec Training { get; init; } = new();

    /// <summary>How activations are normalized, and what of it the clients share. The choice that federated training most often gets wrong.</summary>
    public NormalizationSpec Normalization { get; init; } = new();

    /// <summary>Which parts of the model stay with their client, and are never uploaded.</summary>
    public PersonalizationSpec Personalization { get; init; } = new();

    /// <summary>How the clients' uploads become the next checkpoint.</summary>
    public AggregationSpec Aggregation { get; init; } = new();

    /// <summary>When the clients measure the global model's accuracy, each on its own test data.</summary>
    public EvaluationSpec Evaluation { get; init; } = new();

    /// <summary>Who takes part in a round, how long it waits, and how many may be missing.</summary>
    public ParticipationSpec Participation { get; init; } = new();

    /// <summary>The clients, in named groups: at least one, at most 2000 in all, in at most 250 groups.</summary>
    public required IReadOnlyList<ClientGroup> Clients { get; init; }

    /// <summary>The pods of the clients: image, resources, anything else of a pod. A group may have its own. Ignored by `fed run`.</summary>
    public PodSpec Trainer { get; init; } = new();

    /// <summary>The aggregator's pod. It needs little memory whatever the number of clients and the size of the model. Ignored by `fed run`.</summary>
    public PodSpec Aggregator { get; init; } = new();

    /// <summary>Where the job's blobs lie (its ledger: plan, checkpoints, updates, what happened in each round), and what is kept of them. `fed run` keeps them in a folder instead.</summary>
    public required StorageSpec Storage { get; init; }

    /// <summary>How often a client or the aggregator is started again after a failure.</summary>
    public FailurePolicySpec FailurePolicy { get; init; } = new();

    /// <summary>How long the job may take in all, in seconds from its start, before it fails; greater than `startupDeadlineSeconds`. Absent: as long as it takes.</summary>
    public double? ActiveDeadlineSeconds { get; init; }

    /// <summary>How long the first round waits for every client to say hello, in seconds. After that it opens with those that have, if they are the quorum. Default 600.</summary>
    public double StartupDeadlineSeconds { get; init; } = 600;

    /// <summary>How long a finished job stays in the cluster, in seconds, before it is deleted (its blobs by `storage.retention.onDelete`). 0: at once; absent: for ever.</summary>
    public double? TtlSecondsAfterFinished { get; init; }
}
