using System.Net;
using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Kubernetes;
using k8s;
using k8s.Autorest;

namespace FedOperator.Operator.Remote;

/// <summary>The log of one of a job's pods.</summary>
internal static class PodLog
{
    /// <summary>Opens the log of the pod's process; of an aggregator that has not started, that of its init container.</summary>
    /// <param name="cluster">Where it is.</param>
    /// <param name="pod">Which.</param>
    /// <param name="follow">The stream goes on until the container ends, and each line begins with its time.</param>
    /// <param name="tail">Only so many of its last lines.</param>
    /// <param name="sinceSeconds">Only lines that are no older.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null where there is none: nothing has started yet, or the pod is gone.</returns>
    public static async Task<Stream?> OpenAsync(Cluster cluster, ObservedPod pod, bool follow, int? tail, int? sinceSeconds, CancellationToken cancellationToken)
    {
        string[] containers = pod.Process == JobProcesses.AggregatorName ? [PodNames.Aggregator, PodNames.Init] : [PodNames.Trainer];
        foreach (var container in containers)
        {
            try
            {
                return await cluster.Client.CoreV1.ReadNamespacedPodLogAsync(
                    name: pod.Name, namespaceParameter: pod.Namespace, container: container, follow: follow, tailLines: tail, sinceSeconds: sinceSeconds, timestamps: follow, cancellationToken: cancellationToken).ConfigureAwait(false);
            }
            catch (HttpOperationException e) when (ApiRefusal.Of(e).Code is HttpStatusCode.BadRequest or HttpStatusCode.NotFound)
            {
                // `is waiting to start`, `does not have a host assigned`, or gone.
            }
        }
        return null;
    }
}
