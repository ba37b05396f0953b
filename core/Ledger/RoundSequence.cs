using FedOperator.Core.Api;

namespace FedOperator.Core.Ledger;

/// <summary>Which round follows which: a function of the plan, the model, and the target that the open rounds recorded.</summary>
/// <param name="Bootstrap">The BatchNorm layers that statistics rounds set one after the other before round 1; empty where there is no bootstrap.</param>
/// <param name="Population">For each statistics round after training, the layers whose precise statistics it gathers; empty where the population's are not precise, or each client gathers its own when it evaluates.</param>
/// <param name="PopulationEvery">An evaluation, and those rounds before it, after every so many train rounds as well; null: after the last alone.</param>
public sealed record RoundSequence(IReadOnlyList<string> Bootstrap, IReadOnlyList<IReadOnlyList<string>> Population, int? PopulationEvery)
{
    /// <summary>The rounds of a plan.</summary>
    /// <remarks>
    /// FBN and hybrid layers normalize with the shared statistics from their first step on, so a bootstrap makes these describe the initial model (arXiv 2405.14670). So do all that stand still in a head phase (fedRep).
    /// Precise statistics (arXiv 2105.07576): `pooled` has a round for each layer, which runs on the precise statistics of those before it; `batch` has one for all.
    /// </remarks>
    public static RoundSequence Of(Plan plan, ModelLayout model)
    {
        var normalization = plan.Normalization;
        List<string> shared = normalization.Layer == NormalizationLayer.Batch ? [.. model.NormalizationLayers.Where(layer => UpdateLayout.Statistics(model, [layer]).Count > 0)] : [];
        IReadOnlyList<string> bootstrap = normalization.Training is NormalizationTraining.Federated or NormalizationTraining.Hybrid || plan.Personalization.HasHeadPhase() ? shared : [];
        IReadOnlyList<IReadOnlyList<string>> population = normalization switch
        {
            _ when shared.Count == 0 || normalization.Population != PopulationStatistics.Precise => [],
            { Precise.Forward: PreciseForward.Batch } => [shared],
            _ => [.. shared.Select(layer => new[] { layer })],
        };
        var isPrecise = normalization is { Layer: NormalizationLayer.Batch, Population: PopulationStatistics.Precise };
        return new RoundSequence(bootstrap, population, isPrecise ? normalization.Precise.EveryRounds : null);
    }

    /// <summary>A job's first round.</summary>
    public RoundKey First => Bootstrap.Count > 0 ? new RoundKey(0, RoundKind.Statistics, 1) : new RoundKey(1, RoundKind.Train);

    /// <summary>The layers whose moments a round gathers; empty unless it is a statistics round.</summary>
    public IReadOnlyList<string> Layers(RoundKey round) => round switch
    {
        { Kind: not RoundKind.Statistics } => [],
        { Number: 0 } => [Bootstrap[round.Stage - 1]],
        _ => Population[round.Stage - 1],
    };

    /// <summary>The round after <paramref name="round"/>, or null where the job ends.</summary>
    /// <param name="round">The one that closed.</param>
    /// <param name="target">Train rounds, as that round's open.json recorded it; for an evaluate round, as known when it closed.</param>
    public RoundKey? After(RoundKey round, int target) => round.Kind switch
    {
        RoundKind.Statistics when round.Stage < (round.Number == 0 ? Bootstrap.Count : Population.Count) => round with { Stage = round.Stage + 1 },
        RoundKind.Statistics when round.Number == 0 => new RoundKey(1, RoundKind.Train),
        RoundKind.Statistics => new RoundKey(round.Number, RoundKind.Evaluate),
        RoundKind.Train when round.Number < target && !(PopulationEvery is { } every && round.Number % every == 0) => new RoundKey(round.Number + 1, RoundKind.Train),
        RoundKind.Train when Population.Count > 0 => new RoundKey(round.Number, RoundKind.Statistics, 1),
        RoundKind.Train => new RoundKey(round.Number, RoundKind.Evaluate),
        RoundKind.Evaluate when round.Number < target => new RoundKey(round.Number + 1, RoundKind.Train),
        RoundKind.Evaluate => null,
        _ => throw new InvalidOperationException($"no such round kind: {round.Kind}"),
    };
}
