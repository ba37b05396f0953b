namespace FedOperator.Core.Api;

/// <summary>What is to be trained, by whom, on what, and how.</summary>
public sealed record FederatedJobSpec
{
    /// <summary>Train rounds, at least 1. May grow while the job runs.</summary>
    public required int Rounds { get; init; }

    /// <summary>Source of every draw: initial weights, splits, shuffles, sampling. Default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>True: the pods go, the ledger stays; false again: the job resumes where it was. Default false.</summary>
    public bool Suspend { get; init; }

    /// <summary>The network.</summary>
    public ModelSpec Model { get; init; } = new();

    /// <summary>What the clients train on, unless their group says otherwise.</summary>
    public DataSpec Data { get; init; } = new();

    /// <summary>What a client does in one train round.</summary>
    public TrainingSpec Training { get; init; } = new();

    /// <summary>How BatchNorm is trained.</summary>
    public NormalizationSpec Normalization { get; init; } = new();

    /// <summary>Which parts of the model stay with their client.</summary>
    public PersonalizationSpec Personalization { get; init; } = new();

    /// <summary>How updates become the next checkpoint.</summary>
    public AggregationSpec Aggregation { get; init; } = new();

    /// <summary>When the clients evaluate.</summary>
    public EvaluationSpec Evaluation { get; init; } = new();

    /// <summary>Who takes part in a round, and how long it waits.</summary>
    public ParticipationSpec Participation { get; init; } = new();

    /// <summary>The clients, in named groups; at least one client in all.</summary>
    public required IReadOnlyList<ClientGroup> Clients { get; init; }

    /// <summary>The trainers' pods. Ignored by `fed run`.</summary>
    public PodSpec Trainer { get; init; } = new();

    /// <summary>The aggregator's pod. Ignored by `fed run`.</summary>
    public PodSpec Aggregator { get; init; } = new();

    /// <summary>Where the ledger lies, and what is kept of it. `fed run` replaces the place by a local one.</summary>
    public required StorageSpec Storage { get; init; }

    /// <summary>How often a failed process is started again.</summary>
    public FailurePolicySpec FailurePolicy { get; init; } = new();

    /// <summary>How long the job may run in all, in seconds; absent: for ever.</summary>
    public double? ActiveDeadlineSeconds { get; init; }

    /// <summary>How long the job waits for its clients' first hello, in seconds, before it starts with a quorum. Default 600.</summary>
    public double StartupDeadlineSeconds { get; init; } = 600;

    /// <summary>How long a finished job is kept, in seconds; absent: for ever.</summary>
    public double? TtlSecondsAfterFinished { get; init; }
}
