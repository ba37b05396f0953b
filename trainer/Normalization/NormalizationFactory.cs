using FedOperator.Core.Api;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Normalization;

/// <summary>Builds the normalization layers that a plan asks for.</summary>
/// <param name="spec">The plan's.</param>
/// <param name="dtype">Of the layers' tensors.</param>
public sealed class NormalizationFactory(NormalizationSpec spec, ScalarType dtype)
{
    /// <summary>Type of the whole network's floating-point tensors.</summary>
    public ScalarType DType => dtype;

    /// <summary>Whether the layer before needs a bias of its own: only where nothing follows that shifts.</summary>
    public bool NeedsBias => spec.Layer == NormalizationLayer.None;

    /// <summary>A layer over (N, C) or (N, C, H, W); null for `none`.</summary>
    /// <exception cref="ArgumentException">`group` with channels that its groups do not divide.</exception>
    public nn.Module<Tensor, Tensor>? Create(int channels) => spec.Layer switch
    {
        NormalizationLayer.Batch => new FederatedBatchNorm(channels, spec, dtype),
        NormalizationLayer.Group => channels % spec.Groups == 0
            ? nn.GroupNorm(spec.Groups, channels, 1e-5, true, null, dtype)
            : throw new ArgumentException($"normalization.groups is {spec.Groups}, which does not divide the {channels} channels of a layer: choose a divisor of model.width", nameof(channels)),
        _ => null,
    };
}
