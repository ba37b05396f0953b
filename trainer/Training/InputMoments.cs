using FedOperator.Core.Ledger;
using FedOperator.Trainer.Normalization;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Training;

/// <summary>Moments of BatchNorm layers' inputs, gathered with the weights standing still.</summary>
internal static class InputMoments
{
    /// <summary>Gathers them.</summary>
    /// <param name="model">Whose; only as much of it runs as the layers need.</param>
    /// <param name="layers">Paths of BatchNorm layers.</param>
    /// <param name="normalizing">What all layers normalize with meanwhile: their running statistics, or each mini-batch's own.</param>
    /// <param name="images">Mini-batches of (N, C, H, W) normalized images.</param>
    /// <param name="cancellationToken">Looked at between mini-batches.</param>
    /// <returns>As <see cref="UpdateLayout.Statistics"/> has them; the layers' <see cref="FederatedBatchNorm.Round"/> has them too.</returns>
    /// <exception cref="ArgumentException">The model has no such layer.</exception>
    public static IReadOnlyList<TensorContent> Gather(ClientModel model, IReadOnlyList<string> layers, EvaluationStatistics normalizing, IEnumerable<Tensor> images, CancellationToken cancellationToken)
    {
        var observed = layers.Select(path => (Path: path, Layer: model.BatchNorm(path))).ToList();
        var units = model.Network.Units.Select((unit, i) => layers.Any(unit.Owns) ? i + 1 : 0).Max();
        model.BeginRound();
        model.Network.eval();
        using var evaluating = model.Evaluating(normalizing);
        foreach (var (_, layer) in observed)
            layer.ObservesEvaluation = true;
        try
        {
            using var nothing = no_grad();
            foreach (var batch in images)
            {
                cancellationToken.ThrowIfCancellationRequested();
                model.Network.Forward(batch, units).Dispose();
            }
            return [.. observed.SelectMany(l => Contents(l.Path, (l.Layer.Round.Moments.Count, l.Layer.Round.Moments.Mean, l.Layer.Round.Moments.M2)))];
        }
        finally
        {
            foreach (var (_, layer) in observed)
                layer.ObservesEvaluation = false;
        }
    }

    /// <summary>A layer's moments as an update has them.</summary>
    public static IEnumerable<TensorContent> Contents(string path, (long Count, double[] Mean, double[] M2) moments)
    {
        yield return TensorContent.Of(UpdateLayout.Count(path), [moments.Count]);
        yield return TensorContent.Of(UpdateLayout.Mean(path), moments.Mean, moments.Mean.Length);
        yield return TensorContent.Of(UpdateLayout.M2(path), moments.M2, moments.M2.Length);
    }
}
