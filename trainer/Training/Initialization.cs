using FedOperator.Core.Ledger;
using FedOperator.Trainer.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Training;

/// <summary>The network before the first round: a function of (plan, seed) alone, and the one that PyTorch's defaults give after `torch.manual_seed(seed)`.</summary>
public static class Initialization
{
    /// <summary>Builds the network of a plan and draws its weights.</summary>
    public static Network Create(Plan plan)
    {
        var network = Network.Create(plan.Model, plan.Normalization, plan.Training.Precision);
        Draw(network, plan.Seed);
        return network;
    }

    /// <summary>model.json and the tensors of checkpoint 0: the shared ones, in the layout's order.</summary>
    public static (ModelLayout Layout, IReadOnlyList<TensorContent> Checkpoint) Describe(Plan plan)
    {
        using var network = Create(plan);
        var layout = ModelLayouts.Describe(network, plan);
        return (layout, Contents(network, layout, TensorPlacement.Shared));
    }

    /// <summary>The network's tensors of one placement, in the layout's order.</summary>
    internal static IReadOnlyList<TensorContent> Contents(Network network, ModelLayout layout, TensorPlacement placement)
    {
        var names = layout.Tensors.Where(t => t.Placement == placement).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        return [.. ModuleTree.Tensors(network).Where(t => names.Contains(t.Name)).Select(t => TensorContent.Of(t.Name, t.Tensor))];
    }

    // Kaiming-uniform with a = sqrt(5), i.e. weight and bias uniform in +-1 / sqrt(fan_in), as torch/nn/modules/{conv,linear}.py; normalization layers keep gamma 1 and beta 0.
    // Drawn here, in the order of the layers, and not taken from the modules' constructors: those may draw in another order.
    private static void Draw(Network network, long seed)
    {
        using var nothing = no_grad();
        using var scope = NewDisposeScope();
        // One of its own: libtorch's default one is everybody's.
        using var generator = new Generator(unchecked((ulong)seed));
        foreach (var (_, module) in ModuleTree.Walk(network))
        {
            var (weight, bias) = module switch
            {
                Conv2d convolution => (convolution.weight, convolution.bias),
                Linear linear => (linear.weight, linear.bias),
                _ => default((Parameter?, Parameter?)),
            };
            if (weight is null)
                continue;
            var fanIn = weight.shape.Skip(1).Aggregate(1L, (product, size) => product * size);
            var bound = Math.Sqrt(3.0) * (Math.Sqrt(2.0 / (1 + 5.0)) / Math.Sqrt(fanIn));
            // In the order of a contiguous tensor, whatever the weight's own layout is.
            weight.copy_(empty(weight.shape, weight.dtype).uniform_(-bound, bound, generator));
            bias?.uniform_(-1 / Math.Sqrt(fanIn), 1 / Math.Sqrt(fanIn), generator);
        }
    }
}
