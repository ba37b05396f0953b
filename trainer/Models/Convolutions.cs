using FedOperator.Trainer.Normalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Models;

/// <summary>Shapes of convolution that the networks share.</summary>
internal static class Convolutions
{
    /// <summary>3x3, padding 1: keeps height and width at stride 1, halves them (rounded up) at stride 2.</summary>
    public static Conv2d Conv3x3(int inputs, int outputs, int stride, NormalizationFactory norms) => Square(inputs, outputs, 3, stride, norms);

    /// <summary>1x1.</summary>
    public static Conv2d Conv1x1(int inputs, int outputs, int stride, NormalizationFactory norms) => Square(inputs, outputs, 1, stride, norms);

    /// <summary>(N, C, H, W) -> (N, C).</summary>
    public static Tensor ChannelMeans(Tensor x) => nn.functional.adaptive_avg_pool2d(x, 1).flatten(1); // (N, C, 1, 1) -> (N, C)

    private static Conv2d Square(int inputs, int outputs, int size, int stride, NormalizationFactory norms) =>
        nn.Conv2d(inputs, outputs, size, stride, size / 2, 1, PaddingModes.Zeros, 1, norms.NeedsBias, null, norms.DType);
}
