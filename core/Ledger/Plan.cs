using System.Text.Json.Serialization;
using FedOperator.Core.Api;

namespace FedOperator.Core.Ledger;

/// <summary>plan.json: a job resolved, every default filled in. It governs from the start of the job on.</summary>
public sealed record Plan
{
    /// <summary>Version of the protocol that this plan speaks. See docs/protocol.md.</summary>
    public int Protocol { get; init; } = 1;

    /// <summary>The job's id: names its containers.</summary>
    public required string Job { get; init; }

    /// <summary>SHA-256, in hex, over everything that determines the result's bytes.</summary>
    public required string Hash { get; init; }

    /// <summary>Train rounds at the start of the job. May grow: each open.json records the current target.</summary>
    public required int Rounds { get; init; }

    /// <summary>Source of every draw.</summary>
    public required long Seed { get; init; }

    /// <summary>The clients, in ordinal order of their names.</summary>
    public required IReadOnlyList<PlannedClient> Clients { get; init; }

    /// <summary>The network.</summary>
    public required ModelSpec Model { get; init; }

    /// <summary>How a client trains; `schedule.rounds` is filled in.</summary>
    public required TrainingSpec Training { get; init; }

    /// <summary>How BatchNorm is trained.</summary>
    public required NormalizationSpec Normalization { get; init; }

    /// <summary>What stays with the clients.</summary>
    public required PersonalizationSpec Personalization { get; init; }

    /// <summary>How updates are merged.</summary>
    public required AggregationSpec Aggregation { get; init; }

    /// <summary>When the clients evaluate.</summary>
    public required EvaluationSpec Evaluation { get; init; }

    /// <summary>Who takes part.</summary>
    public required ParticipationSpec Participation { get; init; }

    /// <summary>How long a job may wait for its clients' first hello, in seconds.</summary>
    public required double StartupDeadlineSeconds { get; init; }

    /// <summary>Updates and checkpoints to keep.</summary>
    public required RetentionSpec Retention { get; init; }
}

/// <summary>One client of a plan.</summary>
/// <param name="Name">Unique in the job.</param>
/// <param name="Required">Always waited for.</param>
/// <param name="Format">Of its data.</param>
/// <param name="Partition">How its data set is shared; one shard where it has a data set of its own.</param>
/// <param name="Shard">Its place among the clients that share that data set, from 0.</param>
/// <param name="Shards">How many clients share it.</param>
/// <param name="Pixels">How its pixels become inputs; null: as is usual for the format.</param>
/// <param name="External">It runs outside the cluster: it has no pod, and a private container where its next credential is put. Not part of the hash.</param>
public sealed record PlannedClient(
    string Name,
    bool Required,
    DataFormat Format,
    PartitionSpec Partition,
    int Shard,
    int Shards,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool External = false,
    PixelSpec? Pixels = null);
