using FedOperator.Operator.Children;
using FedOperator.Operator.Local;
using k8s.Models;

namespace FedOperator.Operator.Jobs;

/// <summary>How a pod ended, and whose fault it was. In this order: disruption, memory, exit code.</summary>
internal static class PodFailure
{
    /// <summary>Reason of a pod whose process ended well.</summary>
    public const string Completed = "Completed";

    /// <summary>Reason of a pod that was ended from outside, when Kubernetes has no better word.</summary>
    public const string Disrupted = "Disrupted";

    /// <summary>Reason of a process that says that its input is wrong: started again, it would say so again.</summary>
    public const string InvalidInput = "InvalidInput";

    /// <summary>Reason of a process that found in the ledger that the job failed.</summary>
    public const string JobFailed = "JobFailed";

    /// <summary>Reason of a process that said that the job has ended, when it had not.</summary>
    public const string EndedEarly = "EndedEarly";

    // SIGTERM was answered; SIGKILL came after the grace period.
    private const int Terminated = 143, Killed = 137;

    // The kubelet's and the node controller's words for what a pod cannot help.
    private static readonly string[] s_nodeReasons = ["Evicted", "NodeLost", "NodeShutdown", "Shutdown", "Terminated", "Preempting", "UnexpectedAdmissionError"];

    /// <summary>How the pod's own process ended; null while it lives. Sidecars may outlive it.</summary>
    public static PodEnd? Of(V1Pod pod)
    {
        if (pod.Status is not { } status)
            return null;
        var isOver = status.Phase is "Failed" or "Succeeded";
        var decided = Decisive(pod, isOver);
        if (!isOver && decided is null)
            return null;
        if (Disruption(pod, decided?.State.Terminated) is { } disruption)
            return disruption;
        if (decided?.State.Terminated is not { } end)
        {
            return status.Phase == "Succeeded"
                ? new PodEnd(Completed, 0, "done", IsDisruption: false)
                : new PodEnd(status.Reason is { Length: > 0 } reason ? reason : "Error", null, status.Message is { Length: > 0 } message ? message : "the pod failed, and no container says why", IsDisruption: false);
        }
        if (pod.Metadata.DeletionTimestamp is not null && end.ExitCode is Terminated or Killed)
            return new PodEnd(Disrupted, end.ExitCode, "its pod was deleted", IsDisruption: true);
        if (end.Reason == "OOMKilled")
            return new PodEnd(end.Reason, end.ExitCode, OutOfMemory(pod, decided.Name), IsDisruption: false);
        return end.ExitCode == 0
            ? new PodEnd(Completed, 0, "done", IsDisruption: false)
            : new PodEnd(Reason(decided.Name, end), end.ExitCode, Words(decided.Name, end), IsDisruption: false);
    }

    /// <summary>The container whose end is the pod's: the process's own, or an init container that kept it from starting. Sidecars end as they like.</summary>
    private static V1ContainerStatus? Decisive(V1Pod pod, bool isOver) =>
        pod.Status.ContainerStatuses?.FirstOrDefault(c => c.Name is PodNames.Aggregator or PodNames.Trainer && c.State?.Terminated is not null)
        ?? (isOver ? pod.Status.InitContainerStatuses?.FirstOrDefault(c => c.State?.Terminated is { ExitCode: not 0 } && !IsSidecar(pod, c.Name)) : null);

    // Kubernetes has sidecars among the init containers, too: they are ended when the others are done.
    private static bool IsSidecar(V1Pod pod, string container) => pod.Spec?.InitContainers?.Any(c => c.Name == container && c.RestartPolicy == "Always") == true;

    private static PodEnd? Disruption(V1Pod pod, V1ContainerStateTerminated? end)
    {
        var status = pod.Status;
        if (ObservedPods.Condition(pod, "DisruptionTarget") is { Status: "True" } target)
            return new PodEnd(target.Reason is { Length: > 0 } reason ? reason : Disrupted, end?.ExitCode, target.Message is { Length: > 0 } message ? message : "Kubernetes ended it", IsDisruption: true);
        if (status.Reason is { Length: > 0 } word && (s_nodeReasons.Contains(word, StringComparer.Ordinal) || IsRefusedByNode(word, end)))
            return new PodEnd(word, end?.ExitCode, status.Message is { Length: > 0 } message ? message : "its node ended it", IsDisruption: true);
        // The kubelet's word; and containerd's for what it finds dead after its machine went down hard.
        return end is { Reason: "ContainerStatusUnknown" } or { Reason: "Unknown", ExitCode: 255 }
            ? new PodEnd("NodeLost", end.ExitCode, "its node lost track of it", IsDisruption: true)
            : null;
    }

    private static string Reason(string container, V1ContainerStateTerminated end) => end.ExitCode switch
    {
        // What the codes mean is agreed with our own program only.
        Supervisor.RefusedCode when IsOurs(container) => InvalidInput,
        Supervisor.JobFailedCode when IsOurs(container) => JobFailed,
        _ => end.Reason is { Length: > 0 } and not "Completed" ? end.Reason : "Error",
    };

    private static bool IsOurs(string container) => container is PodNames.Init or PodNames.Aggregator or PodNames.Trainer;

    // OutOfcpu, OutOfmemory, NodeAffinity, NodePorts ...: no container ever ran.
    private static bool IsRefusedByNode(string reason, V1ContainerStateTerminated? end) => end is null && reason != "DeadlineExceeded";

    private static string OutOfMemory(V1Pod pod, string container)
    {
        var spec = pod.Spec.Containers.Concat(pod.Spec.InitContainers ?? []).FirstOrDefault(c => c.Name == container);
        var limit = spec?.Resources?.Limits is { } limits && limits.TryGetValue("memory", out var memory) ? memory.ToString() : null;
        return limit is null
            ? $"container {container} was killed: its node ran out of memory, and the container has no memory limit; give it a memory request"
            : $"container {container} needed more memory than its limit of {limit}; raise resources.limits.memory";
    }

    private static string Words(string container, V1ContainerStateTerminated end)
    {
        var code = end.ExitCode switch
        {
            Killed => "was killed (SIGKILL)",
            > 128 and < 160 => FormattableString.Invariant($"was ended by signal {end.ExitCode - 128}"),
            _ => FormattableString.Invariant($"ended with exit code {end.ExitCode}"),
        };
        return LogTail.Words(end.Message) is { } said ? $"container {container} {code}: {said}" : $"container {container} {code}";
    }
}
