using FedOperator.Core.Api;
using FedOperator.Trainer.Normalization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Models;

/// <summary>CIFAR ResNet (arXiv 1512.03385, section 4.2) with three stages of w, 2w and 4w channels: 1 basic block a stage is resnet8, 3 are resnet20. Units for personalization: fc, the blocks from the last one back, the stem.</summary>
internal sealed class ResNet : Network
{
    private readonly Conv2d conv1;
    private readonly nn.Module<Tensor, Tensor>? bn1;
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Linear fc;

    public ResNet(ModelSpec model, NormalizationFactory norms, int blocksPerStage)
        : base(nameof(ResNet))
    {
        var w = model.Width;
        var units = new List<Unit>();
        conv1 = Convolutions.Conv3x3(model.InputShape[0], w, 1, norms);
        bn1 = norms.Create(w);
        units.Add(new Unit(["conv1", "bn1"], x => Normalize(bn1, conv1.call(x)).relu_())); // (N, C, H, W) -> (N, w, H, W)
        layer1 = Stage("layer1", w, w, 1, blocksPerStage, norms, units); // (N, w, H, W)
        layer2 = Stage("layer2", w, 2 * w, 2, blocksPerStage, norms, units); // (N, 2w, H/2, W/2), sizes rounded up
        layer3 = Stage("layer3", 2 * w, 4 * w, 2, blocksPerStage, norms, units); // (N, 4w, H/4, W/4)
        fc = nn.Linear(4 * w, model.Classes, true, null, norms.DType);
        units.Add(new Unit(["fc"], x => fc.call(Convolutions.ChannelMeans(x)))); // (N, 4w) -> (N, classes)
        RegisterComponents();
        Units = units;
    }

    private static Sequential Stage(string name, int inputs, int outputs, int stride, int count, NormalizationFactory norms, List<Unit> units)
    {
        var blocks = new (string, nn.Module<Tensor, Tensor>)[count];
        for (var i = 0; i < count; i++)
        {
            var block = new BasicBlock(i == 0 ? inputs : outputs, outputs, i == 0 ? stride : 1, norms);
            blocks[i] = ($"{i}", block);
            units.Add(new Unit([$"{name}.{i}"], block.call));
        }
        return nn.Sequential(blocks);
    }
}
