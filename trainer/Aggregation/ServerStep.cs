using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using FedOperator.Core.Api;
using FedOperator.Core.Tensors;

namespace FedOperator.Trainer.Aggregation;

/// <summary>From the mean of a chunk to its new values: clipping and the server optimizer, in fp64, each value rounded once at the end.</summary>
/// <remarks>
/// update = scale (mean - base), scale = min(1, clipNorm / norm); v = momentum v + update; new = base + learningRate v: PyTorch's SGD with the averaged update as its negative gradient
/// (torch.optim.SGD, dampening 0; "server momentum" of arXiv 1909.06335). With learning rate 1, no momentum and no clipping in effect, new = mean itself.
/// </remarks>
internal sealed class ServerStep(ServerSpec server, double scale)
{
    /// <summary>True where the new values are the mean: no base is needed.</summary>
    public bool IsMean { get; } = scale == 1 && server.LearningRate == 1 && server.Momentum == 0;

    /// <summary>True where the optimizer has a state.</summary>
    public bool HasVelocity => server.Momentum != 0;

    /// <summary>The factor that keeps an update of that norm within the bound.</summary>
    public static double Scale(double? clipNorm, double norm) => clipNorm is { } bound && norm > bound ? bound / norm : 1;

    /// <summary>Sum of squares of mean - base over a chunk, always in the same order.</summary>
    public static double SumOfSquares(ReadOnlySpan<double> mean, ReadOnlySpan<double> start)
    {
        ref var a = ref MemoryMarshal.GetReference(mean);
        ref var b = ref MemoryMarshal.GetReference(start[..mean.Length]);
        var sums = Vector512<double>.Zero;
        var i = 0;
        for (; i <= mean.Length - 8; i += 8)
        {
            var update = Vector512.LoadUnsafe(ref a, (nuint)i) - Vector512.LoadUnsafe(ref b, (nuint)i);
            sums = Vector512.FusedMultiplyAdd(update, update, sums);
        }
        var total = 0.0;
        for (var lane = 0; lane < 8; lane++)
            total += sums[lane];
        for (; i < mean.Length; i++)
            total = Math.FusedMultiplyAdd(mean[i] - start[i], mean[i] - start[i], total);
        return total;
    }

    /// <summary>Replaces the means by the new values, and the velocity by the next.</summary>
    /// <param name="values">In: means; out: new values.</param>
    /// <param name="start">The base's values.</param>
    /// <param name="velocity">The state; all zero before the first round.</param>
    public void Apply(Span<double> values, ReadOnlySpan<double> start, Span<double> velocity)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var update = scale * (values[i] - start[i]);
            if (HasVelocity)
                velocity[i] = update = (server.Momentum * velocity[i]) + update;
            values[i] = start[i] + (server.LearningRate * update);
        }
    }

    /// <summary>Refuses a result that the checkpoint could not hold.</summary>
    /// <exception cref="ArithmeticException">NaN or infinity: the server's learning rate or momentum diverges.</exception>
    public static void ThrowIfNonFinite(string tensor, DType type, ReadOnlySpan<byte> result)
    {
        if (Elements.AnyNonFinite(type, result))
            throw new ArithmeticException($"tensor '{tensor}' would become NaN or infinite: the server optimizer diverges; lower aggregation.server.learningRate or momentum, or set aggregation.clipNorm");
    }
}
