using TorchSharp;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Normalization;

/// <summary>The identity, whose backward pass adds slope x + offset per channel: what normalizing with shared gradient statistics subtracts.</summary>
/// <remarks>
/// Batch BN's backward is dx = r (dy - mean(dy) - y mean(dy y)), r = 1 / sqrt(var + eps). With the shared running means in place of the batch's own, dx = r (dy - g / n - y p / n), n the batch's samples,
/// since the loss is a mean over them. y = (x - mu) r makes that r dy + slope x + offset, slope = -r^2 p / n, offset = -r g / n - slope mu, so libtorch's own kernel does the rest.
/// </remarks>
internal sealed class GradientCorrection : autograd.SingleTensorFunction<GradientCorrection>
{
    private static readonly Scalar s_one = 1;

    /// <inheritdoc/>
    public override string Name => nameof(GradientCorrection);

    /// <summary>Puts the correction under <paramref name="x"/>.</summary>
    /// <param name="x">Input of the layer, (N, C) or (N, C, H, W).</param>
    /// <param name="terms">Slope and offset, both (C).</param>
    public static Tensor Apply(Tensor x, CorrectionTerms terms)
    {
        long[] shape = x.ndim == 4 ? [1, -1, 1, 1] : [1, -1];
        return apply(x, terms.Slope.view(shape), terms.Offset.view(shape));
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var x = (Tensor)vars[0];
        ctx.save_for_backward([x, (Tensor)vars[1], (Tensor)vars[2]]);
        return x.alias();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        var gradient = grad_output.addcmul(saved[0], saved[1], s_one).add_(saved[2]);
        return [gradient.MoveToOuterDisposeScope(), null!, null!];
    }
}

/// <summary>What <see cref="GradientCorrection"/> adds, per channel, for one batch size.</summary>
/// <param name="Samples">n.</param>
/// <param name="Slope">(C)</param>
/// <param name="Offset">(C)</param>
internal sealed record CorrectionTerms(long Samples, Tensor Slope, Tensor Offset);
