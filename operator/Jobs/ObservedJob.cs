using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>Names a job in a cluster, and is its key in the work queue.</summary>
internal readonly record struct JobKey(string Namespace, string Name)
{
    /// <summary>`NAMESPACE/NAME`.</summary>
    public override string ToString() => $"{Namespace}/{Name}";
}

/// <summary>All that a pass knows of one job. The planner decides from this and the time alone.</summary>
internal sealed record ObservedJob
{
    /// <summary>Namespace and name.</summary>
    public required JobKey Key { get; init; }

    /// <summary>Set by the API server; without its dashes it is the job's id in the ledger.</summary>
    public required string Uid { get; init; }

    /// <summary>Of the spec.</summary>
    public required long Generation { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When its deletion was asked for; null: it was not.</summary>
    public DateTimeOffset? DeletionRequested { get; init; }

    /// <summary>Whether our finalizer is on it.</summary>
    public bool HasFinalizer { get; init; }

    /// <summary>As last written; empty at first.</summary>
    public required FederatedJobStatus Status { get; init; }

    /// <summary>The spec by which it is run, and what is wrong with its own.</summary>
    public required GoverningSpec Spec { get; init; }

    /// <summary>Pods whose controller is this job (by uid), terminating and finished ones included.</summary>
    public required IReadOnlyList<ObservedPod> Pods { get; init; }

    /// <summary>What its ledger says.</summary>
    public required ObservedLedger Ledger { get; init; }

    /// <summary>What the pass before could not do, in words; null where it did all.</summary>
    public string? Unapplied { get; init; }
}

/// <summary>What a job's ledger says.</summary>
internal sealed record ObservedLedger
{
    /// <summary>Nothing was read: the spec is invalid, or the job is being deleted.</summary>
    public static readonly ObservedLedger Unread = new();

    /// <summary>Why it could not be read; the other members are then what was last known.</summary>
    public LedgerTrouble? Trouble { get; init; }

    /// <summary>plan.json: it governs. Null: not written yet.</summary>
    public Plan? Plan { get; init; }

    /// <summary>control.json; empty where there is none.</summary>
    public ControlDocument Control { get; init; } = new();

    /// <summary>progress.json; null before the aggregator wrote one.</summary>
    public ProgressDocument? Progress { get; init; }

    /// <summary>True once the newest closed.json names no next round, and control.json asks for no more.</summary>
    public bool Ended { get; init; }

    /// <summary>Why the job failed, where its last closed.json says so.</summary>
    public Failure? Failure { get; init; }

    /// <summary>The clients' newest admitted personal states, once the job has ended or is suspended; null before, where nothing stays with the clients, and where they could not be read.</summary>
    public IReadOnlyList<PersonalState>? Personal { get; init; }

    /// <summary>Tells the account's key with which the operator is logged in from another one; null where it uses none. Credentials that another one signed are void, or will be soon.</summary>
    public string? SigningKey { get; init; }
}

/// <summary>A client's personal state, by the ledger.</summary>
/// <param name="Client">Whose.</param>
/// <param name="Sha256">Of its content: what it is named by.</param>
/// <param name="IsAtHome">It does not lie in the client's private container: a client outside the cluster keeps it where it runs.</param>
internal sealed record PersonalState(string Client, string Sha256, bool IsAtHome = false);

/// <summary>Why a ledger is out of reach.</summary>
/// <param name="Reason">StorageUnavailable (may pass), or a matter for the user: CredentialsSecretMissing, CredentialsRefused, AccountNotAllowed, ClaimNotServed, LedgerCorrupt.</param>
/// <param name="Message">In words, with the fix; never a credential in it.</param>
internal sealed record LedgerTrouble(string Reason, string Message);
