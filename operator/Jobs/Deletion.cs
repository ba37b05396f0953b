using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Children;
using FedOperator.Operator.Ledgers;

namespace FedOperator.Operator.Jobs;

/// <summary>A job that is being deleted. Its pods and Secrets go by themselves; its blobs go where the spec says so, once no pod can write any more.</summary>
internal static class Deletion
{
    private static readonly TimeSpan s_pace = TimeSpan.FromSeconds(5);

    // A Secret that was deleted with its namespace does not come back. Whether the namespace goes is not asked: that would need a right on namespaces, or a refused write; and an operator that has used the key before does not ask for the Secret again.
    private static readonly TimeSpan s_secretMissing = TimeSpan.FromMinutes(10);

    /// <summary>The plan.</summary>
    public static JobPlan Plan(ObservedJob job, DateTimeOffset now)
    {
        if (!job.HasFinalizer)
            return new JobPlan { Status = job.Status };
        var governing = job.Spec.Job;
        if (governing is not null ? governing.Spec.Storage.Retention.OnDelete != OnDelete.Delete : job.Spec.Text.SaysRetain())
            return new JobPlan { Status = job.Status, Finalizer = FinalizerChange.Remove };
        var status = Status(job, now);
        var plan = new JobPlan { Status = status, Events = Events.Between(job.Status, status), LookAgain = s_pace };
        if (job.Pods.Count > 0)
            return plan with { Delete = [.. job.Pods.Where(p => !p.Terminating).OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => new PodDeletion(p.Name, p.Uid, "the job is deleted"))] };
        // Where the blobs lie is in the spec.
        if (governing is null)
            return plan with { LookAgain = null };
        // What is wrong inside a container is no reason to keep it.
        if (job.Ledger.Trouble is null or { Reason: LedgerTroubles.LedgerCorrupt })
            return plan with { DeleteBlobs = true, Finalizer = FinalizerChange.Remove };
        return now < GivenUp(job) ? plan : plan with { Finalizer = FinalizerChange.Remove, Events = [.. plan.Events, new JobEvent(true, "BlobsLeftBehind", Left(job, governing.Spec.Storage))], LookAgain = null };
    }

    /// <summary>When the job goes without its blobs, if nothing changes. For a storage that is away it waits however long that takes.</summary>
    private static DateTimeOffset GivenUp(ObservedJob job) => job.Ledger.Trouble is { Reason: LedgerTroubles.CredentialsSecretMissing } ? job.DeletionRequested!.Value + s_secretMissing : DateTimeOffset.MaxValue;

    private static string Left(ObservedJob job, StorageSpec storage)
    {
        var global = LedgerPaths.GlobalContainer(JobId.Cluster(job.Uid));
        return $"Secret {storage.AzureBlob?.CredentialsSecret} is missing, so the job goes without its blobs: the containers {global} and those that begin with {global}- stay at {storage.AzureBlob?.AccountUrl}; delete them there";
    }

    private static FederatedJobStatus Status(ObservedJob job, DateTimeOffset now)
    {
        var complaints = new List<Complaint>();
        if (job.Spec.Job is null)
            complaints.Add(Acceptance.Complaint(job.Spec.Refused, $"So nobody knows where the blobs are that retention.onDelete says to delete: correct the spec. {ByHand(job)}"));
        if (job.Unapplied is { } unapplied)
            complaints.Add(new Complaint("NotApplied", unapplied));
        if (job.Ledger.Trouble is { } trouble)
            complaints.Add(new Complaint(trouble.Reason, $"{trouble.Message.TrimEnd('.')}. {(trouble.Reason == LedgerTroubles.CredentialsSecretMissing ? $"If it still is missing at {Words.Time(GivenUp(job))}, the job goes without its blobs. " : "")}{ByHand(job)}"));
        // What was wrong may be wrong still: with a last deed that succeeds, the job is gone.
        var status = complaints.Count == 0 ? job.Status : StatusOf.Degraded(job, complaints, now);
        var running = Conditions.Next(job, now, Conditions.Running, null, new Complaint("Deleting", "the job is deleted once its pods and blobs are"), always: true)!;
        return status with { Conditions = [running, .. (status.Conditions ?? []).Where(c => c.Type != Conditions.Running)] };
    }

    private static string ByHand(ObservedJob job) =>
        $"To let the job go at once, and its blobs stay: kubectl edit federatedjob {job.Key.Name} -n {job.Key.Namespace}, and remove {ChildNames.Finalizer} from metadata.finalizers";
}
