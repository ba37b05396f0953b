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

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
