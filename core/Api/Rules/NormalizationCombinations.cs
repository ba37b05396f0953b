using System.Text.Json;

namespace FedOperator.Core.Api;

/// <summary>The combinations around `spec.normalization` that cannot be: fields of one scheme with another, which would do nothing or something else than they say.</summary>
internal static class NormalizationCombinations
{
    private const string NotBatch = "self.normalization.layer != 'batch'";

    public static readonly IReadOnlyList<Combination> Table =
    [
        BatchOnly("freezeAtRound", n => n.FreezeAtRound, "has(self.normalization.freezeAtRound)"),
        BatchOnly("moments", n => n.Moments != MomentsAt.DuringTraining ? Name(n.Moments) : null, "self.normalization.moments != 'duringTraining'"),
        BatchOnly("population", n => n.Population != PopulationStatistics.Running ? Name(n.Population) : null, "self.normalization.population != 'running'"),
        BatchOnly("precise", n => n.Precise != new PreciseSpec() ? Show(n.Precise) : null, $"!({PreciseByDefault})"),
        BatchOnly("populationBatchSize", n => n.PopulationBatchSize, "has(self.normalization.populationBatchSize)"),
        BatchOnly("scope", n => n.Scope != NormalizationScope.Shared ? Name(n.Scope) : null, "self.normalization.scope != 'shared'"),
        BatchOnly("ghostBatchSize", n => n.GhostBatchSize, "has(self.normalization.ghostBatchSize)"),
        BatchOnly("robust", n => n.Robust is { } robust ? Show(robust) : null, "has(self.normalization.robust)"),

        WithBatch("moments", n => n.Moments == MomentsAt.AtBase && n.Training is NormalizationTraining.Local or NormalizationTraining.Exact, n => Name(n.Moments),
            "needs `training: federated` or `hybrid`: the others merge no moments of a round", "set spec.normalization.training to federated or hybrid, or remove it",
            "self.normalization.moments == 'duringTraining' || self.normalization.training in ['federated', 'hybrid']"),
        WithBatch("ghostBatchSize", n => n.GhostBatchSize is not null && n.Training is NormalizationTraining.Federated or NormalizationTraining.Exact, n => n.GhostBatchSize,
            "needs `training: local` or `hybrid`: the others do not normalize with one client's mini-batch", "set spec.normalization.training to local or hybrid, or remove it",
            "!has(self.normalization.ghostBatchSize) || self.normalization.training in ['local', 'hybrid']"),
        new("spec.normalization.ghostBatchSize", s => s.Normalization.GhostBatchSize >= s.Training.BatchSize, s => s.Normalization.GhostBatchSize,
            "is not less than spec.training.batchSize, so that there is nothing to divide", "give fewer samples than spec.training.batchSize, or remove it",
            "!has(self.normalization.ghostBatchSize) || self.normalization.ghostBatchSize < self.training.batchSize"),
        WithBatch("precise", n => n.Population != PopulationStatistics.Precise && n.Precise != new PreciseSpec(), n => Show(n.Precise),
            "has no effect without `population: precise`", "set spec.normalization.population to precise, or remove it",
            $"self.normalization.population == 'precise' || ({PreciseByDefault})"),
        WithBatch("populationBatchSize", n => n.PopulationBatchSize is not null && !UsesBatches(n), n => n.PopulationBatchSize,
            "has no effect: inference uses no mini-batches here", "set spec.normalization.population to miniBatch, or to precise with `precise: {forward: batch}`, or remove it",
            "!has(self.normalization.populationBatchSize) || self.normalization.population == 'miniBatch' || (self.normalization.population == 'precise' && self.normalization.precise.forward == 'batch')"),
        WithBatch("robust", n => n.Robust is not null && n.Training is NormalizationTraining.Local or NormalizationTraining.Exact, n => Show(n.Robust!),
            "needs `training: federated` or `hybrid`: the others have no moments of a round to merge", "set spec.normalization.training to federated or hybrid, or remove it",
            "!has(self.normalization.robust) || self.normalization.training in ['federated', 'hybrid']"),
        WithBatch("robust", n => n is { Robust: not null, Scope: not NormalizationScope.Shared }, n => Show(n.Robust!),
            "needs `scope: shared`: here no statistics leave their client", "set spec.normalization.scope to shared, or remove it",
            "!has(self.normalization.robust) || self.normalization.scope == 'shared'"),
        new("spec.normalization.robust", s => s.Normalization is { Layer: NormalizationLayer.Batch, Robust: not null } && PersonalizationCombinations.SharesNoLayers(s), s => Show(s.Normalization.Robust!),
            "needs BatchNorm layers that are shared: with this spec.personalization all stay with their client", "remove it, or give spec.personalization.blocks with which units before the classifier are shared",
            $"{NotBatch} || !has(self.normalization.robust) || !({PersonalizationCombinations.SharesNoLayersCel})"),

        Exact("training.localEpochs", s => s.Training.LocalEpochs is not null, s => s.Training.LocalEpochs,
            "its clients take each step together, and passes over data of different sizes have different numbers of steps", "give spec.training.localSteps",
            "!has(self.training.localEpochs)"),
        Exact("aggregation.weighting", s => s.Aggregation.Weighting != Weighting.Processed, s => Name(s.Aggregation.Weighting),
            "gradients through pooled statistics add up by the samples of each batch", "set it to processed",
            "self.aggregation.weighting == 'processed'"),
        Exact("participation.perRound", s => s.Participation.PerRound < 1, s => s.Participation.PerRound,
            "its statistics are those of all clients", "set it to 1",
            "self.participation.perRound >= 1.0"),
        Exact("normalization.scope", s => s.Normalization.Scope != NormalizationScope.Shared, s => Name(s.Normalization.Scope),
            "it shares the statistics at every step", "set it to shared, or spec.normalization.training to local",
            "self.normalization.scope == 'shared'"),
        Exact("personalization.blocks", PersonalizationCombinations.SharesNoLayers, s => s.Personalization.Blocks,
            "it pools the statistics of shared BatchNorm layers, and here all stay with their client", "give `blocks` with which a unit before the classifier is shared, or set spec.normalization.training to local",
            $"!({PersonalizationCombinations.SharesNoLayersCel})"),
    ];

