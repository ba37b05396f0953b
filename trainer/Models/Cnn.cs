using FedOperator.Core.Api;
using FedOperator.Trainer.Normalization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Models;

/// <summary>Three strided 3x3 convolutions, to w, 2w and 4w channels, and a classifier over their means. Units for personalization: fc, conv3, conv2, conv1.</summary>
internal sealed class Cnn : Network
{
    private readonly Conv2d conv1;
    private readonly nn.Module<Tensor, Tensor>? bn1;
    private readonly Conv2d conv2;
    private readonly nn.Module<Tensor, Tensor>? bn2;
    private readonly Conv2d conv3;
    private readonly nn.Module<Tensor, Tensor>? bn3;
    private readonly Linear fc;

    public Cnn(ModelSpec model, NormalizationFactory norms)
        : base(nameof(Cnn))
    {
        var w = model.Channels();
        conv1 = Convolutions.Conv3x3(model.InputShape[0], w, 2, norms);
        bn1 = norms.Create(w);
        conv2 = Convolutions.Conv3x3(w, 2 * w, 2, norms);
        bn2 = norms.Create(2 * w);
        conv3 = Convolutions.Conv3x3(2 * w, 4 * w, 2, norms);
        bn3 = norms.Create(4 * w);
        fc = nn.Linear(4 * w, model.Classes, true, null, norms.DType);
        RegisterComponents();
        Units =
        [
            new Unit(["conv1", "bn1"], x => Normalize(bn1, conv1.call(x)).relu_()), // (N, C, H, W) -> (N, w, H/2, W/2), sizes rounded up
            new Unit(["conv2", "bn2"], x => Normalize(bn2, conv2.call(x)).relu_()), // (N, 2w, H/4, W/4)
            new Unit(["conv3", "bn3"], x => Normalize(bn3, conv3.call(x)).relu_()), // (N, 4w, H/8, W/8)
            new Unit(["fc"], x => fc.call(Convolutions.ChannelMeans(x))), // (N, 4w) -> (N, classes)
        ];
    }
}
