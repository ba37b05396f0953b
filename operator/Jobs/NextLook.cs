using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>When a job is looked at again though nothing happened that the operator would be told of.</summary>
internal static class NextLook
{
    private const int StandingStill = 6;

    // A round that takes an hour is not looked at every five seconds.
    private static readonly TimeSpan s_slowest = TimeSpan.FromSeconds(30);

    // Storage that is away, a Secret that is missing.
    private static readonly TimeSpan s_trouble = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan s_longestOutage = TimeSpan.FromHours(1);

    private static readonly TimeSpan s_soonest = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_latest = TimeSpan.FromDays(1);

    /// <summary>The time until then; null: never.</summary>
    public static TimeSpan? After(Pass pass, Findings found, Troubles? troubles)
    {
        var times = Times(pass, found, troubles).ToList();
        if (times.Count == 0)
            return null;
        var wait = times.Min() - pass.Now;
        var soonest = pass.Settings.PollInterval < s_soonest ? pass.Settings.PollInterval : s_soonest;
        return wait < soonest ? soonest : wait > s_latest ? s_latest : wait;
    }

    private static IEnumerable<DateTimeOffset> Times(Pass pass, Findings found, Troubles? troubles)
    {
        var now = pass.Now;
        if (found.Verdict is not null)
        {
            var completion = pass.Before.CompletionTime ?? now;
            if (Ttl.Due(pass.Spec, completion) is { } due)
                yield return due;
            if (pass.Observed.Pods.Any(p => p is { IsFinished: false, Terminating: false }) && !found.Verdict.IsFailure)
                yield return completion + Deadlines.Farewell;
            // What the aggregator writes last is still to be read.
            if (now < completion + Deadlines.Farewell && pass.Progress is not { State: JobState.Complete or JobState.Failed })
                yield return now + pass.Settings.PollInterval;
            // The word that it ended could not be written yet: clients elsewhere wait for it.
            if (pass.Ledger is { Trouble: not null, Failure: null, Control.Ended: null } && found.Verdict.IsFailure && now < completion + s_longestOutage)
                yield return now + s_trouble;
            yield break;
        }
        if (found.Obstacle is not null || pass.Ledger.Trouble is not null)
            yield return now + s_trouble;
        if (found.CredentialsExpire is { } expire)
            yield return expire - pass.Settings.CredentialRenewBefore;
        if (found.IsSuspended || found.Plan is not { } plan)
            yield break;
        var poll = pass.Settings.PollInterval;
        var pace = TimeSpan.FromSeconds(Math.Min((pass.Progress?.LastRoundSeconds ?? 0) / 10, s_slowest.TotalSeconds));
        // Without an aggregator nobody writes to the ledger; and its end, like its start, is told by its pod.
        yield return now + (troubles?.IsAtWork(JobProcesses.AggregatorName) != true ? poll * StandingStill : pace > poll ? pace : poll);
        foreach (var time in found.Review.Attempts.Select(a => a.NotBefore).OfType<DateTimeOffset>().Where(t => t > now))
            yield return time;
        // A process that says that the job has ended: its ledger will say so soon, where the aggregator is there to tell.
        var isTold = troubles?.IsAtWork(JobProcesses.AggregatorName) == true;
        if (pass.Ledger.Trouble is null && found.Review.Attempts.Any(a => a is { Ran: true, NotBefore: not null } && (isTold || a.Name == JobProcesses.AggregatorName)))
            yield return now + s_soonest;
        foreach (var time in Deadlines.Next(pass, plan, found.Review.Attempts))
            yield return time;
        foreach (var time in troubles?.Next() ?? [])
            yield return time;
    }
}
