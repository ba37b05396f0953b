using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Normalization;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Training;

/// <summary>Running statistics of the BatchNorm layers that stay with a client: the client does for them what the aggregator does for shared ones.</summary>
/// <param name="plan">The job's.</param>
/// <param name="model">The client's.</param>
internal sealed class PersonalStatistics(Plan plan, ClientModel model)
{
    /// <summary>Paths of the layers whose statistics stay with this client, in the order of the forward pass.</summary>
    public IReadOnlyList<string> Layers { get; } =
        [.. model.Layout.NormalizationLayers.Where(layer => !model.Layout.Tensors.Any(t => t.Layer == layer && t.Role == TensorRole.BnStatistic && t.Placement == TensorPlacement.Shared))];

    /// <summary>Whether they no longer are those of before round 1.</summary>
    public bool AreSet { get; set; }

    /// <summary>Whether there are some, and they still are those of before round 1.</summary>
    public bool AreFirst => !AreSet && Layers.Count > 0;

    /// <summary>Whether they still are those of before round 1, and training does not set them by itself: the shared ones' come from the bootstrap rounds. Frozen ones never move, whatever `training` is, and a head phase runs over layers that stand still.</summary>
    public bool HaveToBeSet => Layers.Any(HasToBeSet);

    /// <summary>Whether some of these layers see what personal ones make.</summary>
    public bool AreBefore(IReadOnlyList<string> layers) => Before(layers).Any();

    /// <summary>Whether some of these layers see what personal ones make whose statistics still have to be set.</summary>
    public bool HaveToBeSetBefore(IReadOnlyList<string> layers) => Before(layers).Any(HasToBeSet);

    /// <summary>Sets them from this client's own samples: with `pooled` layer by layer, as the bootstrap round does for shared ones; with `batch` all at once, every layer normalizing with its mini-batch's own.</summary>
    /// <param name="forward">Which of the two.</param>
    /// <param name="images">The same mini-batches each time.</param>
    /// <param name="cancellationToken">Looked at between mini-batches.</param>
    public void Set(PreciseForward forward, Func<IEnumerable<Tensor>> images, CancellationToken cancellationToken)
    {
        foreach (var layers in forward == PreciseForward.Batch ? [Layers] : Layers.Select(layer => (IReadOnlyList<string>)[layer]))
        {
            InputMoments.Gather(model, layers, forward == PreciseForward.Batch ? EvaluationStatistics.MiniBatch : EvaluationStatistics.Running, images(), cancellationToken);
            foreach (var layer in layers.Select(model.BatchNorm))
            {
                RunningStatistics.Move(layer.running_mean, layer.Round.Moments.Mean, 1);
                RunningStatistics.Move(layer.running_var, layer.Round.Moments.Variance(), 1);
            }
        }
        AreSet = true;
    }

    /// <summary>At the end of a round, or of its part in which some units were trained: moves them towards what the layers saw. With `local` the layers have moved their own, and frozen ones stay.</summary>
    public void Close()
    {
        AreSet = true;
        foreach (var layer in Layers.Select(model.BatchNorm).Where(layer => !layer.IsLocal && !layer.Frozen))
        {
            var m = plan.Normalization.Momentum();
            RunningStatistics.Move(layer.running_mean, layer.Round.Moments.Mean, m);
            RunningStatistics.Move(layer.running_var, layer.Round.Moments.Variance(), m);
            if (layer.gradient_mean is null)
                continue;
            RunningStatistics.Move(layer.gradient_mean, layer.Round.GradientMean, m);
            RunningStatistics.Move(layer.gradient_product!, layer.Round.GradientProduct, m);
        }
    }

    private IEnumerable<string> Before(IReadOnlyList<string> layers)
    {
        var all = model.Layout.NormalizationLayers;
        var last = all.Index().LastOrDefault(l => layers.Contains(l.Item, StringComparer.Ordinal)).Index;
        return all.Take(last).Intersect(Layers, StringComparer.Ordinal);
    }

    private bool HasToBeSet(string layer) => !AreSet && (model.Frozen || plan.Personalization.HasHeadPhase() || !model.BatchNorm(layer).IsLocal);
}
