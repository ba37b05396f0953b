using System.Globalization;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>Whether a job has ended: by its status, which is final, or by its ledger, which is the truth.</summary>
internal static class Outcome
{
    /// <summary>The verdict before this pass looks at anything else; null where the job goes on.</summary>
    public static Verdict? Of(Pass pass, Plan? plan)
    {
        var standing = Conditions.Standing(pass.Before);
        if (standing is { IsFailure: true })
            return standing;
        if (plan is null)
            return standing;
        var ledger = pass.Ledger;
        if (ledger is { Ended: true, Failure: { } failure })
            return new Verdict(failure.Reason, failure.Message);
        var target = ForbiddenEdits.Target(ledger, plan);
        // More rounds than were run: a job that was complete runs again.
        var isOver = (ledger.Ended || (standing is not null && ledger.Trouble is not null)) && pass.Spec.Rounds <= target;
        if (isOver)
            return standing ?? new Verdict(null, string.Create(CultureInfo.InvariantCulture, $"all {target} rounds are closed"));
        // An operator that died before it could write its verdict into the status has written it here, and no process of the job works any more.
        return ledger.Control.Ended is { } ended ? new Verdict(ended.Reason, ended.Message) : null;
    }
}
