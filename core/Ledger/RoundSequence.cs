using FedOperator.Core.Api;

namespace FedOperator.Core.Ledger;

/// <summary>Which round follows which: a function of the plan, the model, and the target that the open rounds recorded.</summary>
public static class RoundSequence
{
    /// <summary>The BatchNorm layers that a bootstrap sets one after the other; empty where there is none.</summary>
    /// <remarks>FBN normalizes with the shared statistics from its first step on, so these must describe the initial model (arXiv 2405.14670).</remarks>
    public static IReadOnlyList<string> BootstrapLayers(Plan plan, ModelLayout model) =>
        plan.Normalization is { Layer: NormalizationLayer.Batch, Training: NormalizationTraining.Federated }
            ? [.. model.NormalizationLayers.Where(layer => UpdateLayout.Statistics(model, [layer]).Count > 0)]
            : [];

    /// <summary>A job's first round.</summary>
    public static RoundKey First(int bootstrapLayers) =>
        bootstrapLayers > 0 ? new RoundKey(0, RoundKind.Statistics, 1) : new RoundKey(1, RoundKind.Train);

    /// <summary>The round after <paramref name="round"/>, or null where the job ends.</summary>
    /// <param name="round">The one that closed.</param>
    /// <param name="target">Train rounds, as that round's open.json recorded it; for an evaluate round, as known when it closed.</param>
    /// <param name="bootstrapLayers">How many layers the bootstrap sets.</param>
    public static RoundKey? After(RoundKey round, int target, int bootstrapLayers) => round.Kind switch
    {
        RoundKind.Statistics when round.Stage < bootstrapLayers => round with { Stage = round.Stage + 1 },
        RoundKind.Statistics => new RoundKey(1, RoundKind.Train),
        RoundKind.Train when round.Number < target => new RoundKey(round.Number + 1, RoundKind.Train),
        RoundKind.Train => new RoundKey(round.Number, RoundKind.Evaluate),
        RoundKind.Evaluate when round.Number < target => new RoundKey(round.Number + 1, RoundKind.Train),
        RoundKind.Evaluate => null,
        _ => throw new InvalidOperationException($"no such round kind: {round.Kind}"),
    };
}
