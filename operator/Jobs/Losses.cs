using System.Globalization;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>What it means for a job that clients are lost. Whether it goes on without them is the aggregator's to decide, by the plan's own rules.</summary>
internal static class Losses
{
    /// <summary>The loss in words; null where nobody is lost.</summary>
    public static Complaint? Of(Plan plan, IReadOnlyList<string> lost)
    {
        if (lost.Count == 0)
            return null;
        var message = $"{Words.List(lost)} failed for good, and {(lost.Count == 1 ? "is" : "are")} not waited for; see `failures`";
        if (plan.Clients.Where(c => c.Required && lost.Contains(c.Name, StringComparer.Ordinal)).Select(c => c.Name).ToList() is { Count: > 0 } required)
            message += $". {Words.List(required)} {(required.Count == 1 ? "is" : "are")} required: no round closes without";
        var left = plan.Clients.Count - lost.Count;
        var needed = Math.Max(1, (int)Math.Ceiling((plan.Participation.Quorum * plan.Participation.PerRound * plan.Clients.Count) - 1e-9));
        if (left < needed)
            message += string.Create(CultureInfo.InvariantCulture, $". {left} of {plan.Clients.Count} clients are left, and a quorum of {plan.Participation.Quorum:0.###} needs {needed}: rounds will be extended, and then the job fails");
        return new Complaint("ClientLost", message);
    }
}
