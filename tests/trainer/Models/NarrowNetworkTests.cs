using FedOperator.Core.Api;
using FedOperator.Trainer.Models;
using FedOperator.Trainer.Tests.Support;
using FedOperator.Trainer.Training;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Tests.Models;

/// <summary>Gradients in float32, for which libtorch calls oneDNN, are those in float64, for which it does not: with any number of channels, also fewer than a vector register holds (<see cref="Convolutions.StridedInputs"/>).</summary>
public sealed class NarrowNetworkTests
{
    private const int Samples = 8;

    public static TheoryData<Architecture, int> Cases()
    {
        var data = new TheoryData<Architecture, int>();
        foreach (var architecture in Enum.GetValues<Architecture>().Except([Architecture.Mlp]))
            foreach (var width in new[] { 1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17 })
                if (architecture != Architecture.Resnet34 || width <= 4)
                    data.Add(architecture, width);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_in_float32_are_those_in_float64(Architecture architecture, int width)
    {
        using var scope = NewDisposeScope();
        var exact = Gradients(architecture, width, Precision.Float64, from: null, out var weights);
        var single = Gradients(architecture, width, Precision.Float32, weights, out _);
        foreach (var (name, gradient) in exact)
        {
            var (expected, actual) = (Close.Values(gradient), Close.Values(single[name]));
            var scale = Math.Max(expected.Max(Math.Abs), 1e-3);
            Assert.True(Close.Distance([.. expected.Select(v => v / scale)], [.. actual.Select(v => v / scale)]) < 1e-3, name);
        }
    }

    private static Dictionary<string, TensorContent> Gradients(Architecture architecture, int width, Precision precision, IReadOnlyDictionary<string, Tensor>? from, out Dictionary<string, Tensor> weights)
    {
        var plan = Plans.Small(architecture);
        // Group normalization has no mini-batch in which a channel of few values could be nearly constant.
        plan = plan with { Model = plan.Model with { Width = width }, Training = plan.Training with { Precision = precision }, Normalization = new NormalizationSpec { Layer = NormalizationLayer.Group, Groups = 1 } };
        set_num_threads(1);
        using var network = Initialization.Create(plan);
        foreach (var (name, tensor, _, _) in ModuleTree.Tensors(network))
            if (from is not null)
                using (no_grad())
                    tensor.copy_(from[name].to(tensor.dtype));
        weights = ModuleTree.Tensors(network).ToDictionary(t => t.Name, t => t.Tensor.detach().clone(), StringComparer.Ordinal);
        var batch = Batch.Of(Plans.Samples(plan, "narrow", Samples), [.. Enumerable.Range(0, Samples)], precision);
        return GradientOracle.Step(network, batch, Samples);
    }
}
