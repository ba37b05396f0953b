using System.Text.Json;
using FedOperator.Core.Api;
using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Kubernetes;
using k8s;
using k8s.Autorest;

namespace FedOperator.Operator.Remote;

/// <summary>A job of a cluster, as its API server has it.</summary>
internal sealed record RemoteJob
{
    /// <summary>Namespace and name.</summary>
    public required JobKey Key { get; init; }

    /// <summary>Set by the API server.</summary>
    public required string Uid { get; init; }

    /// <summary>Version of the job.</summary>
    public required string ResourceVersion { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Whether its deletion was asked for.</summary>
    public required bool IsDeleting { get; init; }

    /// <summary>The spec by which it is run, and what is wrong with its own.</summary>
    public required GoverningSpec Spec { get; init; }

    /// <summary>As the operator wrote it; empty at first.</summary>
    public required FederatedJobStatus Status { get; init; }

    /// <summary>Its pods, in the order of their names.</summary>
    public required IReadOnlyList<ObservedPod> Pods { get; init; }

    /// <summary>Why its pods are not known; null where they are.</summary>
    public string? Blind { get; init; }

    /// <summary>The processes that have a pod: the aggregator, and the clients that are not external, in ordinal order.</summary>
    public IReadOnlyList<string> Processes =>
        [JobProcesses.AggregatorName, .. Clients.Where(c => !c.External).Select(c => c.Name), .. Pods.Select(p => p.Process).Except([JobProcesses.AggregatorName, .. Clients.Select(c => c.Name)], StringComparer.Ordinal).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The clients, in ordinal order; none where the spec is broken.</summary>
    public IReadOnlyList<(string Name, bool External)> Clients =>
        Spec.Job is { Spec.Clients: { } groups } ? [.. ClientNames.Expand(groups).Select(c => (c.Name, groups[c.Group].External))] : [];

    /// <summary>The newest pod of a process; null where it has none.</summary>
    public ObservedPod? Newest(string process) => Pods.Where(p => p.Process == process).MaxBy(p => p.Attempt);

    /// <summary>True once the job has ended.</summary>
    public bool IsOver => Conditions.Is(Status, Conditions.Complete) || Conditions.Is(Status, Conditions.Failed);

    /// <summary>Reads a job and its pods.</summary>
    /// <exception cref="RemoteException">There is no such job.</exception>
    public static async Task<RemoteJob> ReadAsync(Cluster cluster, string name, CancellationToken cancellationToken)
    {
        var job = JobObject.Of(await FindAsync(cluster, name, cancellationToken).ConfigureAwait(false));
        var status = StatusOf(job);
        var (pods, blind) = await PodsAsync(cluster, job, cancellationToken).ConfigureAwait(false);
        return new RemoteJob
        {
            Key = job.Key,
            Uid = job.Uid,
            ResourceVersion = job.ResourceVersion,
            Created = job.Created,
            IsDeleting = job.DeletionRequested is not null,
            // What the operator's settings allow to pods is not known here.
            Spec = GoverningSpec.Of(job.Text, status, _ => []),
            Status = status,
            Pods = pods,
            Blind = blind,
        };
    }

    private static async Task<FederatedJobResource> FindAsync(Cluster cluster, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await cluster.Client.CustomObjects.GetNamespacedCustomObjectAsync<FederatedJobResource>(
                group: FederatedJobResource.Group, version: FederatedJobResource.Version, namespaceParameter: cluster.Namespace, plural: FederatedJobResource.Plural, name: name, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (HttpOperationException e) when (ApiRefusal.Of(e) is { IsNotFound: true, Reason: "NotFound" })
        {
            var others = await cluster.Client.CustomObjects.ListNamespacedCustomObjectAsync<FederatedJobResourceList>(
                group: FederatedJobResource.Group, version: FederatedJobResource.Version, namespaceParameter: cluster.Namespace, plural: FederatedJobResource.Plural, limit: 50, cancellationToken: cancellationToken).ConfigureAwait(false);
            var names = others.Items.Select(i => i.Metadata.Name).Order(StringComparer.Ordinal).ToList();
            var advice = Suggestions.Nearest(name, names) is { } near ? $"did you mean {near}?" : names.Count > 0 ? $"it has {Jobs.Words.List(names)}" : "it has none at all; another namespace is chosen with -n";
            throw new RemoteException($"Namespace {cluster.Namespace} has no FederatedJob {name}: {advice}", e);
        }
    }

    private static async Task<(IReadOnlyList<ObservedPod> Pods, string? Blind)> PodsAsync(Cluster cluster, JobObject job, CancellationToken cancellationToken)
    {
        try
        {
            var pods = new List<ObservedPod>();
            string? next = null;
            do
            {
                var page = await cluster.Client.CoreV1.ListNamespacedPodAsync(
                    namespaceParameter: job.Key.Namespace, labelSelector: $"{ChildNames.JobLabel}={job.Key.Name}", limit: 500, continueParameter: next, cancellationToken: cancellationToken).ConfigureAwait(false);
                pods.AddRange(page.Items.Select(ObservedPods.From).OfType<ObservedPod>().Where(p => p.JobUid == job.Uid));
                next = page.Metadata.ContinueProperty;
            }
            while (!string.IsNullOrEmpty(next));
            return ([.. pods.OrderBy(p => p.Name, StringComparer.Ordinal)], null);
        }
        catch (HttpOperationException e) when (ApiRefusal.Of(e).Code == System.Net.HttpStatusCode.Forbidden)
        {
            return ([], ApiRefusal.Of(e).Message);
        }
    }

    private static FederatedJobStatus StatusOf(JobObject job)
    {
        try
        {
            return job.Status();
        }
        catch (JsonException e)
        {
            throw new RemoteException($"The status of {job.Key} is none that this build of fed can read: {e.Message} It may be of a newer operator: use its fed.", e);
        }
    }
}
