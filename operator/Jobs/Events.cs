using System.Globalization;
using FedOperator.Core.Api;

namespace FedOperator.Operator.Jobs;

/// <summary>What happened between two statuses, told once: a pass that is repeated tells nothing again.</summary>
internal static class Events
{
    /// <summary>The events.</summary>
    public static IReadOnlyList<JobEvent> Between(FederatedJobStatus before, FederatedJobStatus after)
    {
        var events = new List<JobEvent>();
        if (before.StartTime is null && after.StartTime is not null)
            events.Add(new JobEvent(false, "Started", $"plan {after.PlanHash?[..12]}, {after.RoundSummary?.Split('/')[^1]} rounds, {after.ClientSummary?.Split('/')[^1]} clients"));
        events.AddRange(Failures(before, after));
        foreach (var lost in (after.Attempts ?? []).Where(a => a.Lost && a.Name != JobProcesses.AggregatorName && before.Attempts?.FirstOrDefault(b => b.Name == a.Name) is not { Lost: true }))
            events.Add(new JobEvent(true, "ClientLost", $"{lost.Name} failed for good: {after.Failures?.FirstOrDefault(f => f.Client == lost.Name)?.Message}"));
        Turned(Conditions.Degraded, isWarning: true, "Degraded", "Recovered");
        Turned(Conditions.Suspended, isWarning: false, "Suspended", "Resumed");
        Turned(Conditions.Complete, isWarning: false, "Completed", "RunsAgain");
        Turned(Conditions.Failed, isWarning: true, "Failed", "SpecAccepted");
        return events;

        void Turned(string type, bool isWarning, string isSo, string isNot)
        {
            var (was, now) = (Conditions.Find(before, type), Conditions.Find(after, type));
            if (now is { Status: "True" } && (was is not { Status: "True" } || was.Reason != now.Reason))
                events.Add(new JobEvent(isWarning, isSo, $"{now.Reason}: {now.Message}"));
            else if (was is { Status: "True" } && now is not { Status: "True" })
                events.Add(new JobEvent(false, isNot, now?.Message is { Length: > 0 } message ? message : $"no longer {was.Reason}"));
        }
    }

    private static IEnumerable<JobEvent> Failures(FederatedJobStatus before, FederatedJobStatus after)
    {
        // A client that is excluded round after round, for the same reason, is told of once.
        var known = (before.Failures ?? []).ToHashSet();
        foreach (var failure in (after.Failures ?? []).Where(f => !known.Contains(f)).Reverse())
        {
            if (!FailureList.IsExclusion(failure))
            {
                // Those that are not started again have events of their own.
                if (after.Attempts?.FirstOrDefault(a => a.Name == failure.Client) is { Lost: false } next)
                    yield return new JobEvent(true, "Restarted", string.Create(CultureInfo.InvariantCulture, $"{failure.Client}: {failure.Reason}: {failure.Message}; attempt {next.Attempt} {(next.NotBefore is { } time ? "starts at " + Words.Time(time) : "follows")}"));
            }
            else if (!known.Any(f => f.Client == failure.Client && f.Reason == failure.Reason))
                yield return new JobEvent(true, "UpdateExcluded", $"{failure.Client}: {failure.Reason}: {failure.Message}");
        }
    }
}
