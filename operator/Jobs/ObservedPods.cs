using System.Globalization;
using FedOperator.Core.Api;
using FedOperator.Operator.Children;
using k8s.Models;

namespace FedOperator.Operator.Jobs;

/// <summary>Projects pods: caches hold what the planner needs of them, and no more.</summary>
internal static class ObservedPods
{
    /// <summary>What the planner needs of a pod; null where it is none of ours (another controller, or labels that we do not write).</summary>
    public static ObservedPod? From(V1Pod pod)
    {
        var metadata = pod.Metadata;
        var owner = metadata.OwnerReferences?.FirstOrDefault(o => o.Controller == true);
        if (owner is null || owner.Kind != FederatedJob.KindName || owner.ApiVersion != FederatedJob.Version
            || metadata.Labels is not { } labels || !labels.TryGetValue(ChildNames.ProcessLabel, out var process)
            || !labels.TryGetValue(ChildNames.AttemptLabel, out var text) || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var attempt))
            return null;
        return new ObservedPod
        {
            Name = metadata.Name,
            Namespace = metadata.NamespaceProperty,
            Uid = metadata.Uid,
            ResourceVersion = metadata.ResourceVersion,
            JobUid = owner.Uid,
            Job = owner.Name,
            Process = process,
            Attempt = attempt,
            Phase = Enum.TryParse<PodPhase>(pod.Status?.Phase, ignoreCase: false, out var phase) ? phase : PodPhase.Pending,
            Terminating = metadata.DeletionTimestamp is not null,
            TerminatingUntil = Utc(metadata.DeletionTimestamp),
            Ready = Condition(pod, "Ready")?.Status == "True",
            Node = pod.Spec?.NodeName,
            Created = Utc(metadata.CreationTimestamp) ?? DateTimeOffset.UnixEpoch,
            Trouble = PodTroubles.Of(pod),
            WaitingSince = PodTroubles.WaitingSince(pod),
            End = PodFailure.Of(pod),
        };
    }

    /// <summary>A time of Kubernetes'. Readers of JSON give a DateTime of any kind: those with a Z as UTC or as local time.</summary>
    internal static DateTimeOffset? Utc(DateTime? time) =>
        time is { } t ? new DateTimeOffset(t.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(t, DateTimeKind.Utc) : t.ToUniversalTime()) : null;

    /// <summary>A pod's condition of that type; null where it has none.</summary>
    public static V1PodCondition? Condition(V1Pod pod, string type) => pod.Status?.Conditions?.FirstOrDefault(c => c.Type == type);
}
