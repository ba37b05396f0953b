using FedOperator.Core.Api;
using FedOperator.Trainer.Normalization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Models;

/// <summary>ResNets of basic blocks for small images, with torchvision's names: a 3x3 stem of stride 1 and no max pooling, then three or four stages of w, 2w, 4w (and 8w) channels. Units for personalization: fc, the blocks from the last one back, the stem.</summary>
/// <remarks>
/// Three stages are the CIFAR ResNet (arXiv 1512.03385, section 4.2): of 1 block each resnet8, of 3 resnet20. Four stages of 3, 4, 6 and 3 blocks are ResNet-34 (ibid., table 1), whose 7x7 stem of stride 2 and pooling
/// would leave 8 x 8 of an image of 32 x 32 before the first block: but for conv1 (and fc, by the number of classes) all its tensors are torchvision's.
/// Activations are channels last in memory, from the stem on: that gave about 1.15 times the images a second (resnet34), and 1.25 times (resnet20).
/// The shortcuts' 1x1 convolutions have the stride of their block, or stride 1 over the pixels that it keeps, where inputs are few: see <see cref="Convolutions.StridedInputs"/>.
/// </remarks>
internal sealed class ResNet : Network
{
    private readonly Conv2d conv1;
    private readonly nn.Module<Tensor, Tensor>? bn1;
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Sequential? layer4;
    private readonly Linear fc;

    public ResNet(ModelSpec model, NormalizationFactory norms, IReadOnlyList<int> blocks)
        : base(nameof(ResNet))
    {
        var w = model.Channels();
        var units = new List<Unit>();
        conv1 = Convolutions.ChannelsLast(Convolutions.Conv3x3(model.InputShape[0], w, 1, norms));
        bn1 = norms.Create(w);
        units.Add(new Unit(["conv1", "bn1"], x => Normalize(bn1, conv1.call(x)).relu_())); // (N, C, H, W) -> (N, w, H, W)
        layer1 = Stage("layer1", w, w, 1, blocks[0], norms, units); // (N, w, H, W)
        layer2 = Stage("layer2", w, 2 * w, 2, blocks[1], norms, units); // (N, 2w, H/2, W/2), sizes rounded up
        layer3 = Stage("layer3", 2 * w, 4 * w, 2, blocks[2], norms, units); // (N, 4w, H/4, W/4)
        if (blocks.Count == 4)
            layer4 = Stage("layer4", 4 * w, 8 * w, 2, blocks[3], norms, units); // (N, 8w, H/8, W/8)
        fc = nn.Linear(layer4 is null ? 4 * w : 8 * w, model.Classes, true, null, norms.DType);
        units.Add(new Unit(["fc"], x => fc.call(Convolutions.ChannelMeans(x)))); // (N, 4w or 8w) -> (N, classes)
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
