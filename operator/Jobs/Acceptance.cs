using System.Globalization;
using FedOperator.Core.Api;

namespace FedOperator.Operator.Jobs;

/// <summary>Whether a spec can be accepted. That of a new job cannot: it failed, until the spec is corrected. A job that has started goes on.</summary>
internal static class Acceptance
{
    /// <summary>The problems as a complaint.</summary>
    public static Complaint Complaint(IReadOnlyList<Problem> problems, string consequence) =>
        new(Conditions.InvalidSpec, $"{Words.List([.. problems.Select(p => p.ToString())], ". ")}. {consequence}");

    /// <summary>Whether a job has started, as far as its status and ledger tell.</summary>
    public static bool IsStarted(ObservedJob job) => job.Status.PlanHash is not null || job.Ledger.Plan is not null;

    /// <summary>The plan for a new job that cannot be accepted: nothing is made.</summary>
    public static JobPlan Refuse(ObservedJob job, DateTimeOffset now)
    {
        var problems = job.Spec.Refused;
        var complaint = Complaint(problems, problems.Count == 1 ? "Correct it, and the job starts" : string.Create(CultureInfo.InvariantCulture, $"Correct these {problems.Count}, and the job starts"));
        var status = job.Status with
        {
            ObservedGeneration = job.Generation,
            Conditions =
            [
                .. new[]
                {
                    Conditions.Next(job, now, Conditions.Running, null, new Complaint(Conditions.Failed, complaint.Message), always: true),
                    Conditions.Next(job, now, Conditions.Suspended, null, new Complaint("NotStarted", "the job has not started")),
                    Conditions.Next(job, now, Conditions.Failed, complaint, complaint),
                    Conditions.Next(job, now, Conditions.Degraded, null, new Complaint("NotStarted", "the job has not started")),
                }.OfType<JobCondition>(),
            ],
        };
        return new JobPlan { Status = status, Events = Events.Between(job.Status, status) };
    }

    /// <summary>The plan for a job that has started, and has no spec to go by any more, not even one that was accepted before: whatever is, stays.</summary>
    public static JobPlan Hold(ObservedJob job, DateTimeOffset now)
    {
        var complaint = Complaint(job.Spec.Refused, "The job goes on as it was; until the spec is corrected no pod is created, and the status does not follow the ledger");
        var status = StatusOf.Degraded(job, [complaint], now);
        return new JobPlan { Status = status, Events = Events.Between(job.Status, status) };
    }
}
