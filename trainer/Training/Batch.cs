using System.Runtime.InteropServices;
using FedOperator.Core.Api;
using FedOperator.Trainer.Data;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Training;

/// <summary>Some samples as tensors of the current dispose scope, on a device (by default in main memory).</summary>
/// <param name="Images">(N, C, H, W), normalized.</param>
/// <param name="Labels">(N) int64.</param>
internal readonly record struct Batch(Tensor Images, Tensor Labels)
{
    /// <summary>Gathers a batch of a train round, augmentation included.</summary>
    public static Batch Of(Samples samples, RoundBatch batch, Precision precision, Device? device = null) => Of(samples, batch.Span, precision, device, batch.Changes());

    /// <summary>Gathers samples as they are; with <paramref name="changes"/>, one for each, as augmentation makes them.</summary>
    public static Batch Of(Samples samples, ReadOnlySpan<int> indices, Precision precision, Device? device = null, ReadOnlySpan<ImageChange> changes = default)
    {
        var shape = samples.ImageShape;
        var images = empty([indices.Length, shape[0], shape[1], shape[2]], precision == Precision.Float64 ? ScalarType.Float64 : ScalarType.Float32);
        if (precision == Precision.Float64)
            samples.Normalize(indices, MemoryMarshal.Cast<byte, double>(images.bytes), changes);
        else
            samples.Normalize(indices, MemoryMarshal.Cast<byte, float>(images.bytes), changes);
        var labels = empty([indices.Length], ScalarType.Int64);
        var classes = MemoryMarshal.Cast<byte, long>(labels.bytes);
        for (var i = 0; i < indices.Length; i++)
            classes[i] = samples.Labels[indices[i]];
        return device is null ? new Batch(images, labels) : new Batch(images.to(device), labels.to(device));
    }
}

/// <summary>Sums over samples, so that those of clients add up.</summary>
/// <param name="Samples">How many.</param>
/// <param name="LossSum">Sum of the samples' cross entropies.</param>
/// <param name="Correct">How many have their largest logit at their label.</param>
public readonly record struct Score(long Samples, double LossSum, long Correct)
{
    /// <summary>Both.</summary>
    public static Score operator +(Score a, Score b) => new(a.Samples + b.Samples, a.LossSum + b.LossSum, a.Correct + b.Correct);

    // logits: (N, classes); loss: mean over N
    internal static Score Of(Tensor logits, Tensor loss, Tensor labels)
    {
        var values = TensorContent.Doubles(logits);
        var classes = TensorContent.Integers(labels);
        var width = values.Length / classes.Length;
        var correct = 0;
        for (var i = 0; i < classes.Length; i++)
        {
            var row = values.AsSpan(i * width, width);
            var best = 0;
            for (var c = 1; c < width; c++)
                if (row[c] > row[best])
                    best = c;
            correct += best == classes[i] ? 1 : 0;
        }
        return new Score(classes.Length, TensorContent.Doubles(loss)[0] * classes.Length, correct);
    }
}
