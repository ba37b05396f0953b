using System.Globalization;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Models;
using FedOperator.Trainer.Normalization;
using FedOperator.Trainer.Tests.Support;
using FedOperator.Trainer.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Tests.Models;

/// <summary>One training step of every architecture with every normalization, against PyTorch from the same weights and batch.</summary>
public sealed class GradientTests(GradientOracle oracle) : IClassFixture<GradientOracle>
{
    public static IEnumerable<object[]> Cases() => GradientOracle.All.Select(c => new object[] { c.Item1, c.Item2, c.Item3 });

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Loss_gradients_buffers_and_moments_are_those_of_PyTorch(Architecture architecture, string kind, Precision precision)
    {
        var expected = await oracle.OutputAsync(architecture, kind, precision);
        var actual = oracle.Actual[GradientOracle.Name(architecture, kind, precision)];
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach (var (name, values) in actual)
            Close.Assert(expected[name], values, precision == Precision.Float64 ? 1e-10 : architecture == Architecture.Resnet34 ? 3e-5 : 1e-5, name);
    }

    [Fact]
    public async Task Other_weights_give_other_gradients()
    {
        var expected = await oracle.OutputAsync(Architecture.Cnn, "gradients", Precision.Float64);
        var actual = oracle.Actual[GradientOracle.Name(Architecture.Cnn, "federated", Precision.Float64)];
        Assert.True(Close.Distance(expected["grad.conv1.weight"], actual["grad.conv1.weight"]) > 1e-3);
    }

    [Theory]
    [InlineData(Architecture.Resnet34, "layer3.1.conv1.weight", "layer3.1.conv2.weight")]
    [InlineData(Architecture.MobilenetV1, "blocks.6.depthwise.weight", "blocks.7.depthwise.weight")]
    public async Task Two_weights_swapped_are_seen_by_the_comparison(Architecture architecture, string one, string other)
    {
        var expected = await oracle.OutputAsync(architecture, "local", Precision.Float64);
        var actual = GradientOracle.Swapped(architecture, one, other);
        Assert.True(Close.Distance(expected["logits"], actual["logits"]) > 1e-3);
        Assert.True(Close.Distance(expected["grad." + one], actual["grad." + one]) > 1e-6);
    }

    [Theory]
    [InlineData("frozen", "local")]
    [InlineData("localGhost", "local")]
    [InlineData("hybrid", "local")]
    [InlineData("hybrid", "hybridGhost")]
    public async Task What_normalizes_is_seen_by_the_comparison(string kind, string other)
    {
        var expected = await oracle.OutputAsync(Architecture.Cnn, kind, Precision.Float64);
        var actual = oracle.Actual[GradientOracle.Name(Architecture.Cnn, other, Precision.Float64)];
        Assert.True(Close.Distance(expected["grad.conv1.weight"], actual["grad.conv1.weight"]) > 1e-3);
    }
}

/// <summary>Runs all cases here, and PyTorch once over all of them.</summary>
public sealed class GradientOracle : IAsyncLifetime
{
    private static readonly string[] Kinds = ["local", "localGhost", "federated", "gradients", "hybrid", "hybridGhost", "frozen", "group", "none"];
    private const int Samples = 6;
    private readonly Folder _folder = new();

    public async Task InitializeAsync()
    {
        foreach (var (architecture, kind, precision) in All)
        {
            var (given, step) = Run(architecture, kind, precision);
            await _folder.WriteAsync(Name(architecture, kind, precision) + "/in.safetensors", given);
            Actual.Add(Name(architecture, kind, precision), step);
        }
        Python.Run("gradients.py", _folder.Path);
    }

    public static IEnumerable<(Architecture, string, Precision)> All =>
        from architecture in Enum.GetValues<Architecture>()
        from kind in Kinds
        from precision in Enum.GetValues<Precision>()
        select (architecture, kind, precision);

    internal Dictionary<string, Dictionary<string, TensorContent>> Actual { get; } = new(StringComparer.Ordinal);

    public static string Name(Architecture architecture, string kind, Precision precision) => string.Create(CultureInfo.InvariantCulture, $"{architecture}-{kind}-{precision}").ToLowerInvariant();

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    internal Task<Dictionary<string, TensorContent>> OutputAsync(Architecture architecture, string kind, Precision precision) =>
        _folder.ReadAsync(Name(architecture, kind, precision) + "/out.safetensors");

    internal static NormalizationSpec Normalization(string kind) => new()
    {
        Layer = kind switch { "group" => NormalizationLayer.Group, "none" => NormalizationLayer.None, _ => NormalizationLayer.Batch },
        Training = kind switch
        {
            "local" or "localGhost" or "frozen" => NormalizationTraining.Local,
            "hybrid" or "hybridGhost" => NormalizationTraining.Hybrid,
            _ => NormalizationTraining.Federated,
        },
        GhostBatchSize = kind is "localGhost" or "hybridGhost" ? 4 : null,
        GradientStatistics = kind == "gradients",
        StatisticsMomentum = 0.3,
        Groups = 4,
    };

