using k8s.Models;

namespace FedOperator.Operator.Jobs;

/// <summary>Why a pod does not start, in Kubernetes' words.</summary>
internal static class PodTroubles
{
    // What a container waits for while all is well.
    private static readonly string[] s_harmless = ["ContainerCreating", "PodInitializing"];

    /// <summary>What holds the pod up; null where nothing is known to be wrong.</summary>
    public static PodTrouble? Of(V1Pod pod)
    {
        if (pod.Status is not { } status || status.Phase is not (null or "" or "Pending"))
            return null;
        if (ObservedPods.Condition(pod, "PodScheduled") is { Status: "False" } unscheduled)
            return new PodTrouble(Text(unscheduled.Reason) ?? "Unschedulable", Text(unscheduled.Message) ?? "no node takes it");
        var waiting = (status.InitContainerStatuses ?? []).Concat(status.ContainerStatuses ?? [])
            .FirstOrDefault(c => c.State?.Waiting is { Reason.Length: > 0 } w && !s_harmless.Contains(w.Reason, StringComparer.Ordinal));
        // The kubelet says by turns that it tried and that it waits.
        if (waiting?.State.Waiting.Reason is "ErrImagePull" or "ImagePullBackOff")
            return new PodTrouble("ImagePullBackOff", $"image {waiting.Image} cannot be pulled: check its name and tag, and imagePullSecrets; `kubectl describe pod {pod.Metadata.Name}` has the registry's answer");
        return waiting is null ? null : new PodTrouble(waiting.State.Waiting.Reason, $"container {waiting.Name}, image {waiting.Image}: {Text(waiting.State.Waiting.Message) ?? "no message"}");
    }

    /// <summary>Since when the pod has waited for its next container without a word why: from its creation, or from when it got its node, or an init container was done. Null where one runs, or there is a word.</summary>
    public static DateTimeOffset? WaitingSince(V1Pod pod)
    {
        var containers = (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []).ToList();
        if (pod.Status?.Phase is not (null or "" or "Pending") || Of(pod) is not null || containers.Any(c => c.State?.Running is not null))
            return null;
        return containers.Select(c => c.State?.Terminated?.FinishedAt)
            .Append(pod.Metadata.CreationTimestamp).Append(ObservedPods.Condition(pod, "PodScheduled")?.LastTransitionTime)
            .Select(ObservedPods.Utc).Max();
    }

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
