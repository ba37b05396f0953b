using FedOperator.Core.Api;
using FedOperator.Trainer.Normalization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Models;

/// <summary>MobileNet-v1 (arXiv 1704.04861, table 1) for small images: a 3x3 stem of w channels, 13 depthwise-separable blocks, and a classifier over channel means. w is 32 times the paper's width multiplier. Units for personalization: fc, the blocks from the last one back, the stem.</summary>
/// <remarks>
/// The paper's strides make 7 x 7 of an image of 224 x 224. Kept are those of blocks 1, 3, 5 and 11; the stem's is 1, so that 2 x 2 and not one pixel is left of 32 x 32 (and of 28 x 28).
/// Activations are channels last in memory, from the stem on.
/// The last block has stride 1: the table's "s2" there is a misprint, as the shapes in it show.
/// </remarks>
internal sealed class MobileNetV1 : Network
{
    // Outputs of each block, in multiples of w, and the stride of its depthwise convolution.
    private static readonly (int Outputs, int Stride)[] s_blocks =
        [(2, 1), (4, 2), (4, 1), (8, 2), (8, 1), (16, 2), (16, 1), (16, 1), (16, 1), (16, 1), (16, 1), (32, 2), (32, 1)];

    private readonly Conv2d conv1;
    private readonly nn.Module<Tensor, Tensor>? bn1;
    private readonly Sequential blocks;
    private readonly Linear fc;

    public MobileNetV1(ModelSpec model, NormalizationFactory norms)
        : base(nameof(MobileNetV1))
    {
        var w = model.Channels();
        var units = new List<Unit>();
        conv1 = Convolutions.ChannelsLast(Convolutions.Conv3x3(model.InputShape[0], w, 1, norms));
        bn1 = norms.Create(w);
        units.Add(new Unit(["conv1", "bn1"], x => Normalize(bn1, conv1.call(x)).relu_())); // (N, C, H, W) -> (N, w, H, W)
        var inputs = w;
        var separable = new (string, nn.Module<Tensor, Tensor>)[s_blocks.Length];
        for (var i = 0; i < s_blocks.Length; i++)
        {
            var block = new Separable(inputs, s_blocks[i].Outputs * w, s_blocks[i].Stride, norms);
            separable[i] = ($"{i}", block);
            units.Add(new Unit([$"blocks.{i}"], block.call)); // to (N, 32w, H/16, W/16) after the last, sizes rounded up
            inputs = s_blocks[i].Outputs * w;
        }
        blocks = nn.Sequential(separable);
        fc = nn.Linear(inputs, model.Classes, true, null, norms.DType);
        units.Add(new Unit(["fc"], x => fc.call(Convolutions.ChannelMeans(x)))); // (N, 32w) -> (N, classes)
        RegisterComponents();
        Units = units;
    }

    /// <summary>A 3x3 convolution of each channel by itself, and a 1x1 convolution over all of them.</summary>
    private sealed class Separable : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d depthwise;
        private readonly nn.Module<Tensor, Tensor>? bn1;
        private readonly Conv2d pointwise;
        private readonly nn.Module<Tensor, Tensor>? bn2;

        public Separable(int inputs, int outputs, int stride, NormalizationFactory norms)
            : base(nameof(Separable))
        {
            depthwise = Convolutions.ChannelsLast(Convolutions.Depthwise3x3(inputs, stride, norms));
            bn1 = norms.Create(inputs);
            pointwise = Convolutions.Conv1x1(inputs, outputs, 1, norms);
            bn2 = norms.Create(outputs);
            RegisterComponents();
        }

        // (N, inputs, H, W) -> (N, outputs, H/stride, W/stride)
        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            var y = Normalize(bn1, depthwise.call(x)).relu_();
            return Normalize(bn2, pointwise.call(y)).relu_().MoveToOuterDisposeScope();
        }
    }
}
