using System.Text.Json;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>The newest failures of processes and exclusions of updates, newest first.</summary>
internal static class FailureList
{
    private const int Kept = 20;

    // Fewer than are kept: what failures of processes push out of the list would otherwise be found in the ledger again, and pushed out again, in every pass.
    private const int KeptExclusions = 10;

    private static readonly HashSet<string> s_exclusions = [.. Enum.GetValues<ExclusionReason>().Select(Word)];

    /// <summary>The list as it is now. Of one client's exclusions for one reason, the newest stays.</summary>
    /// <param name="before">As last written.</param>
    /// <param name="failures">New failures of processes.</param>
    /// <param name="progress">Where the ledger's exclusions are told.</param>
    /// <param name="now">The time of the pass.</param>
    public static IReadOnlyList<FailureRecord>? Of(FederatedJobStatus before, IReadOnlyList<FailureRecord> failures, ProgressDocument? progress, DateTimeOffset now)
    {
        var list = before.Failures ?? [];
        // What closed before the status was last written was looked at then. The newest comes last here, so that it ends up first.
        var newest = (progress?.Exclusions ?? []).Where(e => before.Round is not { } seen || e.Round.Number >= seen).DistinctBy(e => (e.Exclusion.Client, e.Exclusion.Reason)).Take(KeptExclusions).Reverse();
        foreach (var record in newest.Select(e => Record(e, now)))
        {
            if (!list.Any(f => f.Client == record.Client && f.Reason == record.Reason && (f.Round > record.Round || (f.Round == record.Round && f.Message == record.Message))))
                list = [record, .. list.Where(f => f.Client != record.Client || f.Reason != record.Reason)];
        }
        list = [.. failures.Reverse(), .. list];
        return list.Count == 0 ? before.Failures : [.. Newest(list)];
    }

    /// <summary>The newest, at most <see cref="Kept"/>; of exclusions at most <see cref="KeptExclusions"/>, which no failure of a process displaces.</summary>
    private static IEnumerable<FailureRecord> Newest(IReadOnlyList<FailureRecord> list)
    {
        var exclusions = Math.Min(KeptExclusions, list.Count(IsExclusion));
        var (left, failures) = (exclusions, Kept - exclusions);
        return list.Where(f => IsExclusion(f) ? left-- > 0 : failures-- > 0);
    }

    /// <summary>Whether a record tells of an update that did not count, not of a process.</summary>
    public static bool IsExclusion(FailureRecord failure) => s_exclusions.Contains(failure.Reason);

    private static FailureRecord Record(RoundExclusion excluded, DateTimeOffset now) => new()
    {
        Client = excluded.Exclusion.Client,
        Round = excluded.Round.Number,
        Reason = Word(excluded.Exclusion.Reason),
        Message = Words.Short($"{excluded.Round}: {excluded.Exclusion.Message}"),
        Time = now,
    };

    private static string Word(ExclusionReason reason) => JsonNamingPolicy.CamelCase.ConvertName(reason.ToString());
}
