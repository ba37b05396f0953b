using FedOperator.Core.Api;

namespace FedOperator.Operator.Jobs;

/// <summary>A job that is being deleted. Its pods and Secrets go by themselves; its blobs go where the spec says so, once no pod can write any more.</summary>
internal static class Deletion
{
    private static readonly TimeSpan s_pace = TimeSpan.FromSeconds(5);

    /// <summary>The plan.</summary>
    public static JobPlan Plan(ObservedJob job, DateTimeOffset now)
    {
        if (!job.HasFinalizer)
            return new JobPlan { Status = job.Status };
        if (job.Manifest.Job is { Spec.Storage.Retention.OnDelete: not OnDelete.Delete })
            return new JobPlan { Status = job.Status, Finalizer = FinalizerChange.Remove };
        var status = Status(job, now);
        var plan = new JobPlan { Status = status, Events = Events.Between(job.Status, status), LookAgain = s_pace };
        if (job.Pods.Count > 0)
            return plan with { Delete = [.. job.Pods.Where(p => !p.Terminating).OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => new PodDeletion(p.Name, p.Uid, "the job is deleted"))] };
        // Where the blobs lie is in the spec.
        if (job.Manifest.Job is null)
            return plan with { LookAgain = null };
        return job.Ledger.Trouble is null ? plan with { DeleteBlobs = true, Finalizer = FinalizerChange.Remove } : plan;
    }

    private static FederatedJobStatus Status(ObservedJob job, DateTimeOffset now)
    {
        var complaints = new List<Complaint>();
        if (job.Manifest.Job is null)
            complaints.Add(Acceptance.Complaint(job.Manifest.Problems, $"So nobody knows where the blobs are that retention.onDelete says to delete: correct the spec, or remove the finalizer {Children.ChildNames.Finalizer} by hand, and the blobs stay"));
        if (job.Unapplied is { } unapplied)
            complaints.Add(new Complaint("NotApplied", unapplied));
        if (job.Ledger.Trouble is { } trouble)
            complaints.Add(new Complaint(trouble.Reason, trouble.Message));
        // What was wrong may be wrong still: with a last deed that succeeds, the job is gone.
        var status = complaints.Count == 0 ? job.Status : StatusOf.Degraded(job, complaints, now);
        var running = Conditions.Next(job, now, Conditions.Running, null, new Complaint("Deleting", "the job is deleted once its pods and blobs are"), always: true)!;
        return status with { Conditions = [running, .. (status.Conditions ?? []).Where(c => c.Type != Conditions.Running)] };
    }
}
