using FedOperator.Core.Api;

namespace FedOperator.Operator.Jobs;

/// <summary>`suspend`: the pods go, the ledger and the counts of failures stay.</summary>
internal static class Suspension
{
    /// <summary>Whoever has no pod any more has not lost it: its next one has the same number.</summary>
    public static Review Review(FederatedJobStatus before) =>
        new([.. (before.Attempts ?? []).Select(a => a.Lost ? a : a with { Ran = false, NotBefore = null })], [], 0, null);

    /// <summary>All pods are deleted: those that have ended would otherwise stand in the way of their successors.</summary>
    public static IReadOnlyList<PodDeletion> Delete(IEnumerable<ObservedPod> pods) =>
        [.. pods.Where(p => !p.Terminating).OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => new PodDeletion(p.Name, p.Uid, "the job is suspended"))];
}
