using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>control.json: what the aggregator and the clients are told.</summary>
internal static class Hints
{
    /// <summary>The document to write; null where the one that is there says it, or none can be written.</summary>
    public static ControlDocument? Of(Pass pass, Plan? plan, Verdict? verdict, IReadOnlyList<string> lost)
    {
        if (plan is null || pass.Ledger.Trouble is not null)
            return null;
        var there = pass.Ledger.Control;
        var wanted = there with
        {
            // A job that the ledger itself ended needs no word from us.
            Suspended = verdict is null ? pass.Spec.Suspend : verdict.IsFailure ? there.Suspended || pass.Ledger.Failure is null : there.Suspended,
            Rounds = verdict is null && pass.Spec.Rounds > ForbiddenEdits.Target(pass.Ledger, plan) ? pass.Spec.Rounds : there.Rounds,
            Lost = [.. lost.Order(StringComparer.Ordinal)],
            Ended = verdict is { Reason: { } reason } && pass.Ledger.Failure is null ? new Failure(reason, verdict.Message) : there.Ended,
        };
        return Same(wanted, there) ? null : wanted;
    }

    private static bool Same(ControlDocument a, ControlDocument b) =>
        a.Suspended == b.Suspended && a.Rounds == b.Rounds && a.Ended == b.Ended && a.Lost.SequenceEqual(b.Lost, StringComparer.Ordinal);
}
