using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace FedOperator.Operator.Kubernetes;

/// <summary>What came of creating pods.</summary>
/// <param name="Refused">What the API server said no to, in words; null where it made all.</param>
/// <param name="OutOfDate">A name was taken by a pod that the plan did not know of: the next pass knows better.</param>
internal sealed record PodsCreated(string? Refused, bool OutOfDate);

/// <summary>Deletes and creates pods, several at a time.</summary>
/// <param name="client">The API server's.</param>
/// <param name="assume">Told of each pod that was made or found, before the watch tells: the next pass must not be older than this one's writes.</param>
/// <param name="parallelism">Requests at the same time for one job.</param>
internal sealed class PodWrites(IKubernetes client, Action<ObservedPod> assume, int parallelism)
{
    private const string FieldManager = JobWrites.FieldManager;

    /// <summary>Deletes pods; those that are gone, or replaced by another of the same name, are left alone.</summary>
    public Task DeleteAsync(string @namespace, IReadOnlyList<PodDeletion> pods, CancellationToken cancellationToken) =>
        EachAsync(pods, async (pod, token) =>
        {
            try
            {
                var deleted = await client.CoreV1.DeleteNamespacedPodAsync(
                    name: pod.Name, namespaceParameter: @namespace, body: new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = pod.Uid } }, cancellationToken: token).ConfigureAwait(false);
                // Where nothing had to end first the pod is gone already, and the answer shows it as it was.
                if (deleted.Metadata?.Uid == pod.Uid && ObservedPods.From(deleted) is { } last)
                    assume(last with { Terminating = true });
            }
            catch (HttpOperationException e) when (ApiRefusal.Of(e) is { IsNotFound: true } or { IsConflict: true })
            {
                // As wished.
            }
        }, cancellationToken);

    /// <summary>
    /// Deletes, of the pods before these, those that live unseen: who takes a label off a pod hides it from the watch, as if it were deleted. Each is asked for by its name; those that are known are not.
    /// </summary>
    /// <param name="jobUid">Their owner's.</param>
    /// <param name="pods">To create.</param>
    /// <param name="known">The job's pods as they were observed.</param>
    /// <param name="cancellationToken">Stops between requests.</param>
    /// <returns>The pods whose process has no other: these may be created.</returns>
    public async Task<IReadOnlyList<V1Pod>> WithoutHiddenAsync(string jobUid, IReadOnlyList<V1Pod> pods, IReadOnlyList<ObservedPod> known, CancellationToken cancellationToken)
    {
        var seen = known.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var free = new bool[pods.Count];
        await EachAsync([.. pods.Index()], async (item, token) =>
            free[item.Index] = ChildNames.PodBefore(item.Item.Metadata.Name) is not { } before || seen.Contains(before) || !await IsHiddenAsync(jobUid, before, item.Item.Metadata.NamespaceProperty, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return [.. pods.Where((_, i) => free[i])];
    }

    /// <summary>Creates a job's pods. A pod of that name that is there is as good only if it is this job's and lives.</summary>
    public async Task<PodsCreated> CreateAsync(string jobUid, IReadOnlyList<V1Pod> pods, CancellationToken cancellationToken)
    {
        var refused = new string?[pods.Count];
        var outOfDate = false;
        var stop = false;
        await EachAsync([.. pods.Index()], async (item, token) =>
        {
            // What refuses one pod of a job (a quota, Pod Security) refuses its others: they are not worth a request each.
            if (Volatile.Read(ref stop))
                return;
            try
            {
                switch (await CreateAsync(jobUid, item.Item, token).ConfigureAwait(false))
                {
                    case Creation.Stale:
                        Volatile.Write(ref outOfDate, true);
                        break;
                    case Creation.Foreign:
                        refused[item.Index] = $"pod {item.Item.Metadata.Name} exists and is none of this job's: delete it, or wait until the API server has removed an earlier job's";
                        break;
                }
            }
            catch (HttpOperationException e) when (ApiRefusal.Of(e) is { } refusal && (refusal.IsForPeople || refusal.IsConflict))
            {
                if (refusal.IsConflict)
                {
                    // A quota's count moved between its reading and its writing.
                    Volatile.Write(ref outOfDate, true);
                    return;
                }
                refused[item.Index] = refusal.Message;
                Volatile.Write(ref stop, true);
            }
        }, cancellationToken).ConfigureAwait(false);
        return new PodsCreated(refused.FirstOrDefault(r => r is not null), outOfDate);
    }

    private async Task<Creation> CreateAsync(string jobUid, V1Pod pod, CancellationToken cancellationToken)
    {
        try
        {
            var created = await client.CoreV1.CreateNamespacedPodAsync(body: pod, namespaceParameter: pod.Metadata.NamespaceProperty, fieldManager: FieldManager, cancellationToken: cancellationToken).ConfigureAwait(false);
            Assume(created);
            return Creation.Made;
        }
        catch (HttpOperationException e) when (ApiRefusal.Of(e).IsAlreadyExists)
        {
            return await FindAsync(jobUid, pod, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Creation> FindAsync(string jobUid, V1Pod pod, CancellationToken cancellationToken)
    {
        try
        {
            var found = await client.CoreV1.ReadNamespacedPodAsync(name: pod.Metadata.Name, namespaceParameter: pod.Metadata.NamespaceProperty, cancellationToken: cancellationToken).ConfigureAwait(false);
            if (found.Metadata.OwnerReferences?.FirstOrDefault(o => o.Controller == true)?.Uid != jobUid)
                return Creation.Foreign;
            Assume(found);
            return ObservedPods.From(found) is { IsFinished: false, Terminating: false } ? Creation.Made : Creation.Stale;
        }
        catch (HttpOperationException e) when (ApiRefusal.Of(e).IsNotFound)
        {
            return Creation.Stale;
        }
    }

    private async Task<bool> IsHiddenAsync(string jobUid, string name, string @namespace, CancellationToken cancellationToken)
    {
        try
        {
            var found = await client.CoreV1.ReadNamespacedPodAsync(name: name, namespaceParameter: @namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
            if (found.Metadata.OwnerReferences?.FirstOrDefault(o => o.Controller == true)?.Uid != jobUid)
                return false;
            // No assumption: the watch will not tell of its end.
            if (found.Metadata.DeletionTimestamp is null)
                await client.CoreV1.DeleteNamespacedPodAsync(name: name, namespaceParameter: @namespace, body: new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = found.Metadata.Uid } }, cancellationToken: cancellationToken).ConfigureAwait(false);
            return found.Status?.Phase is not ("Succeeded" or "Failed");
        }
        catch (HttpOperationException e) when (ApiRefusal.Of(e) is { IsNotFound: true } or { IsConflict: true })
        {
            return false;
        }
    }

    private void Assume(V1Pod pod)
    {
        // One that the watch does not show would stay in the cache for ever.
        if (pod.Metadata.Labels?.TryGetValue(ChildNames.ManagedByLabel, out var by) == true && by == ChildNames.ManagedBy && ObservedPods.From(pod) is { } observed)
            assume(observed);
    }

    private Task EachAsync<T>(IReadOnlyList<T> items, Func<T, CancellationToken, Task> act, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken }, async (item, token) => await act(item, token).ConfigureAwait(false));

    private enum Creation
    {
        Made,
        Stale,
        Foreign,
    }
}
