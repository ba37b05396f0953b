using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;
using FedOperator.Trainer.Models;
using FedOperator.Trainer.Tests.Support;
using FedOperator.Trainer.Training;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Tests.Models;

/// <summary>ResNet-34 at its full width beside torchvision's: names, shapes, its checkpoint as `model.initialCheckpoint`, and what comes out of it.</summary>
public sealed class TorchvisionTests
{
    private static readonly Plan s_plan = Plans.Small() with
    {
        Model = new ModelSpec
        {
            Architecture = Architecture.Resnet34,
            Classes = 7,
            InputShape = [3, 32, 32],
            InitialCheckpoint = new InitialCheckpointSpec { Path = "resnet34.safetensors", Reinitialize = ["conv1", "fc"] },
        },
        Normalization = new NormalizationSpec { Training = NormalizationTraining.Local, StatisticsMomentum = 0.1 },
    };

    private static readonly Plan s_wide = s_plan with { Training = s_plan.Training with { Precision = Precision.Float64 } };

    [Fact]
    public async Task Torchvisions_checkpoint_loads_and_gives_torchvisions_outputs_gradients_and_statistics()
    {
        using var folder = new Folder();
        Python.Run("torchvision_resnet34.py", folder.Path, "save");
        var file = await folder.ReadAsync("resnet34.safetensors");
        var model = await InitialCheckpoint.LoadAsync(s_plan, folder["resnet34.safetensors"], CancellationToken.None);

        // Names in torchvision's order, and shapes, but for conv1 and fc.
        Assert.Equal(file.Keys, model.Layout.Tensors.Select(t => t.Name));
        Assert.Equal(["conv1.weight", "fc.bias", "fc.weight"], model.Layout.Tensors.Where(t => !t.Shape.AsSpan().SequenceEqual(file[t.Name].Shape)).Select(t => t.Name).Order(StringComparer.Ordinal));
        // 21,797,672 parameters are torchvision's own figure.
        Assert.Equal(21_797_672, Parameters(file.Values.Where(t => model.Layout.Tensors.Single(e => e.Name == t.Name).Role is TensorRole.Weight or TensorRole.BnAffine)));
        Assert.Equal(21_797_672 - (64 * 3 * (49 - 9)) - ((512 + 1) * (1000 - 7)), Parameters(model.Shared.Where(t => model.Layout.Tensors.Single(e => e.Name == t.Name).Role is TensorRole.Weight or TensorRole.BnAffine)));
        // Bit by bit the file's; conv1 and fc drawn from the seed.
        var drawn = Initialization.Describe(s_plan).Checkpoint.ToDictionary(t => t.Name, StringComparer.Ordinal);
        Assert.All(model.Shared, t => Assert.True(t.Bytes.Span.SequenceEqual((t.Name is "conv1.weight" or "fc.weight" or "fc.bias" ? drawn : file)[t.Name].Bytes.Span), t.Name));
        Assert.Null(model.Personal);

        // In float64: in float32 the gradients of so deep a network tell the rounding of one memory layout from another's.
        var shared = (await InitialCheckpoint.LoadAsync(s_wide, folder["resnet34.safetensors"], CancellationToken.None)).Shared;
        Assert.All(shared.Where(t => file.ContainsKey(t.Name) && t.Name is not ("conv1.weight" or "fc.weight" or "fc.bias")), t => Assert.Equal(Close.Values(file[t.Name]), Close.Values(t)));
        using var scope = NewDisposeScope();
        using var network = Network(shared);
        var batch = Batch.Of(Plans.Samples(s_wide, "oracle", 4), [0, 1, 2, 3], Precision.Float64);
        await folder.WriteAsync("in.safetensors", [.. shared.Where(t => t.Name is "conv1.weight" or "fc.weight" or "fc.bias"), TensorContent.Of("images", batch.Images), TensorContent.Of("labels", batch.Labels)]);
        Python.Run("torchvision_resnet34.py", folder.Path, "run");
        var expected = await folder.ReadAsync("out.safetensors");
        Close.Assert(expected["before"], Evaluated(network, batch), 1e-10, "logits before the step");
        var step = GradientOracle.Step(network, batch, 4);
        Assert.Equal(expected.Keys.Where(name => name != "before").Order(), step.Keys.Order());
        foreach (var (name, values) in step)
            Close.Assert(expected[name], values, 1e-9, name);

        // The control: two weights of one shape swapped.
        var other = new Dictionary<string, string>(StringComparer.Ordinal) { ["layer3.4.conv1.weight"] = "layer3.4.conv2.weight", ["layer3.4.conv2.weight"] = "layer3.4.conv1.weight" };
        using var swapped = Network(shared.Select(t => other.TryGetValue(t.Name, out var name) ? t with { Bytes = shared.Single(s => s.Name == name).Bytes } : t));
        Assert.True(Close.Distance(expected["before"], Evaluated(swapped, batch)) > 1e-3);
    }

    private static Network Network(IEnumerable<TensorContent> tensors)
    {
        var network = Initialization.Create(s_wide);
        var own = ModuleTree.Tensors(network).ToDictionary(t => t.Name, t => t.Tensor, StringComparer.Ordinal);
        foreach (var tensor in tensors)
            tensor.CopyTo(own[tensor.Name]);
        return network;
    }

    private static TensorContent Evaluated(Network network, Batch batch)
    {
        using var nothing = no_grad();
        network.eval();
        return TensorContent.Of("logits", network.call(batch.Images));
    }

    private static long Parameters(IEnumerable<TensorContent> tensors) => tensors.Sum(t => TensorHeader.Elements(t.Shape));
}
