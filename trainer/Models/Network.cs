using FedOperator.Core.Api;
using FedOperator.Trainer.Normalization;
using TorchSharp;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Models;

/// <summary>A classifier as a chain of units: the pieces that personalization keeps or shares, and that a statistics round stops behind.</summary>
/// <param name="name">For messages.</param>
public abstract class Network(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>The units in the order of the forward pass; the last is the classifier, `fc`.</summary>
    public IReadOnlyList<Unit> Units { get; private protected set; } = [];

    /// <summary>Where its tensors lie, and its inputs have to.</summary>
    public Device Device { get; private set; } = CPU;

    /// <summary>Builds the network of a plan, with whatever weights libtorch draws; <see cref="Training.Initialization"/> draws them from the seed.</summary>
    public static Network Create(ModelSpec model, NormalizationSpec normalization, Precision precision)
    {
        var norms = new NormalizationFactory(normalization, precision == Precision.Float64 ? ScalarType.Float64 : ScalarType.Float32);
        return model.Architecture switch
        {
            Architecture.Mlp => new Mlp(model, norms),
            Architecture.Cnn => new Cnn(model, norms),
            Architecture.Resnet8 => new ResNet(model, norms, [1, 1, 1]),
            Architecture.Resnet20 => new ResNet(model, norms, [3, 3, 3]),
            Architecture.Resnet34 => new ResNet(model, norms, [3, 4, 6, 3]),
            Architecture.MobilenetV1 => new MobileNetV1(model, norms),
            _ => throw new ArgumentException($"model.architecture {model.Architecture} is unknown", nameof(model)),
        };
    }

    /// <summary>Moves all its tensors. Parameters are others from then on.</summary>
    public void MoveTo(Device device)
    {
        this.to(device);
        Device = device;
    }

    /// <summary>Logits.</summary>
    /// <param name="x">(N, C, H, W) normalized images.</param>
    /// <returns>(N, classes)</returns>
    public override Tensor forward(Tensor x) => Forward(x, Units.Count);

    /// <summary>Runs the first units only.</summary>
    /// <param name="x">(N, C, H, W) normalized images.</param>
    /// <param name="units">How many.</param>
    public Tensor Forward(Tensor x, int units) => Forward(x, ..units);

    /// <summary>Runs some units only.</summary>
    /// <param name="x">What goes into the first of them.</param>
    /// <param name="units">Which, one after the other.</param>
    public Tensor Forward(Tensor x, Range units)
    {
        var y = x;
        foreach (var unit in Units.Take(units))
        {
            // What a unit makes on the way is released with it: in training the graph holds what the backward pass needs, and frees it as it goes.
            using var scope = NewDisposeScope();
            var before = y;
            y = unit.Forward(before).MoveToOuterDisposeScope();
            if (!ReferenceEquals(before, x))
                before.Dispose();
        }
        return y;
    }

    private protected static Tensor Normalize(nn.Module<Tensor, Tensor>? norm, Tensor x) => norm is null ? x : norm.call(x);
}

/// <summary>A piece of a network.</summary>
/// <param name="Modules">Paths of the modules it owns (`conv1`, `layer2.0`): their tensors are its tensors.</param>
/// <param name="Forward">From its input to its output.</param>
public sealed record Unit(IReadOnlyList<string> Modules, Func<Tensor, Tensor> Forward)
{
    /// <summary>Whether a module, by its path, belongs to this unit.</summary>
    public bool Owns(string layer) => Modules.Any(module => layer == module || layer.StartsWith(module + ".", StringComparison.Ordinal));
}