    private static string PreciseByDefault => FormattableString.Invariant(
        $"self.normalization.precise.forward == '{Name(new PreciseSpec().Forward)}' && self.normalization.precise.samples == {new PreciseSpec().Samples} && !has(self.normalization.precise.everyRounds)");

    /// <summary>A field that other layers than BatchNorm have no use for.</summary>
    /// <param name="field">Below `spec.normalization`.</param>
    /// <param name="given">Its value where it is not its default; otherwise null.</param>
    /// <param name="cel">True where it is not its default.</param>
    private static Combination BatchOnly(string field, Func<NormalizationSpec, object?> given, string cel) =>
        new("spec.normalization." + field, s => s.Normalization.Layer != NormalizationLayer.Batch && given(s.Normalization) is not null, s => given(s.Normalization),
            "needs BatchNorm", "set spec.normalization.layer to batch, or remove it", $"!({NotBatch}) || !({cel})");

    /// <summary>A combination of BatchNorm's fields: of other layers the rows before this speak.</summary>
    private static Combination WithBatch(string field, Func<NormalizationSpec, bool> holds, Func<NormalizationSpec, object?> value, string wrong, string fix, string cel) =>
        new("spec.normalization." + field, s => s.Normalization.Layer == NormalizationLayer.Batch && holds(s.Normalization), s => value(s.Normalization), wrong, fix, $"{NotBatch} || {cel}");

    private static Combination Exact(string field, Func<FederatedJobSpec, bool> holds, Func<FederatedJobSpec, object?> value, string why, string fix, string cel) =>
        new("spec." + field, s => s.Normalization is { Layer: NormalizationLayer.Batch, Training: NormalizationTraining.Exact } && holds(s), value,
            $"cannot go with `normalization: {{training: exact}}`: {why}", fix, $"{NotBatch} || self.normalization.training != 'exact' || {cel}");

    private static bool UsesBatches(NormalizationSpec n) =>
        n.Population == PopulationStatistics.MiniBatch || n is { Population: PopulationStatistics.Precise, Precise.Forward: PreciseForward.Batch };

    private static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static string Show(PreciseSpec precise) =>
        FormattableString.Invariant($"{{forward: {Name(precise.Forward)}, samples: {precise.Samples}{(precise.EveryRounds is { } every ? FormattableString.Invariant($", everyRounds: {every}") : "")}}}");

    private static string Show(RobustSpec robust) => FormattableString.Invariant($"{{rule: {Name(robust.Rule)}, maxFaulty: {robust.MaxFaulty}}}");
}
