using System.Text.Json;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Metrics;

/// <summary>What happened between two statuses of a job: a pure function of them, so that a pass that repeats another counts nothing again.</summary>
internal sealed record StatusChange
{
    /// <summary>The job got its first status.</summary>
    public bool IsNew { get; private init; }

    /// <summary>It ended: `complete` or `failed`.</summary>
    public string? Result { get; private init; }

    /// <summary>Pods that failed since.</summary>
    public IReadOnlyList<PodLoss> PodFailures { get; private init; } = [];

    /// <summary>Reasons of the updates that were excluded since.</summary>
    public IReadOnlyList<string> Exclusions { get; private init; } = [];

    /// <summary>Pods started again since.</summary>
    public int Restarts { get; private init; }

    /// <summary>How a reason is written where updates are excluded: `hashMismatch`.</summary>
    public static string Word(ExclusionReason reason) => JsonNamingPolicy.CamelCase.ConvertName(reason.ToString());

    private static readonly HashSet<string> s_exclusions = [.. Enum.GetValues<ExclusionReason>().Select(Word)];

    // Kubernetes' words, and ours. Whatever else a node comes up with is `Other`: a label must not grow without bounds.
    private static readonly HashSet<string> s_podReasons = new(StringComparer.Ordinal)
    {
        "OOMKilled", "Error", "InvalidInput", "EndedEarly", "ContainerCannotRun", "StartError", "DeadlineExceeded", "Disrupted", "Evicted", "NodeLost", "NodeShutdown", "Shutdown", "Terminated", "Preempting",
        "UnexpectedAdmissionError", "PreemptionByScheduler", "DeletionByTaintManager", "EvictionByEvictionAPI", "DeletionByPodGC", "TerminationByKubelet",
        "Unschedulable", "ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError", "CreateContainerError", "RunContainerError",
        "CrashLoopBackOff", "OutOfcpu", "OutOfmemory", "OutOfpods", "NodeAffinity",
    };

    /// <summary>Compares.</summary>
    public static StatusChange Between(FederatedJobStatus before, FederatedJobStatus after)
    {
        var known = (before.Failures ?? []).Select(Key).ToHashSet();
        var failures = (after.Failures ?? []).Where(f => !known.Contains(Key(f))).ToList();
        return new StatusChange
        {
            IsNew = before.ObservedGeneration is null && before.Conditions is not { Count: > 0 } && after.Conditions is { Count: > 0 },
            Result = ResultOf(before) is null ? ResultOf(after) : null,
            PodFailures = [.. failures.Where(f => !s_exclusions.Contains(f.Reason)).Select(f => new PodLoss(
                f.Client == JobProcesses.AggregatorName ? "aggregator" : "trainer", s_podReasons.Contains(f.Reason) ? f.Reason : "Other"))],
            Exclusions = [.. failures.Where(f => s_exclusions.Contains(f.Reason)).Select(f => f.Reason)],
            Restarts = Math.Max(0, (after.Restarts ?? 0) - (before.Restarts ?? 0)),
        };
    }

    /// <summary>`Pending`, `Running`, `Suspended`, `Complete` or `Failed`.</summary>
    public static string StateOf(FederatedJobStatus status) =>
        Is(status, "Failed") ? "Failed" : Is(status, "Complete") ? "Complete" : Is(status, "Suspended") ? "Suspended" : Is(status, "Running") ? "Running" : "Pending";

    /// <summary>Whether a condition of that type is True.</summary>
    public static bool Is(FederatedJobStatus status, string type) => status.Conditions?.Any(c => c.Type == type && c.Status == "True") ?? false;

    private static string? ResultOf(FederatedJobStatus status) => Is(status, "Failed") ? "failed" : Is(status, "Complete") ? "complete" : null;

    // Without the message: it may be worded better later.
    private static (string, int?, string, int?, DateTimeOffset?) Key(FailureRecord f) => (f.Client, f.Round, f.Reason, f.ExitCode, f.Time);
}

/// <summary>A pod that failed.</summary>
/// <param name="Role">`aggregator` or `trainer`.</param>
/// <param name="Reason">A known word, or `Other`.</param>
internal readonly record struct PodLoss(string Role, string Reason);
