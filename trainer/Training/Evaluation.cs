using FedOperator.Core.Api;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Models;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Training;

/// <summary>Forward passes in evaluation mode.</summary>
internal static class Evaluation
{
    /// <summary>Samples a forward pass.</summary>
    public const int BatchSize = 256;

    /// <summary>Sums over samples of a split.</summary>
    /// <param name="network">Left in evaluation mode.</param>
    /// <param name="samples">The split.</param>
    /// <param name="batches">Which of its samples, forward pass by forward pass.</param>
    /// <param name="precision">The network's.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    public static Score Run(Network network, Samples samples, IEnumerable<ReadOnlyMemory<int>> batches, Precision precision, CancellationToken cancellationToken)
    {
        network.eval();
        return Forward(network, samples, batches, precision, cancellationToken);
    }

    /// <summary>The same in whatever mode the network is.</summary>
    public static Score Forward(Network network, Samples samples, IEnumerable<ReadOnlyMemory<int>> batches, Precision precision, CancellationToken cancellationToken)
    {
        using var nothing = no_grad();
        var score = default(Score);
        foreach (var indices in batches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var batch = Batch.Of(samples, indices.Span, precision, network.Device);
            var logits = network.call(batch.Images);
            score += Score.Of(logits, nn.functional.cross_entropy(logits, batch.Labels), batch.Labels);
        }
        return score;
    }
}
