using FedOperator.Core.Api;

namespace FedOperator.Core.Ledger;

/// <summary>How far a job is.</summary>
public enum JobState
{
    /// <summary>Not all clients have said hello.</summary>
    WaitingForClients,

    /// <summary>Rounds are running.</summary>
    Running,

    /// <summary>Suspended by control.json.</summary>
    Suspended,

    /// <summary>The last round closed.</summary>
    Complete,

    /// <summary>The ledger says why.</summary>
    Failed,
}

/// <summary>progress.json: a summary for whoever watches. Never the truth.</summary>
public sealed record ProgressDocument
{
    /// <summary>How far.</summary>
    public required JobState State { get; init; }

    /// <summary>The round in progress, or the last one.</summary>
    public RoundKey? Round { get; init; }

    /// <summary>Train rounds of the job.</summary>
    public required int Target { get; init; }

    /// <summary>The last closed round.</summary>
    public RoundKey? Closed { get; init; }

    /// <summary>Newest evaluation of a global checkpoint.</summary>
    public SampleSums? Evaluation { get; init; }

    /// <summary>The accuracies of the clients' own models in the same evaluation.</summary>
    public ClientAccuracy? ClientAccuracy { get; init; }

    /// <summary>Train round of the checkpoint that <see cref="Evaluation"/> evaluates.</summary>
    public int? EvaluatedRound { get; init; }

    /// <summary>The checkpoint with the best accuracy so far.</summary>
    public BestCheckpoint? Best { get; init; }

    /// <summary>The client and layer furthest from the population in the newest round that merged moments.</summary>
    public DriftRecord? Drift { get; init; }

    /// <summary>The layers that went far off in that round, the gravest first, 20 at most.</summary>
    public IReadOnlyList<DriftAlarm> FarOff { get; init; } = [];

    /// <summary>Newest training sums.</summary>
    public SampleSums? Training { get; init; }

    /// <summary>Of the last closed round.</summary>
    public double LastRoundSeconds { get; init; }

    /// <summary>Whose hello or report is awaited.</summary>
    public IReadOnlyList<string> WaitingFor { get; init; } = [];

    /// <summary>Newest exclusions, newest first, 20 at most, each with its round.</summary>
    public IReadOnlyList<RoundExclusion> Exclusions { get; init; } = [];

    /// <summary>For each client the newest train round that admitted it; absent are those that none has. Null in a document of an earlier version, which does not say.</summary>
    public IReadOnlyDictionary<string, int>? Admitted { get; init; }

    /// <summary>Why it failed, or what it waits for.</summary>
    public string? Message { get; init; }

    /// <summary>The newest checkpoint.</summary>
    public BlobReference? Checkpoint { get; init; }

    /// <summary>The inference model, once there is one.</summary>
    public BlobReference? Result { get; init; }
}

/// <summary>How far a client's BatchNorm moments are from the merged ones.</summary>
/// <param name="Client">Its name.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Divergence">Symmetric KL divergence, in nats, mean over channels.</param>
public sealed record DriftRecord(string Client, string Layer, double Divergence);

/// <summary>An exclusion and its round.</summary>
/// <param name="Round">Which round.</param>
/// <param name="Exclusion">Who and why.</param>
public sealed record RoundExclusion(RoundKey Round, Exclusion Exclusion);

/// <summary>control.json: hints from the operator. They change when things happen, never what bytes come out of a cut.</summary>
public sealed record ControlDocument
{
    /// <summary>True: no round is opened.</summary>
    public bool Suspended { get; init; }

    /// <summary>Train rounds, where the job has grown; smaller than the plan's is ignored.</summary>
    public int? Rounds { get; init; }

    /// <summary>Clients that are known to be gone: not waited for.</summary>
    public IReadOnlyList<string> Lost { get; init; } = [];

    /// <summary>Why the operator has ended the job; null: it has not. Every process that reads it ends with exit code 3.</summary>
    public Failure? Ended { get; init; }
}
