using FedOperator.Core.Api;
using FedOperator.Trainer.Normalization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Models;

/// <summary>Two hidden layers of `width` units. Units for personalization: fc, fc2, fc1.</summary>
internal sealed class Mlp : Network
{
    private readonly Linear fc1;
    private readonly nn.Module<Tensor, Tensor>? bn1;
    private readonly Linear fc2;
    private readonly nn.Module<Tensor, Tensor>? bn2;
    private readonly Linear fc;

    public Mlp(ModelSpec model, NormalizationFactory norms)
        : base(nameof(Mlp))
    {
        var w = model.Channels();
        var inputs = model.InputShape.Aggregate(1, (product, size) => product * size);
        fc1 = nn.Linear(inputs, w, norms.NeedsBias, null, norms.DType);
        bn1 = norms.Create(w);
        fc2 = nn.Linear(w, w, norms.NeedsBias, null, norms.DType);
        bn2 = norms.Create(w);
        fc = nn.Linear(w, model.Classes, true, null, norms.DType);
        RegisterComponents();
        Units =
        [
            new Unit(["fc1", "bn1"], x => Normalize(bn1, fc1.call(x.flatten(1))).relu_()), // (N, C, H, W) -> (N, CHW) -> (N, width)
            new Unit(["fc2", "bn2"], x => Normalize(bn2, fc2.call(x)).relu_()), // (N, width)
            new Unit(["fc"], x => fc.call(x)), // (N, classes)
        ];
    }
}
