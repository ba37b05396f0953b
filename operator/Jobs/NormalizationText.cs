using System.Globalization;
using System.Text.Json;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>`spec.normalization` in words: what is said of it in `fed plan` and in reports.</summary>
internal static class NormalizationText
{
    /// <summary>How layers normalize while they train, and what clients share.</summary>
    public static string Training(NormalizationSpec n) => n.Layer switch
    {
        NormalizationLayer.Batch => string.Join(", ", Parts(n)),
        NormalizationLayer.Group => Text($"group, {n.Groups} groups"),
        _ => "none",
    };

    /// <summary>What inference normalizes with; null where running statistics, or no statistics, do.</summary>
    public static string? Population(NormalizationSpec n, int batchSize) => n switch
    {
        { Layer: not NormalizationLayer.Batch } => null,
        { Population: PopulationStatistics.Precise, Precise: var precise } => Text($"precise statistics of {precise.Samples} samples, ")
            + (precise.Forward == PreciseForward.Pooled ? "pooled layer by layer" : Text($"by mini-batches of {n.PopulationBatchSize ?? batchSize}")),
        { Population: PopulationStatistics.MiniBatch } => Text($"each mini-batch's own statistics, {n.PopulationBatchSize ?? batchSize} samples"),
        _ => null,
    };

    /// <summary>What a user should know of the choice; null: nothing.</summary>
    public static string? Advice(NormalizationSpec n, TrainingSpec t) => n.HasGradientStatistics() && (t.LocalEpochs is not null || t.LocalSteps > 1)
        ? "gradient statistics are of the round before, and several local steps outrun them: with ten, IID data ended at 62 % beside 86 % of `training: local`. One step a round suits them; for more see docs/normalization.md"
        : null;

    /// <summary>Whether statistics rounds set the running statistics before round 1: those of the layers that are shared, where a step normalizes with them.</summary>
    public static bool HasBootstrap(Plan plan) =>
        SharesStatistics(plan) && (plan.Normalization.Training is NormalizationTraining.Federated or NormalizationTraining.Hybrid || plan.Personalization.HasHeadPhase());

    /// <summary>Whether statistics rounds gather precise statistics: those of the layers that are shared. Others gather theirs when they evaluate.</summary>
    public static bool HasPopulationRounds(Plan plan) => SharesStatistics(plan) && plan.Normalization.Population == PopulationStatistics.Precise;

    private static bool SharesStatistics(Plan plan) =>
        plan.Normalization is { Layer: NormalizationLayer.Batch, Scope: NormalizationScope.Shared } && plan.Personalization.SharesLayers(plan.Model.Architecture);

    private static IEnumerable<string> Parts(NormalizationSpec n)
    {
        yield return Text($"batch, training {Name(n.Training)}{(n.HasGradientStatistics() ? " with gradient statistics" : "")}");
        if (n.GhostBatchSize is { } ghost)
            yield return Text($"ghost batches of {ghost}");
        if (n.Moments == MomentsAt.AtBase)
            yield return "moments at the round's base";
        yield return Text($"statistics momentum {n.Momentum()}");
        if (n.FreezeAtRound is { } frozen)
            yield return Text($"frozen from round {frozen} on");
        if (n.Scope == NormalizationScope.StatisticsPerClient)
            yield return "statistics stay with their client";
        if (n.Scope == NormalizationScope.PerClient)
            yield return "gamma, beta and statistics stay with their client";
        if (n.Robust is { } robust)
        {
            var mixed = robust.Mixing == RobustMixing.NearestNeighbours ? " of nearest neighbours' means" : "";
            yield return Text($"moments merged by {Name(robust.Rule)}{mixed} against {robust.MaxFaulty} faulty {(robust.MaxFaulty == 1 ? "client" : "clients")}");
        }
    }

    private static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
