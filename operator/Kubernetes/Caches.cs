using FedOperator.Operator.Jobs;
using k8s.Models;

namespace FedOperator.Operator.Kubernetes;

/// <summary>What is known of the cluster without asking: jobs and their pods.</summary>
/// <param name="jobs">Follows the jobs.</param>
/// <param name="pods">Follows their pods.</param>
internal sealed class Caches(Informer<FederatedJobResource, JobObject> jobs, Informer<V1Pod, ObservedPod> pods)
{
    /// <summary>Ends once all of it was listed.</summary>
    public Task Synced => Task.WhenAll(jobs.Synced, pods.Synced);

    /// <summary>For how long the API server was not heard of.</summary>
    public TimeSpan SinceHeard => jobs.SinceHeard > pods.SinceHeard ? jobs.SinceHeard : pods.SinceHeard;

    /// <summary>Follows until it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(jobs.RunAsync(cancellationToken), pods.RunAsync(cancellationToken));

    /// <summary>A job; null: there is none.</summary>
    public JobObject? Job(JobKey key) => jobs.Find(new ObjectKey(key.Namespace, key.Name));

    /// <summary>The pods of this very job, none of an earlier one of its name.</summary>
    public IReadOnlyList<ObservedPod> PodsOf(JobObject job) => [.. pods.Of(job.Key).Where(pod => pod.JobUid == job.Uid).OrderBy(pod => pod.Name, StringComparer.Ordinal)];

    /// <summary>Takes in a job as a write of ours left it.</summary>
    public void Assume(JobObject job) => jobs.Assume(job);

    /// <summary>Takes in a pod as a write of ours left it.</summary>
    public void Assume(ObservedPod pod) => pods.Assume(pod);
}
