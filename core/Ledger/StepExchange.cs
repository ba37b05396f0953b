using FedOperator.Core.Api;

namespace FedOperator.Core.Ledger;

/// <summary>One exchange of `training: exact`: a layer's moments in the forward pass of a step, or its gradient sums in the backward pass.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Layer">Path of the BatchNorm layer.</param>
/// <param name="Backward">Which pass.</param>
public readonly record struct StepExchange(int Step, string Layer, bool Backward)
{
    /// <summary>The layers whose statistics all clients exchange, in the order of the forward pass: the shared ones.</summary>
    public static IReadOnlyList<string> Layers(ModelLayout model) => [.. model.NormalizationLayers.Where(layer => UpdateLayout.Statistics(model, [layer]).Count > 0)];

    /// <summary>All exchanges of an attempt in their order: step by step, the layers forward and then backward in reverse.</summary>
    /// <exception cref="ArgumentException">The plan counts epochs: clients would take different numbers of steps.</exception>
    public static IEnumerable<StepExchange> Of(TrainingSpec training, ModelLayout model)
    {
        if (training.LocalEpochs is not null)
            throw new ArgumentException("normalization.training is `exact`, which needs training.localSteps in place of localEpochs: all clients take each step together", nameof(training));
        var layers = Layers(model);
        var steps = Workload.LocalSteps(training);
        return Enumerable.Range(1, steps).SelectMany(step => layers.Select(l => new StepExchange(step, l, false)).Concat(layers.Reverse().Select(l => new StepExchange(step, l, true))));
    }
}
