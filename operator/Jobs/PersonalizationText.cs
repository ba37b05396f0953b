using System.Globalization;
using System.Text.Json;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>`spec.personalization` in words: what is said of it in `fed plan` and in reports.</summary>
internal static class PersonalizationText
{
    /// <summary>Which units stay with their client, and what a round does with them; null with `method: none`.</summary>
    public static string? Of(Plan plan)
    {
        if (plan.Personalization.Method == PersonalizationMethod.None)
            return null;
        var text = $"{JsonNamingPolicy.CamelCase.ConvertName(plan.Personalization.Method.ToString())}: {Kept(plan)}";
        if (!plan.Personalization.HasHeadPhase())
            return text;
        var head = Workload.HeadPhase(plan.Personalization, plan.Training)!;
        return text + Text($"; a round trains these first, for {(head.LocalEpochs is { } epochs ? Count(epochs, "epoch") : Count(Workload.LocalSteps(head), "step"))}, and then the others");
    }

    private static string Kept(Plan plan)
    {
        var units = ModelSpec.UnitCount(plan.Model.Architecture);
        var kept = plan.Personalization.PersonalUnits(units);
        return (kept.End.Value - kept.Start.Value) switch
        {
            0 => Text($"no unit of {units} stays with its client"),
            var all when all == units => Text($"all {units} units stay with their client: nothing is shared"),
            1 => Text($"the {(kept.Start.Value == 0 ? "first" : "last")} of {units} units{(kept.End.Value == units ? ", the classifier," : "")} stays with its client"),
            var count => Text($"the {(kept.Start.Value == 0 ? "first" : "last")} {count} of {units} units stay with their client"),
        };
    }

    private static string Count(int count, string what) => Text($"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
