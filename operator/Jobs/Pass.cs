using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>What the policies of one pass share: a job with a spec to go by.</summary>
/// <param name="Observed">All that is known of it.</param>
/// <param name="Job">The job with the spec that governs.</param>
/// <param name="Settings">The operator's.</param>
/// <param name="Now">The time of the pass, in whole seconds.</param>
internal sealed record Pass(ObservedJob Observed, FederatedJob Job, OperatorSettings Settings, DateTimeOffset Now)
{
    /// <summary>The status as last written.</summary>
    public FederatedJobStatus Before => Observed.Status;

    /// <summary>The spec.</summary>
    public FederatedJobSpec Spec => Job.Spec;

    /// <summary>The ledger.</summary>
    public ObservedLedger Ledger => Observed.Ledger;

    /// <summary>The progress that the ledger tells of; null before there is any.</summary>
    public ProgressDocument? Progress => Ledger.Progress;

    /// <summary>Train rounds closed.</summary>
    public int Closed => Progress?.Closed?.Number ?? Before.Round ?? 0;

    /// <summary>Storage that needs credentials.</summary>
    public bool NeedsCredentials => Spec.Storage.AzureBlob is not null;

    /// <summary>The pod in which a process is at work; null: there is none.</summary>
    public ObservedPod? AtWork(string process) => Pods[process].FirstOrDefault(p => p is { Phase: PodPhase.Running, Terminating: false, End: null });

    /// <summary>The job's pods by process, newest attempt first.</summary>
    public ILookup<string, ObservedPod> Pods { get; } = Observed.Pods.OrderByDescending(p => p.Attempt).ToLookup(p => p.Process, StringComparer.Ordinal);
}

/// <summary>What makes a job Degraded, or keeps it from starting.</summary>
/// <param name="Reason">One CamelCase word.</param>
/// <param name="Message">In words: what is wrong, and what to do.</param>
internal sealed record Complaint(string Reason, string Message);

/// <summary>That a job has ended.</summary>
/// <param name="Reason">Why it failed, in one CamelCase word; null: it is complete.</param>
/// <param name="Message">In words.</param>
internal sealed record Verdict(string? Reason, string Message)
{
    /// <summary>Whether it failed.</summary>
    public bool IsFailure => Reason is not null;
}