    private (IReadOnlyList<TensorContent> Given, Dictionary<string, TensorContent> Step) Run(Architecture architecture, string kind, Precision precision)
    {
        using var scope = NewDisposeScope();
        var (plan, network, batch) = Build(architecture, kind, precision);
        using var disposed = network;
        var name = Name(architecture, kind, precision);
        _folder.WriteCase(name, new
        {
            architecture = architecture.ToString().ToLowerInvariant(),
            kind,
            precision = precision.ToString().ToLowerInvariant(),
            width = plan.Model.Width,
            classes = plan.Model.Classes,
            shape = plan.Model.InputShape,
            groups = 4,
            momentum = 0.3,
        });
        var given = ModuleTree.Tensors(network).Select(t => TensorContent.Of(t.Name, t.Tensor)).ToList();
        return ([.. given, TensorContent.Of("images", batch.Images), TensorContent.Of("labels", batch.Labels)], Step(network, batch, Samples));
    }

    /// <summary>The step of a network with two weights of one shape swapped.</summary>
    internal static Dictionary<string, TensorContent> Swapped(Architecture architecture, string one, string other)
    {
        using var scope = NewDisposeScope();
        var (_, network, batch) = Build(architecture, "local", Precision.Float64);
        using var disposed = network;
        var tensors = ModuleTree.Tensors(network).ToDictionary(t => t.Name, t => t.Tensor, StringComparer.Ordinal);
        var (first, second) = (TensorContent.Of(one, tensors[one]), TensorContent.Of(other, tensors[other]));
        second.CopyTo(tensors[one]);
        first.CopyTo(tensors[other]);
        return Step(network, batch, Samples);
    }

    private static (Plan Plan, Network Network, Batch Batch) Build(Architecture architecture, string kind, Precision precision)
    {
        var plan = Plans.Small(architecture) with { Normalization = Normalization(kind) };
        plan = plan with { Training = plan.Training with { Precision = precision } };
        set_num_threads(1);
        var network = Initialization.Create(plan);
        Perturb(network, plan.Seed);
        foreach (var layer in ModuleTree.Walk(network).Select(m => m.Module).OfType<FederatedBatchNorm>())
            layer.Frozen = kind == "frozen";
        return (plan, network, Batch.Of(Plans.Samples(plan, "oracle", Samples), [.. Enumerable.Range(0, Samples)], precision));
    }

    internal static Dictionary<string, TensorContent> Step(Network network, Batch batch, int samples)
    {
        network.train();
        var loss = nn.functional.cross_entropy(network.call(batch.Images), batch.Labels);
        loss.backward();
        var result = new List<TensorContent> { TensorContent.Of("loss", loss) };
        foreach (var (name, tensor, _, _) in ModuleTree.Tensors(network))
            result.Add(tensor is Parameter ? TensorContent.Of("grad." + name, tensor.grad!) : TensorContent.Of("after." + name, tensor));
        foreach (var (path, module) in ModuleTree.Walk(network))
        {
            if (module is not FederatedBatchNorm { IsLocal: false } layer)
                continue;
            layer.Round.ObserveGradients(samples);
            result.Add(TensorContent.Of($"seen.{path}.mean", layer.Round.Moments.Mean, layer.Channels));
            result.Add(TensorContent.Of($"seen.{path}.var", layer.Round.Moments.Variance(), layer.Channels));
            if (layer.gradient_mean is null)
                continue;
            result.Add(TensorContent.Of($"seen.{path}.g", layer.Round.GradientMean, layer.Channels));
            result.Add(TensorContent.Of($"seen.{path}.p", layer.Round.GradientProduct, layer.Channels));
        }
        network.eval();
        using (no_grad())
            result.Add(TensorContent.Of("logits", network.call(batch.Images)));
        return result.ToDictionary(t => t.Name, StringComparer.Ordinal);
    }

    // Values in the middle of a training: gamma and beta, statistics and gradient statistics away from where they start.
    private static void Perturb(Network network, long seed)
    {
        using var nothing = no_grad();
        random.manual_seed(seed + 1);
        foreach (var (_, module) in ModuleTree.Walk(network))
        {
            if (module is GroupNorm group)
            {
                group.weight!.uniform_(0.5, 1.5);
                group.bias!.uniform_(-0.5, 0.5);
            }
            if (module is not FederatedBatchNorm layer)
                continue;
            layer.weight.uniform_(0.5, 1.5);
            layer.bias.uniform_(-0.5, 0.5);
            layer.running_mean.uniform_(-0.5, 0.5);
            layer.running_var.uniform_(0.5, 1.5);
            layer.mixing?.uniform_(-1, 1);
            layer.gradient_mean?.uniform_(-0.1, 0.1);
            layer.gradient_product?.uniform_(-0.1, 0.1);
        }
    }
}
