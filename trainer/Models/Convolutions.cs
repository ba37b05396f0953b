using FedOperator.Trainer.Normalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Models;

/// <summary>Shapes of convolution that the networks share.</summary>
internal static class Convolutions
{
    /// <summary>From how many inputs on a 1x1 convolution may have a stride over activations that are channels last. Of fewer than a vector register holds (8 with AVX2, 16 with AVX-512), oneDNN's gradient of the weight is wrong, and is written past the end of its memory
    /// (uxlfoundation/oneDNN issue 6035, seen with 2.6.3 on AVX2). One of stride 1 over every second pixel in each direction is the same, and is right.</summary>
    public const int StridedInputs = 16;

    /// <summary>3x3, padding 1: keeps height and width at stride 1, halves them (rounded up) at stride 2.</summary>
    public static Conv2d Conv3x3(int inputs, int outputs, int stride, NormalizationFactory norms) => Square(inputs, outputs, 3, stride, norms);

    /// <summary>1x1.</summary>
    public static Conv2d Conv1x1(int inputs, int outputs, int stride, NormalizationFactory norms) => Square(inputs, outputs, 1, stride, norms);

    /// <summary>3x3, padding 1, each channel by itself: as many groups as channels.</summary>
    public static Conv2d Depthwise3x3(int channels, int stride, NormalizationFactory norms) => Square(channels, channels, 3, stride, norms, groups: channels);

    /// <summary>(N, C, H, W) -> (N, C).</summary>
    public static Tensor ChannelMeans(Tensor x) => nn.functional.adaptive_avg_pool2d(x, 1).flatten(1); // (N, C, 1, 1) -> (N, C)

    /// <summary>Lays a convolution's weight out as (N, H, W, C), its shape as ever: its output, and so what follows it, is channels last in memory.</summary>
    /// <remarks>oneDNN then has no activation to reorder around each convolution. That is where a depthwise one, which computes little, spends its time.</remarks>
    public static Conv2d ChannelsLast(Conv2d convolution)
    {
        using var nothing = no_grad();
        using var scope = NewDisposeScope();
        convolution.weight = new Parameter(convolution.weight.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2));
        return convolution;
    }

    private static Conv2d Square(int inputs, int outputs, int size, int stride, NormalizationFactory norms, int groups = 1) =>
        nn.Conv2d(inputs, outputs, size, stride, size / 2, 1, PaddingModes.Zeros, groups, norms.NeedsBias, null, norms.DType);
}
