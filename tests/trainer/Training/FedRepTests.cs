using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Models;
using FedOperator.Trainer.Tests.Support;
using FedOperator.Trainer.Training;
using static FedOperator.Trainer.Tests.Support.Updates;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Tests.Training;

/// <summary>fedRep (arXiv 2102.07078): a round trains the heads over a base that stands still, and then the base below heads that do.</summary>
public sealed class FedRepTests
{
    private const int HeadSteps = 3;

    public static TheoryData<string, int> Schemes()
    {
        var data = new TheoryData<string, int>();
        foreach (var name in NormalizationSchemes.All.Keys)
            data.Add(name, name is "local" or "federated with gradient statistics" ? 3 : 2);
        return data;
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public void The_base_stands_still_in_the_head_phase_and_the_head_in_the_base_phase_bitwise(string scheme, int blocks)
    {
        var plan = Plan(PersonalizationMethod.FedRep, blocks, NormalizationSchemes.All[scheme]);
        using var trainer = Begun(plan, out var frozen);
        var units = trainer.Model.Network.Units;
        bool IsHead(string name) => units.TakeLast(blocks).Any(unit => unit.Owns(name[..name.LastIndexOf('.')]));
        var before = Tensors(trainer);
        var afterHeads = before;

        var metrics = NormalizationSchemes.Train(trainer, plan, frozen ? 9 : 2, 0.1, step =>
        {
            var now = Tensors(trainer);
            if (step <= HeadSteps)
                Assert.DoesNotContain(Changed(before, now), name => !IsHead(name));
            if (step == HeadSteps)
                Assert.Contains(Changed(before, now), name => IsHead(name));
            // The head's own statistics are closed with its phase, before the first step of the next.
            if (step == HeadSteps + 1)
                afterHeads = now;
            if (step > HeadSteps)
                Assert.DoesNotContain(Changed(afterHeads, now), name => IsHead(name));
        });

        Assert.Equal(HeadSteps + 2, metrics.Steps);
        Assert.Equal((2 * 8, (HeadSteps + 2) * 8), (metrics.Samples, metrics.Score.Samples));
        var after = Tensors(trainer);
        Assert.DoesNotContain(Changed(afterHeads, after), name => IsHead(name));
        Assert.Contains("conv1.weight", Changed(before, after));
        Assert.Contains("fc.weight", Changed(before, after));
        AssertLayout(frozen ? UpdateLayout.Weights(trainer.Layout) : UpdateLayout.Train(trainer.Layout), trainer.TrainUpdate());
    }

    [Fact]
    public void The_control_FedPer_moves_both_from_the_first_step_on()
    {
        using var trainer = Begun(Plan(PersonalizationMethod.FedPer, 2, NormalizationSchemes.All["local"]), out _);
        var before = Tensors(trainer);
        var moved = new List<string>();
        trainer.Train(2, 0.1, step => moved.AddRange(step == 1 ? Changed(before, Tensors(trainer)) : []), CancellationToken.None);
        Assert.All(["conv1.weight", "bn1.running_mean", "fc.weight"], name => Assert.Contains(name, moved));
    }

    [Theory]
    [InlineData("local")]
    [InlineData("group")]
    public async Task A_round_is_PyTorchs_SGD_over_a_base_and_then_below_a_head_in_evaluation_mode(string kind)
    {
        using var folder = new Folder();
        var plan = Plan(PersonalizationMethod.FedRep, 2, kind == "group" ? new() { Layer = NormalizationLayer.Group } : new() { Training = NormalizationTraining.Local, StatisticsMomentum = 0.3 });
        plan = plan with { Training = plan.Training with { Precision = Precision.Float64, ClipNorm = 0.5, Optimizer = plan.Training.Optimizer with { State = OptimizerState.Keep } } };
        var data = Plans.Data(plan, "a", 21);
        using var trainer = new LocalTrainer(plan, "a", data);
        // Statistics that are not those of the start: they normalize where the base, and then the head, stands still.
        var start = Tensors(trainer).Values.Select(t => t.Name.EndsWith("running_mean", StringComparison.Ordinal) || t.Name.EndsWith("running_var", StringComparison.Ordinal)
            ? TensorContent.Of(t.Name, Array.ConvertAll(Close.Values(t), v => (0.5 * v) + 0.3), t.Shape) : t).ToList();
        var shared = trainer.Layout.Tensors.Where(t => t.Placement == TensorPlacement.Shared).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        await folder.WriteAsync("in.safetensors", [.. Prefixed("state.", start), .. BatchTensors(Batches.OfHeadPhase(plan, "a", 3, 21)!, data.Train, 1), .. BatchTensors(new Batches(plan, "a", 3, 21), data.Train, 1 + HeadSteps)]);
        folder.WriteCase(".", new
        {
            architecture = "cnn",
            width = 8,
            classes = 5,
            shape = plan.Model.InputShape,
            kind,
            momentum = 0.3,
            learningRate = 0.1,
            sgdMomentum = 0.9,
            weightDecay = 0.01,
            clipNorm = 0.5,
            headSteps = HeadSteps,
            steps = 2,
            head = new[] { "conv3", "bn3", "fc" },
        });
        Python.Run("fedrep.py", folder.Path);
        var expected = await folder.ReadAsync("out.safetensors");

        trainer.LoadCheckpoint(start.Where(t => shared.Contains(t.Name)));
        trainer.LoadPersonalState([.. start.Where(t => !shared.Contains(t.Name)), .. trainer.PersonalState().Where(t => t.Name.StartsWith("optimizer.", StringComparison.Ordinal))]);
        var metrics = trainer.Train(3, 0.1, null, CancellationToken.None);

        Assert.Equal(Close.Values(expected["lossSum"])[0], metrics.Score.LossSum, 1e-10);
        foreach (var (name, tensor) in Tensors(trainer))
            Close.Assert(expected["state." + name], tensor, 1e-10, name);
        foreach (var state in trainer.PersonalState().Where(t => t.Name.StartsWith("optimizer.", StringComparison.Ordinal)))
            Close.Assert(expected["momentum." + state.Name["optimizer.momentum.".Length..]], state, 1e-10, state.Name);
    }

    [Fact]
    public void The_base_phase_sees_the_batches_that_FedPer_sees_and_the_head_phase_others()
    {
        var plan = Plan(PersonalizationMethod.FedRep, 1, new());
        static List<int> Indices(Batches? batches) => [.. batches!.Read().SelectMany(b => b.ToArray())];
        var fedPer = plan with { Personalization = new PersonalizationSpec { Method = PersonalizationMethod.FedPer, Blocks = 1 } };
        Assert.Equal(Indices(new Batches(fedPer, "a", 1, 100)), Indices(new Batches(plan, "a", 1, 100)));
        Assert.NotEqual(Indices(new Batches(plan, "a", 1, 100)), Indices(Batches.OfHeadPhase(plan, "a", 1, 100))[..16]);
        Assert.Null(Batches.OfHeadPhase(fedPer, "a", 1, 100));
        Assert.Null(Batches.OfHeadPhase(plan with { Personalization = plan.Personalization with { Blocks = 0 } }, "a", 1, 100));
    }

    [Fact]
    public void Momentum_of_both_parts_goes_from_round_to_round()
    {
        var plan = Plan(PersonalizationMethod.FedRep, 2, NormalizationSchemes.All["local"]);
        plan = plan with { Training = plan.Training with { Optimizer = plan.Training.Optimizer with { State = OptimizerState.Keep } } };
        using var whole = Begun(plan, out _);
        whole.Train(1, 0.1, null, CancellationToken.None);
        var (checkpoint, state) = (Tensors(whole), whole.PersonalState());
        Assert.All(state.Where(t => t.Name.StartsWith("optimizer.", StringComparison.Ordinal)), t => Assert.True(Close.Values(t).Any(v => v != 0), t.Name));
        whole.Train(2, 0.1, null, CancellationToken.None);

        using var resumed = new LocalTrainer(plan, "a", Plans.Data(plan, "a", 30));
        var shared = resumed.Layout.Tensors.Where(t => t.Placement == TensorPlacement.Shared).Select(t => t.Name);
        resumed.LoadCheckpoint(shared.Select(name => checkpoint[name]));
        resumed.LoadPersonalState(state);
        resumed.Train(2, 0.1, null, CancellationToken.None);
        Assert.Empty(Changed(Tensors(whole), Tensors(resumed)));
        AssertSame(whole.PersonalState(), resumed.PersonalState());

        resumed.LoadCheckpoint(shared.Select(name => checkpoint[name]));
        resumed.LoadPersonalState(state.Select(t => t.Name == "optimizer.momentum.fc.bias" ? TensorContent.Of(t.Name, zeros(t.Shape)) : t));
        resumed.Train(2, 0.1, null, CancellationToken.None);
        Assert.Contains("fc.bias", Changed(Tensors(whole), Tensors(resumed)));
    }

    private static Plan Plan(PersonalizationMethod method, int blocks, NormalizationSpec normalization)
    {
        var plan = Plans.Small();
        return plan with
        {
            Normalization = normalization,
            Personalization = new PersonalizationSpec { Method = method, Blocks = blocks, HeadSteps = method == PersonalizationMethod.FedRep ? HeadSteps : null },
            Training = plan.Training with { ClipNorm = 1, Optimizer = new OptimizerSpec { Momentum = 0.9, WeightDecay = 0.01 } },
        };
    }

    // After a round, so that no momentum and no statistic is that of the start.
    private static LocalTrainer Begun(Plan plan, out bool frozen)
    {
        var trainer = new LocalTrainer(plan, "a", Plans.Data(plan, "a", 30));
        trainer.LoadCheckpoint(Initialization.Describe(plan).Checkpoint);
        NormalizationSchemes.Train(trainer, plan, 1, 0.1);
        frozen = plan.Normalization.FreezeAtRound is not null;
        trainer.Frozen = frozen;
        return trainer;
    }

    private static Dictionary<string, TensorContent> Tensors(LocalTrainer trainer) =>
        ModuleTree.Tensors(trainer.Model.Network).ToDictionary(t => t.Name, t => TensorContent.Of(t.Name, t.Tensor), StringComparer.Ordinal);

    private static IEnumerable<string> Changed(Dictionary<string, TensorContent> before, Dictionary<string, TensorContent> now) =>
        before.Keys.Where(name => !Same([before[name]], [now[name]]));
}
