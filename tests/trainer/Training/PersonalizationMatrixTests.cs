using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;
using FedOperator.Trainer.Models;
using FedOperator.Trainer.Normalization;
using FedOperator.Trainer.Tests.Support;
using FedOperator.Trainer.Training;
using static FedOperator.Trainer.Tests.Support.Updates;

namespace FedOperator.Trainer.Tests.Training;

/// <summary>Every method of personalization with every way to normalize.</summary>
public sealed class PersonalizationMatrixTests
{
    public static TheoryData<PersonalizationMethod, string, Architecture, int> Cases()
    {
        var data = new TheoryData<PersonalizationMethod, string, Architecture, int>();
        foreach (var architecture in new[] { Architecture.Cnn, Architecture.Resnet8 })
            foreach (var scheme in NormalizationSchemes.All.Keys)
                foreach (var method in new[] { PersonalizationMethod.FedPer, PersonalizationMethod.FedRep, PersonalizationMethod.LgFedAvg })
                    data.Add(method, scheme, architecture, 2);
        foreach (var method in new[] { PersonalizationMethod.FedPer, PersonalizationMethod.LgFedAvg })
        {
            data.Add(method, "federated with gradient statistics", Architecture.Cnn, 0);
            data.Add(method, "federated with gradient statistics", Architecture.Cnn, 4);
        }
        data.Add(PersonalizationMethod.FedRep, "hybrid", Architecture.Cnn, 0);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_stays_is_in_no_update_what_is_shared_is_in_all_and_state_goes_there_and_back(PersonalizationMethod method, string scheme, Architecture architecture, int blocks)
    {
        var plan = Plan(method, scheme, architecture, blocks);
        var data = Plans.Data(plan, "a", 30);
        using var trainer = new LocalTrainer(plan, "a", data);
        var layout = trainer.Layout;
        var kept = Kept(trainer, plan);
        Assert.Equal(kept, layout.Tensors.Where(t => t.Placement == TensorPlacement.Personal).Select(t => t.Name));
        var checkpoint = Initialization.Describe(plan).Checkpoint;
        Assert.Equal(layout.Tensors.Select(t => t.Name).Except(kept), checkpoint.Select(t => t.Name));

        foreach (var layers in RoundSequence.Of(plan, layout).Bootstrap.Select(layer => new[] { layer }))
        {
            trainer.LoadCheckpoint(checkpoint);
            trainer.LoadPersonalState([]);
            var seen = trainer.Statistics(layers, 30, PreciseForward.Pooled, CancellationToken.None);
            AssertLayout(UpdateLayout.Statistics(layout, layers), seen);
            checkpoint = Moved(checkpoint, layers[0], seen);
        }
        IReadOnlyList<TensorContent> state = [];
        for (var round = 1; round <= 3; round++)
        {
            trainer.LoadCheckpoint(checkpoint);
            trainer.LoadPersonalState(state);
            trainer.Frozen = plan.Normalization.FreezeAtRound <= round;
            NormalizationSchemes.Train(trainer, plan, round, 0.05);
            var update = trainer.TrainUpdate().ToList();
            AssertLayout(trainer.Frozen ? UpdateLayout.Weights(layout) : UpdateLayout.Train(layout), update);
            Assert.DoesNotContain(update, t => kept.Exists(name => t.Name == name || t.Name.StartsWith(name[..(name.LastIndexOf('.') + 1)] + "moments", StringComparison.Ordinal)));
            Assert.All(update.Concat(trainer.PersonalState()).Where(t => t.DType != DType.I64), t => Assert.True(Close.Values(t).All(double.IsFinite), t.Name));
            state = trainer.PersonalState();
            Assert.Equal(kept, state.Select(t => t.Name));
            checkpoint = Shared(trainer);
        }

        // An evaluation of the client that goes on, of one that is restarted, and of one that has lost its state.
        trainer.Frozen = false;
        var own = trainer.Evaluate(null, CancellationToken.None);
        using var restarted = new LocalTrainer(plan, "a", data);
        restarted.LoadCheckpoint(checkpoint);
        restarted.LoadPersonalState(state);
        Assert.Equal(own, restarted.Evaluate(null, CancellationToken.None));
        // With `federated` statistics that stay home begin as those of a client's first samples.
        var begins = plan.Normalization.Training is NormalizationTraining.Local or NormalizationTraining.Exact
            ? plan with { Normalization = plan.Normalization with { Training = NormalizationTraining.Federated, GradientStatistics = false } }
            : plan;
        using var joined = new LocalTrainer(begins, "a", data);
        joined.LoadCheckpoint(checkpoint);
        var initial = joined.Evaluate(null, CancellationToken.None);
        Assert.Equal(kept.Count == 0 ? (Score?)null : initial, restarted.EvaluateGlobal(null, CancellationToken.None));
        Assert.Equal(kept.Count > 0, own != initial);
        AssertSame(state, restarted.PersonalState());
        Assert.Equal(own, restarted.Evaluate(null, CancellationToken.None));
        restarted.GatherOwnPopulation(CancellationToken.None);
        Assert.True(double.IsFinite(restarted.Evaluate(null, CancellationToken.None).LossSum));
    }

    [Fact]
    public void A_round_after_both_evaluations_is_that_without()
    {
        foreach (var scheme in new[] { "local", "federated", "FedBN federated" })
        {
            var plan = Plan(PersonalizationMethod.FedPer, scheme, Architecture.Cnn, 2);
            var data = Plans.Data(plan, "a", 30);
            var states = new List<IReadOnlyList<TensorContent>>();
            foreach (var evaluates in new[] { false, true })
            {
                using var trainer = new LocalTrainer(plan, "a", data);
                for (var round = 1; round <= 2; round++)
                {
                    trainer.LoadCheckpoint(Initialization.Describe(plan).Checkpoint);
                    if (evaluates)
                    {
                        trainer.Evaluate(null, CancellationToken.None);
                        trainer.EvaluateGlobal(null, CancellationToken.None);
                    }
                    trainer.Train(round, 0.1, null, CancellationToken.None);
                }
                states.Add(trainer.PersonalState());
            }
            AssertSame(states[0], states[1]);
        }
    }

    [Fact]
    public void With_lgFedAvg_the_first_shared_statistics_are_those_behind_the_clients_own_normalized_layers()
    {
        // The oracle: FBN of the whole model, whose bootstrap goes layer by layer too; one client's merged statistics are its own.
        var plan = Plan(PersonalizationMethod.LgFedAvg, "federated", Architecture.Cnn, 2);
        var data = Plans.Data(plan, "a", 30);
        using var own = new LocalTrainer(plan, "a", data);
        var seen = own.Statistics(["bn3"], 30, PreciseForward.Pooled, CancellationToken.None);

        var all = plan with { Personalization = new PersonalizationSpec() };
        using var shared = new LocalTrainer(all, "a", data);
        var checkpoint = Initialization.Describe(all).Checkpoint;
        foreach (var layer in new[] { "bn1", "bn2" })
        {
            shared.LoadCheckpoint(checkpoint);
            checkpoint = Moved(checkpoint, layer, shared.Statistics([layer], 30, PreciseForward.Pooled, CancellationToken.None));
        }
        shared.LoadCheckpoint(checkpoint);
        AssertSame(shared.Statistics(["bn3"], 30, PreciseForward.Pooled, CancellationToken.None), seen);

        shared.LoadCheckpoint(Initialization.Describe(all).Checkpoint);
        Assert.False(Same(shared.Statistics(["bn3"], 30, PreciseForward.Pooled, CancellationToken.None), seen));
    }

    [Fact]
    public void With_lgFedAvg_precise_shared_statistics_are_those_behind_the_clients_own_precise_ones()
    {
        // The oracle as above, from the tensors of a client that has trained.
        var plan = Plan(PersonalizationMethod.LgFedAvg, "federated", Architecture.Cnn, 2);
        plan = plan with { Normalization = plan.Normalization with { Population = PopulationStatistics.Precise, Precise = new PreciseSpec { Samples = 30 } } };
        var data = Plans.Data(plan, "a", 30);
        using var own = new LocalTrainer(plan, "a", data);
        own.Train(1, 0.1, null, CancellationToken.None);
        using var shared = new LocalTrainer(plan with { Personalization = new PersonalizationSpec() }, "a", data);
        var checkpoint = Initialization.Contents(own.Model.Network, shared.Layout, TensorPlacement.Shared);

        var withRunning = own.Statistics(["bn3"], 30, PreciseForward.Pooled, CancellationToken.None);
        Assert.True(own.Model.PersonalStatistics.AreBefore(["bn3"]));
        Assert.False(own.Model.PersonalStatistics.AreBefore(["bn1"]));
        Assert.False(shared.Model.PersonalStatistics.AreBefore(["bn3"]));
        var seen = own.StatisticsOfPopulation(["bn3"], 30, CancellationToken.None);
        foreach (var layer in new[] { "bn1", "bn2" })
        {
            shared.LoadCheckpoint(checkpoint);
            checkpoint = Moved(checkpoint, layer, shared.Statistics([layer], 30, PreciseForward.Pooled, CancellationToken.None));
        }
        shared.LoadCheckpoint(checkpoint);
        AssertSame(shared.Statistics(["bn3"], 30, PreciseForward.Pooled, CancellationToken.None), seen);
        Assert.False(Same(withRunning, seen));
    }

    private static Plan Plan(PersonalizationMethod method, string scheme, Architecture architecture, int blocks)
    {
        var plan = Plans.Small(architecture);
        return plan with
        {
            Model = plan.Model with { Width = 4 },
            // As a resolved plan has it: gradient statistics diverge without.
            Training = plan.Training with { ClipNorm = 1 },
            Normalization = NormalizationSchemes.All[scheme],
            Personalization = new PersonalizationSpec { Method = method, Blocks = blocks, HeadSteps = method == PersonalizationMethod.FedRep ? 3 : null },
        };
    }

    // From the units and from what the scope says of BatchNorm layers, and not from the layout.
    private static List<string> Kept(LocalTrainer trainer, Plan plan)
    {
        var (units, blocks) = (trainer.Model.Network.Units, plan.Personalization.Blocks!.Value);
        var kept = plan.Personalization.Method == PersonalizationMethod.LgFedAvg ? units.SkipLast(blocks).ToList() : [.. units.TakeLast(blocks)];
        return [.. ModuleTree.Tensors(trainer.Model.Network).Where(t => kept.Exists(unit => unit.Owns(t.Path)) || (t.Owner is FederatedBatchNorm && plan.Normalization.Scope switch
        {
            NormalizationScope.PerClient => true,
            NormalizationScope.StatisticsPerClient => t.Tensor is not TorchSharp.Modules.Parameter,
            _ => false,
        })).Select(t => t.Name)];
    }

    // What a federation of this client alone would have: its weights, and its statistics moved all the way.
    private static List<TensorContent> Shared(LocalTrainer trainer)
    {
        var shared = trainer.Layout.Tensors.Where(t => t.Placement == TensorPlacement.Shared).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        return [.. ModuleTree.Tensors(trainer.Model.Network).Where(t => shared.Contains(t.Name)).Select(t => TensorContent.Of(t.Name, t.Tensor))];
    }

    private static List<TensorContent> Moved(IReadOnlyList<TensorContent> checkpoint, string layer, IReadOnlyList<TensorContent> seen) => [.. checkpoint.Select(t =>
    {
        if (t.Name != layer + ".running_mean" && t.Name != layer + ".running_var")
            return t;
        var values = t.Name.EndsWith("mean", StringComparison.Ordinal) ? Close.Values(seen[1]) : Array.ConvertAll(Close.Values(seen[2]), m2 => m2 / Close.Values(seen[0])[0]);
        using var tensor = TorchSharp.torch.tensor(Array.ConvertAll(values, v => (float)v));
        return TensorContent.Of(t.Name, tensor);
    })];
}
