using System.Globalization;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>How long a job may take to start, and to run.</summary>
/// <remarks>
/// Both count from the start, or from the last time that the job was resumed: as in batch Jobs, time spent suspended does not count, and resuming starts the clock anew. The start-up deadline gives the aggregator, which opens the first round
/// with a quorum when that deadline is over by its own clock, the time that its own pod took, and its next pod likewise: an aggregator that was disrupted starts the clock anew, once when it is gone and once when it is back.
/// </remarks>
internal static class Deadlines
{
    /// <summary>How long the pods of a complete job may take to see that it is.</summary>
    public static readonly TimeSpan Farewell = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan s_startupGrace = TimeSpan.FromSeconds(30);

    /// <summary>The verdict where a deadline has passed; null where none has.</summary>
    public static Verdict? Check(Pass pass, Plan plan, IReadOnlyList<ProcessAttempts> attempts, Func<string> missing)
    {
        var since = Since(pass);
        if (pass.Now >= since + Span(pass.Spec.ActiveDeadlineSeconds))
            return new Verdict("DeadlineExceeded", $"the job has run since {Words.Time(since)}, and spec.activeDeadlineSeconds is {Words.Seconds(pass.Spec.ActiveDeadlineSeconds!.Value)}");
        return StartupDue(pass, plan, attempts) is { } due && pass.Now >= due
            ? new Verdict("StartupDeadlineExceeded", string.Create(CultureInfo.InvariantCulture, $"no round could be opened within startupDeadlineSeconds, {Words.Seconds(plan.StartupDeadlineSeconds)}: {missing()}"))
            : null;
    }

    /// <summary>The times at which <see cref="Check"/> may say something new.</summary>
    public static IEnumerable<DateTimeOffset> Next(Pass pass, Plan plan, IReadOnlyList<ProcessAttempts> attempts)
    {
        if (Since(pass) + Span(pass.Spec.ActiveDeadlineSeconds) is { } active)
            yield return active;
        if (StartupDue(pass, plan, attempts) is { } due)
            yield return due;
    }

    /// <summary>A time that a spec gives in seconds; null where it gives none.</summary>
    public static TimeSpan? Span(double? seconds) => seconds is { } given ? TimeSpan.FromSeconds(given) : null;

    /// <summary>When the job that runs was started or resumed.</summary>
    private static DateTimeOffset Since(Pass pass) => Conditions.Since(pass.Before, Conditions.Running) ?? pass.Now;

    /// <summary>When a first round must be open; null where one was, or where that cannot be known.</summary>
    private static DateTimeOffset? StartupDue(Pass pass, Plan plan, IReadOnlyList<ProcessAttempts> attempts)
    {
        var neverOpened = pass.Progress is null or { State: JobState.WaitingForClients or JobState.Suspended, Closed: null };
        if (!neverOpened || pass.Ledger.Trouble is not null || pass.Before.Round > 0)
            return null;
        // Its next pod may have to wait longer than the deadline is.
        var backoff = attempts.FirstOrDefault(a => a.Name == JobProcesses.AggregatorName)?.NotBefore;
        return ((DateTimeOffset?[])[Since(pass), AggregatorSince(pass), backoff]).Max() + TimeSpan.FromSeconds(plan.StartupDeadlineSeconds) + s_startupGrace;
    }

    /// <summary>Since when the aggregator is at work, or is not.</summary>
    private static DateTimeOffset AggregatorSince(Pass pass)
    {
        var isAtWork = pass.AtWork(JobProcesses.AggregatorName) is not null;
        return Conditions.Find(pass.Before, Conditions.AggregatorReady) is { LastTransitionTime: { } since } said && said.Status == "True" == isAtWork ? since : pass.Now;
    }
}
