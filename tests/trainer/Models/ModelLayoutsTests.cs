using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;
using FedOperator.Trainer.Models;
using FedOperator.Trainer.Normalization;
using FedOperator.Trainer.Tests.Support;
using FedOperator.Trainer.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Tests.Models;

public sealed class ModelLayoutsTests
{
    [Fact]
    public void Roles_follow_the_modules_type_where_names_mislead()
    {
        using var module = new Misleading();
        var layout = ModelLayouts.Describe(module, Plans.Small());
        Assert.Equal(
            [
                ("bn.weight", TensorRole.Weight, null), ("bn.bias", TensorRole.Weight, null),
                ("downsample.0.weight", TensorRole.Weight, null),
                ("downsample.1.weight", TensorRole.BnAffine, null), ("downsample.1.bias", TensorRole.BnAffine, null),
                ("downsample.1.running_mean", TensorRole.BnStatistic, BnStatistic.Mean), ("downsample.1.running_var", TensorRole.BnStatistic, BnStatistic.Variance),
                ("downsample.1.num_batches_tracked", TensorRole.Counter, null),
                ("federated.weight", TensorRole.BnAffine, null), ("federated.bias", TensorRole.BnAffine, null),
                ("federated.running_mean", TensorRole.BnStatistic, BnStatistic.Mean), ("federated.running_var", TensorRole.BnStatistic, BnStatistic.Variance),
                ("federated.num_batches_tracked", TensorRole.Counter, null),
                ("federated.gradient_mean", TensorRole.BnStatistic, BnStatistic.GradientMean), ("federated.gradient_product", TensorRole.BnStatistic, BnStatistic.GradientProduct),
            ],
            layout.Tensors.Select(t => (t.Name, t.Role, (BnStatistic?)t.Statistic)));
        Assert.Equal(["downsample.1", "federated"], layout.NormalizationLayers);
        Assert.Equal("downsample.1", layout.Tensors.Single(t => t.Name == "downsample.1.running_mean").Layer);
    }

    [Theory]
    [InlineData(Architecture.Mlp, 3, 2)]
    [InlineData(Architecture.Cnn, 4, 3)]
    [InlineData(Architecture.Resnet8, 5, 9)]
    [InlineData(Architecture.Resnet20, 11, 21)]
    [InlineData(Architecture.Resnet34, 18, 36)]
    [InlineData(Architecture.MobilenetV1, 15, 27)]
    public void Each_architecture_has_its_units_and_layers(Architecture architecture, int units, int layers)
    {
        using var network = Initialization.Create(Plans.Small(architecture));
        Assert.Equal(units, network.Units.Count);
        Assert.Equal(["fc"], network.Units[^1].Modules);
        var layout = ModelLayouts.Describe(network, Plans.Small(architecture));
        Assert.Equal(layers, layout.NormalizationLayers.Count);
        Assert.All(layout.Tensors, t => Assert.Single(network.Units, unit => unit.Owns(t.Layer)));
    }

    [Theory]
    [InlineData(Architecture.Mlp)]
    [InlineData(Architecture.Cnn)]
    [InlineData(Architecture.Resnet8)]
    [InlineData(Architecture.Resnet20)]
    [InlineData(Architecture.Resnet34)]
    [InlineData(Architecture.MobilenetV1)]
    public void Normalization_layers_are_listed_in_the_order_of_the_forward_pass(Architecture architecture)
    {
        var plan = Plans.Small(architecture);
        using var scope = NewDisposeScope();
        using var network = Initialization.Create(plan);
        var layers = ModuleTree.Walk(network).Where(m => m.Module is FederatedBatchNorm).ToList();
        Assert.Equal(ModelLayouts.Describe(network, plan).NormalizationLayers, layers.Select(m => m.Path));
        network.train();
        var reached = new List<string>();
        for (var (i, last) = (0, 0); i < network.Units.Count; i++)
        {
            // A layer is reached in unit i when its input first has moments there.
            using var logits = network.Forward(zeros([2, 1, 12, 12]), i + 1);
            reached.AddRange(layers.Where(m => ((FederatedBatchNorm)m.Module).Round.Moments.Count > 0 && !reached.Contains(m.Path)).Select(m => m.Path));
            Assert.True(reached.Count >= last);
            last = reached.Count;
        }
        Assert.Equal(layers.Select(m => m.Path), reached);
    }

    [Fact]
    public void Every_network_has_as_many_units_as_validation_counts()
    {
        foreach (var architecture in Enum.GetValues<Architecture>())
        {
            using var network = Initialization.Create(Plans.Small(architecture));
            Assert.Equal(ModelSpec.UnitCount(architecture), network.Units.Count);
        }
    }

    [Theory]
    [InlineData(Architecture.Resnet34, 3, new[] { "layer4.1", "layer4.2", "fc" })]
    [InlineData(Architecture.MobilenetV1, 3, new[] { "blocks.11", "blocks.12", "fc" })]
    public void Blocks_count_from_the_classifier_back(Architecture architecture, int blocks, string[] personal)
    {
        using var network = Initialization.Create(Plans.Small(architecture));
        Assert.Equal(personal, network.Units.TakeLast(blocks).SelectMany(unit => unit.Modules));
        Assert.Equal(["conv1", "bn1"], network.Units[0].Modules);
    }

