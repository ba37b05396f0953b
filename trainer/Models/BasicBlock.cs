using FedOperator.Trainer.Normalization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Models;

/// <summary>Two 3x3 convolutions beside a shortcut (arXiv 1512.03385, section 3), with torchvision's names.</summary>
internal sealed class BasicBlock : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv1;
    private readonly nn.Module<Tensor, Tensor>? bn1;
    private readonly Conv2d conv2;
    private readonly nn.Module<Tensor, Tensor>? bn2;
    private readonly Sequential? downsample;
    // The shortcut sees every so many pixels, in both directions.
    private readonly int _subsampling = 1;

    public BasicBlock(int inputs, int outputs, int stride, NormalizationFactory norms)
        : base(nameof(BasicBlock))
    {
        conv1 = Convolutions.ChannelsLast(Convolutions.Conv3x3(inputs, outputs, stride, norms));
        bn1 = norms.Create(outputs);
        conv2 = Convolutions.ChannelsLast(Convolutions.Conv3x3(outputs, outputs, 1, norms));
        bn2 = norms.Create(outputs);
        if (stride != 1 && inputs < Convolutions.StridedInputs)
            _subsampling = stride;
        if (stride != 1 || inputs != outputs)
            downsample = Downsample(inputs, outputs, stride / _subsampling, norms);
        RegisterComponents();
    }

    // (N, inputs, H, W) -> (N, outputs, H/stride, W/stride)
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = conv1.call(x);
        y = (bn1 is null ? y : bn1.call(y)).relu_();
        y = conv2.call(y);
        y = bn2 is null ? y : bn2.call(y);
        var shortcut = downsample is null ? x : downsample.call(_subsampling == 1 ? x : nn.functional.avg_pool2d(x, 1, _subsampling));
        return y.add_(shortcut).relu_().MoveToOuterDisposeScope();
    }

    private static Sequential Downsample(int inputs, int outputs, int stride, NormalizationFactory norms)
    {
        var conv = Convolutions.Conv1x1(inputs, outputs, stride, norms);
        return norms.Create(outputs) is { } norm ? nn.Sequential(("0", conv), ("1", norm)) : nn.Sequential(("0", conv));
    }
}
