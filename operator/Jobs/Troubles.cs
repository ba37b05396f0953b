using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>Why processes are not at work, in words.</summary>
internal sealed class Troubles(Pass pass, IReadOnlyList<string> processes, IReadOnlyList<ProcessAttempts> attempts)
{
    /// <summary>Pods may take so long before what holds them up is worth telling: many are scheduled, or their image is there, at a second try.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Kubernetes gives no reason while an image is pulled or a volume mounted, though it may be doing so for ever.
    private static readonly TimeSpan s_unexplained = TimeSpan.FromMinutes(2);

    // Beyond its grace period: its node does not answer.
    private static readonly TimeSpan s_overdue = TimeSpan.FromSeconds(60);

    /// <summary>The pods that do not start, or do not end; null where none is known to be in trouble.</summary>
    public Complaint? Pods()
    {
        var troubles = processes.Select(p => (Process: p, Trouble: Trouble(p))).Where(t => t.Trouble is not null).ToList();
        return troubles.Count == 0 ? null : new Complaint(
            troubles[0].Trouble!.Reason,
            // The first one's word is the complaint's.
            string.Join("; ", troubles.GroupBy(t => t.Trouble!).Select((g, i) => $"{Words.List([.. g.Select(t => t.Process)])}: {(i == 0 ? "" : g.Key.Reason + ": ")}{g.Key.Message}")));
    }

    /// <summary>When a pod that does not start will have had its time.</summary>
    public IEnumerable<DateTimeOffset> Next() => pass.Observed.Pods
        .Select(p => p.TerminatingUntil is { } until ? until + s_overdue : p.Trouble is null ? p.WaitingSince + s_unexplained : p.Created + Patience)
        .OfType<DateTimeOffset>().Where(t => t > pass.Now);

    /// <summary>Who keeps the first round from opening, and why.</summary>
    public string Missing(Plan plan)
    {
        var waitingFor = pass.Progress is { State: JobState.WaitingForClients } progress ? progress.WaitingFor.ToHashSet(StringComparer.Ordinal) : null;
        var missing = plan.Clients.Where(c => waitingFor?.Contains(c.Name) ?? true).Select(c => c.External ? $"{c.Name}: external, and has not said hello" : $"{c.Name}: {Why(c.Name)}").ToList();
        if (!IsAtWork(JobProcesses.AggregatorName))
            missing.Insert(0, $"aggregator: {Why(JobProcesses.AggregatorName)}");
        return missing.Count == 0 ? "all clients have said hello, and the aggregator opened none" : Words.List(missing, "; ");
    }

    /// <summary>Whether a process's pod runs.</summary>
    public bool IsAtWork(string process) => pass.AtWork(process) is not null;

    private PodTrouble? Trouble(string process)
    {
        var pod = pass.Pods[process].FirstOrDefault(p => !p.IsFinished);
        if (pod is null || Attempts(process) is { Lost: true })
            return null;
        if (pod.TerminatingUntil is { } until)
        {
            return pass.Now < until + s_overdue ? null : new PodTrouble("PodNotEnding",
                $"its pod {pod.Name} on node {pod.Node} should have ended at {Words.Time(until)}, and no other is created before it has; if that node is gone for good: kubectl delete pod {pod.Name} --force");
        }
        return pod.Trouble is { } trouble && pass.Now >= pod.Created + Patience ? trouble : IsUnexplained(pod) ? Unexplained() : null;
    }

    private bool IsUnexplained(ObservedPod pod) => !pod.Terminating && pass.Now >= pod.WaitingSince + s_unexplained;

    /// <summary>Of the pod that has waited longest: the words are the same for all.</summary>
    private PodTrouble Unexplained()
    {
        var pod = pass.Observed.Pods.Where(IsUnexplained).OrderBy(p => p.WaitingSince).ThenBy(p => p.Name, StringComparer.Ordinal).First();
        return new PodTrouble("ContainersNotStarting", pod.Node is { Length: > 0 } node
            ? $"pod {pod.Name} on node {node} has waited for its containers since {Words.Time(pod.WaitingSince!.Value)}, and no reason is given: `kubectl describe pod {pod.Name}` has its events; look for a volume that cannot be mounted, a Secret or ConfigMap that is missing, a large image that is still being pulled, and whether the node is well"
            : $"pod {pod.Name} has waited for a node since {Words.Time(pod.WaitingSince!.Value)}, and no reason is given: does a scheduler run? `kubectl describe pod {pod.Name}` has its events");
    }

    private string Why(string process)
    {
        var known = Attempts(process);
        var pod = pass.Pods[process].FirstOrDefault(p => !p.IsFinished);
        var last = pass.Before.Failures?.FirstOrDefault(f => f.Client == process);
        if (known is { Lost: true } || pod is null)
            return last is null ? "it has no pod" : $"{last.Reason}: {last.Message}";
        if (pod.Trouble is { } trouble)
            return $"{trouble.Reason}: {trouble.Message}";
        return pod switch
        {
            { Terminating: true } => $"its pod {pod.Name} is ending",
            { Phase: PodPhase.Running } => $"its pod {pod.Name} runs, and has not said hello; see its log",
            { Node: { Length: > 0 } node } => $"its pod {pod.Name} is being started on node {node}; kubectl describe pod {pod.Name} says how far it is",
            _ => $"its pod {pod.Name} waits for a node",
        };
    }

    private ProcessAttempts? Attempts(string process) => attempts.FirstOrDefault(a => a.Name == process);
}
