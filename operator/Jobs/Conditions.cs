using FedOperator.Core.Api;

namespace FedOperator.Operator.Jobs;

/// <summary>A job's conditions.</summary>
internal static class Conditions
{
    /// <summary>The job has started and not ended. Its reason is the STATE column.</summary>
    public const string Running = "Running";

    /// <summary>`suspend` is true.</summary>
    public const string Suspended = "Suspended";

    /// <summary>The last round closed.</summary>
    public const string Complete = "Complete";

    /// <summary>It cannot go on.</summary>
    public const string Failed = "Failed";

    /// <summary>Something is wrong, and the job goes on or waits.</summary>
    public const string Degraded = "Degraded";

    /// <summary>The aggregator's pod is at work.</summary>
    public const string AggregatorReady = "AggregatorReady";

    /// <summary>Reason of Failed while the spec cannot be accepted: the one failure that an edit heals.</summary>
    public const string InvalidSpec = "InvalidSpec";

    /// <summary>A condition; null where the status has none of that type.</summary>
    public static JobCondition? Find(FederatedJobStatus status, string type) => status.Conditions?.FirstOrDefault(c => c.Type == type);

    /// <summary>Whether a condition is True.</summary>
    public static bool Is(FederatedJobStatus status, string type) => Find(status, type)?.Status == "True";

    /// <summary>Since when a condition is True; null where it is not.</summary>
    public static DateTimeOffset? Since(FederatedJobStatus status, string type) => Find(status, type) is { Status: "True" } condition ? condition.LastTransitionTime : null;

    /// <summary>The verdict that a status tells of; null where the job has not ended.</summary>
    public static Verdict? Standing(FederatedJobStatus status) =>
        Find(status, Failed) is { Status: "True", Reason: not InvalidSpec } failed ? new Verdict(failed.Reason, failed.Message)
        : Find(status, Complete) is { Status: "True" } complete ? new Verdict(null, complete.Message) : null;

    /// <summary>A condition as it is now: its time changes only with its status. Null where it is not true and never was.</summary>
    /// <remarks>Every condition has words: an API server of 1.20 refuses a status with an empty text in it.</remarks>
    /// <param name="job">Its status before, and its generation.</param>
    /// <param name="time">The time of the pass.</param>
    /// <param name="type">Which.</param>
    /// <param name="now">Reason and message where it is True; null where it is not.</param>
    /// <param name="otherwise">Reason and message where it is False.</param>
    /// <param name="always">Listed though it was never true.</param>
    public static JobCondition? Next(ObservedJob job, DateTimeOffset time, string type, Complaint? now, Complaint otherwise, bool always = false)
    {
        var before = Find(job.Status, type);
        if (now is null && !always && before is null)
            return null;
        var status = now is null ? "False" : "True";
        var said = now ?? otherwise;
        return new JobCondition
        {
            Type = type,
            Status = status,
            Reason = said.Reason,
            Message = Words.Short(said.Message),
            LastTransitionTime = before?.Status == status ? before.LastTransitionTime : time,
            ObservedGeneration = job.Generation,
        };
    }
}