    // 4,231,976 trainable parameters at width multiplier 1 and 1000 classes are Keras' figure for MobileNet-v1 (4,253,864 with the running statistics); 4.2 million the paper's.
    [Fact]
    public void MobileNet_has_the_parameters_of_its_paper()
    {
        var plan = Plans.Small() with { Model = new ModelSpec { Architecture = Architecture.MobilenetV1, Classes = 1000, InputShape = [3, 32, 32] } };
        var layout = Initialization.Describe(plan).Layout;
        Assert.Equal(4_231_976, layout.Tensors.Where(t => t.Role is TensorRole.Weight or TensorRole.BnAffine).Sum(t => TensorHeader.Elements(t.Shape)));
        Assert.Equal(4_253_864, layout.Tensors.Where(t => t.Role != TensorRole.Counter && t.IsForInference).Sum(t => TensorHeader.Elements(t.Shape)));
    }

    [Theory]
    [InlineData(0, new string[0])]
    [InlineData(1, new[] { "fc" })]
    [InlineData(2, new[] { "layer3.0", "fc" })]
    [InlineData(5, new[] { "conv1", "bn1", "layer1.0", "layer2.0", "layer3.0", "fc" })]
    public void The_last_units_are_personal(int blocks, string[] personal)
    {
        var plan = Plans.Small(Architecture.Resnet8) with { Personalization = new PersonalizationSpec { Method = PersonalizationMethod.FedPer, Blocks = blocks } };
        var (layout, checkpoint) = Initialization.Describe(plan);
        Assert.All(layout.Tensors, t => Assert.Equal(
            Array.Exists(personal, unit => t.Layer == unit || t.Layer.StartsWith(unit + ".", StringComparison.Ordinal)) ? TensorPlacement.Personal : TensorPlacement.Shared, t.Placement));
        Assert.Equal(layout.Tensors.Where(t => t.Placement == TensorPlacement.Shared).Select(t => t.Name), checkpoint.Select(t => t.Name));
    }

    [Theory]
    [InlineData(NormalizationScope.Shared, new string[0])]
    [InlineData(NormalizationScope.StatisticsPerClient, new[] { "running_mean", "running_var", "num_batches_tracked" })]
    [InlineData(NormalizationScope.PerClient, new[] { "weight", "bias", "mixing", "running_mean", "running_var", "num_batches_tracked" })]
    public void The_scope_says_which_tensors_of_BatchNorm_layers_stay(NormalizationScope scope, string[] personal)
    {
        var plan = Plans.Small(Architecture.Resnet8) with { Normalization = new NormalizationSpec { Training = NormalizationTraining.Hybrid, Scope = scope } };
        var (layout, checkpoint) = Initialization.Describe(plan);
        Assert.Equal(
            layout.NormalizationLayers.SelectMany(layer => personal.Select(name => $"{layer}.{name}")).Order(StringComparer.Ordinal),
            layout.Tensors.Where(t => t.Placement == TensorPlacement.Personal).Select(t => t.Name).Order(StringComparer.Ordinal));
        Assert.Equal(layout.Tensors.Count - (personal.Length * 9), checkpoint.Count);
        Assert.Equal(scope == NormalizationScope.Shared, RoundSequence.Of(plan, layout).First.Kind == RoundKind.Statistics);
    }

    [Fact]
    public void Mixing_is_a_parameter_of_its_layer_that_inference_has_no_use_for()
    {
        var plan = Plans.Small() with { Normalization = new NormalizationSpec { Training = NormalizationTraining.Hybrid } };
        var layout = Initialization.Describe(plan).Layout;
        Assert.Equal(["bn1.mixing", "bn2.mixing", "bn3.mixing"], layout.Tensors.Where(t => !t.IsForInference).Select(t => t.Name));
        Assert.All(layout.Tensors.Where(t => t.TrainingOnly == true), t => Assert.Equal(TensorRole.BnAffine, t.Role));
    }

    [Fact]
    public void More_personal_blocks_than_units_are_refused()
    {
        var plan = Plans.Small() with { Personalization = new PersonalizationSpec { Method = PersonalizationMethod.FedPer, Blocks = 5 } };
        var error = Assert.Throws<ArgumentException>(() => Initialization.Describe(plan));
        Assert.Contains("personalization.blocks is 5, but the network has 4 units", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Types_and_shapes_are_those_of_the_checkpoint()
    {
        var plan = Plans.Small() with { Training = new TrainingSpec { Precision = Precision.Float64 } };
        var (layout, checkpoint) = Initialization.Describe(plan);
        Assert.Equal(layout.Tensors.Select(t => (t.Name, t.DType)), checkpoint.Select(t => (t.Name, t.DType)));
        Assert.All(layout.Tensors.Zip(checkpoint), pair => Assert.Equal(pair.First.Shape, pair.Second.Shape));
        Assert.Equal(DType.F64, layout.Tensors.Single(t => t.Name == "bn1.running_var").DType);
        Assert.Equal(DType.I64, layout.Tensors.Single(t => t.Name == "bn1.num_batches_tracked").DType);
        Assert.Empty(layout.Tensors.Single(t => t.Name == "bn1.num_batches_tracked").Shape);
    }

    // A linear layer called `bn`, and BatchNorms called `downsample.1` and `federated`.
    private sealed class Misleading : nn.Module<Tensor, Tensor>
    {
        private readonly Linear bn = nn.Linear(3, 3);
        private readonly Sequential downsample = nn.Sequential(("0", nn.Conv2d(3, 4, 1L, 1L, 0L, 1L, PaddingModes.Zeros, 1, false)), ("1", nn.BatchNorm2d(4)));
        private readonly FederatedBatchNorm federated = new(4, new NormalizationSpec { GradientStatistics = true }, ScalarType.Float32);

        public Misleading()
            : base(nameof(Misleading)) => RegisterComponents();

        public override Tensor forward(Tensor x) => federated.call(downsample.call(bn.call(x)));
    }
}
