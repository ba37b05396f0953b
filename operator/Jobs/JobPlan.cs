using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using k8s.Models;

namespace FedOperator.Operator.Jobs;

/// <summary>What one pass is to do, in this order: each step may be the last one before a crash, and the next pass goes on from what it then observes.</summary>
internal sealed record JobPlan
{
    /// <summary>Whether our finalizer must come (before anything is made that it guards) or go (after all is gone).</summary>
    public FinalizerChange Finalizer { get; init; }

    /// <summary>Containers to create, and then plan.json, where there is none.</summary>
    public Plan? Publish { get; init; }

    /// <summary>control.json to write; null: it is as it should be.</summary>
    public ControlDocument? Control { get; init; }

    /// <summary>Credentials to issue that end then, into the job's Secrets; null: those that are there will do.</summary>
    public DateTimeOffset? CredentialsUntil { get; init; }

    /// <summary>The status: written once, before any pod is touched, if it differs from the one observed.</summary>
    public required FederatedJobStatus Status { get; init; }

    /// <summary>Pods to delete.</summary>
    public IReadOnlyList<PodDeletion> Delete { get; init; } = [];

    /// <summary>Pods to create.</summary>
    public IReadOnlyList<V1Pod> Create { get; init; } = [];

    /// <summary>The job's containers are to be deleted.</summary>
    public bool DeleteBlobs { get; init; }

    /// <summary>The job itself is to be deleted: its time to live is over.</summary>
    public bool DeleteJob { get; init; }

    /// <summary>Told once the status is written.</summary>
    public IReadOnlyList<JobEvent> Events { get; init; } = [];

    /// <summary>When to look again though nothing happens; null: never.</summary>
    public TimeSpan? LookAgain { get; init; }
}

/// <summary>What becomes of our finalizer.</summary>
internal enum FinalizerChange
{
    /// <summary>It stays as it is.</summary>
    None,

    /// <summary>It is put on the job.</summary>
    Add,

    /// <summary>It is taken off.</summary>
    Remove,
}

/// <summary>A pod to delete.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Precondition: another pod of that name is left alone.</param>
/// <param name="Why">For the log.</param>
internal sealed record PodDeletion(string Name, string Uid, string Why);

/// <summary>A Kubernetes event about a job.</summary>
/// <param name="IsWarning">Normal otherwise.</param>
/// <param name="Reason">One CamelCase word.</param>
/// <param name="Message">In words.</param>
internal sealed record JobEvent(bool IsWarning, string Reason, string Message);
