using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Tests.Support;
using FedOperator.Trainer.Training;
using TorchSharp;
using static FedOperator.Trainer.Tests.Support.Updates;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Tests.Training;

public sealed class LocalTrainerTests
{
    [Fact]
    public async Task A_round_is_PyTorchs_SGD_with_momentum_decay_and_clipping()
    {
        using var folder = new Folder();
        var plan = Plans.Small() with { Normalization = new NormalizationSpec { Training = NormalizationTraining.Local, StatisticsMomentum = 0.3 } };
        plan = plan with
        {
            Training = plan.Training with
            {
                LocalSteps = 5,
                Precision = Precision.Float64,
                ClipNorm = 0.5,
                Optimizer = new OptimizerSpec { Momentum = 0.9, WeightDecay = 1e-3, State = OptimizerState.Keep },
            },
        };
        var data = Plans.Data(plan, "a", 21);
        using var trainer = new LocalTrainer(plan, "a", data);
        await folder.WriteAsync("in.safetensors", [.. Prefixed("state.", Initialization.Describe(plan).Checkpoint), .. BatchTensors(plan, data.Train, round: 3)]);
        folder.WriteCase(".", new { architecture = "cnn", width = 8, classes = 5, shape = plan.Model.InputShape, kind = "local", momentum = 0.3, learningRate = 0.1, sgdMomentum = 0.9, weightDecay = 1e-3, clipNorm = 0.5, steps = 5 });
        Python.Run("local.py", folder.Path);
        var expected = await folder.ReadAsync("out.safetensors");

        trainer.LoadCheckpoint(Initialization.Describe(plan).Checkpoint);
        var metrics = trainer.Train(3, 0.1, null, CancellationToken.None);

        Assert.Equal(5, metrics.Steps);
        Assert.Equal(40, metrics.Score.Samples);
        Assert.Equal(Close.Values(expected["lossSum"])[0], metrics.Score.LossSum, 1e-10);
        Assert.Equal(Close.Values(expected["correct"])[0], metrics.Score.Correct);
        var update = trainer.TrainUpdate().ToDictionary(t => t.Name, StringComparer.Ordinal);
        foreach (var entry in trainer.Layout.Tensors.Where(t => t.Role != TensorRole.BnStatistic))
            Close.Assert(expected["state." + entry.Name], update[entry.Name], 1e-10, entry.Name);
        Close.Assert(expected["state.bn2.running_mean"], update["bn2.moments.mean"], 1e-10, "bn2.moments.mean");
        foreach (var state in trainer.PersonalState())
            Close.Assert(expected["momentum." + state.Name["optimizer.momentum.".Length..]], state, 1e-10, state.Name);
    }

    [Theory]
    [InlineData(NormalizationTraining.Local, false)]
    [InlineData(NormalizationTraining.Federated, false)]
    [InlineData(NormalizationTraining.Federated, true)]
    [InlineData(NormalizationTraining.Hybrid, false)]
    public void An_update_holds_exactly_what_its_layout_says(NormalizationTraining training, bool gradients)
    {
        var plan = Plans.Small(Architecture.Resnet8) with { Normalization = new NormalizationSpec { Training = training, GradientStatistics = gradients } };
        using var trainer = Trained(plan, rounds: 1);
        var update = trainer.TrainUpdate().ToList();
        AssertLayout(UpdateLayout.Train(trainer.Layout), update);
        Assert.DoesNotContain(update, t => Close.Values(t).Any(double.IsNaN));
        var layers = trainer.Layout.NormalizationLayers.Take(2).ToList();
        AssertLayout(UpdateLayout.Statistics(trainer.Layout, layers), trainer.Statistics(layers, 20, PreciseForward.Pooled, CancellationToken.None));
    }

    [Fact]
    public void Personal_tensors_stay_out_of_the_update_and_in_the_personal_state()
    {
        var plan = Plans.Small() with { Personalization = new PersonalizationSpec { Method = PersonalizationMethod.FedPer, Blocks = 2 } };
        using var trainer = Trained(plan, rounds: 1);
        AssertLayout(UpdateLayout.Train(trainer.Layout), trainer.TrainUpdate());
        Assert.DoesNotContain(trainer.TrainUpdate(), t => t.Name.StartsWith("fc", StringComparison.Ordinal) || t.Name.StartsWith("bn3", StringComparison.Ordinal));
        Assert.Equal(
            ["conv3.weight", "bn3.weight", "bn3.bias", "bn3.running_mean", "bn3.running_var", "bn3.num_batches_tracked", "bn3.gradient_mean", "bn3.gradient_product", "fc.weight", "fc.bias"],
            trainer.PersonalState().Select(t => t.Name));

        // Its own bootstrap, and then its own moments: no longer what they start from.
        Assert.DoesNotContain(0.0, Close.Values(trainer.PersonalState().Single(t => t.Name == "bn3.running_mean")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_run_resumed_from_personal_state_is_bitwise_the_uninterrupted_one(int personalBlocks)
    {
        var plan = Plans.Small() with { Personalization = new PersonalizationSpec { Method = PersonalizationMethod.FedPer, Blocks = personalBlocks } };
        plan = plan with { Training = plan.Training with { Optimizer = new OptimizerSpec { State = OptimizerState.Keep } } };
        var data = Plans.Data(plan, "a", 30);
        var checkpoint = Initialization.Describe(plan).Checkpoint;
        using var whole = new LocalTrainer(plan, "a", data);
        using var first = new LocalTrainer(plan, "a", data);
        using var second = new LocalTrainer(plan, "a", data);
        using var forgetful = new LocalTrainer(plan, "a", data);
        foreach (var trainer in new[] { whole, first })
            Round(trainer, checkpoint, 1);
        Round(whole, checkpoint, 2);
        second.LoadPersonalState(first.PersonalState());
        Round(second, checkpoint, 2);
        Round(forgetful, checkpoint, 2);
        AssertSame(whole.TrainUpdate(), second.TrainUpdate());
        AssertSame(whole.PersonalState(), second.PersonalState());
        Assert.False(Same(whole.TrainUpdate(), forgetful.TrainUpdate()));
    }

    [Fact]
    public void An_empty_personal_state_is_the_one_of_before_round_1()
    {
        var plan = Plans.Small() with { Personalization = new PersonalizationSpec { Method = PersonalizationMethod.FedPer, Blocks = 2 } };
        plan = plan with { Training = plan.Training with { Optimizer = new OptimizerSpec { State = OptimizerState.Keep } } };
        var checkpoint = Initialization.Describe(plan).Checkpoint;
        using var trainer = Trained(plan, rounds: 1);
        var once = trainer.TrainUpdate().ToList();
        trainer.LoadPersonalState([]);
        Round(trainer, checkpoint, 1);
        AssertSame(once, trainer.TrainUpdate());
    }

    [Fact]
    public void A_reset_optimizer_leaves_no_trace_in_the_next_round()
    {
        var plan = Plans.Small();
        var checkpoint = Initialization.Describe(plan).Checkpoint;
        using var trained = Trained(plan, rounds: 3);
        using var fresh = new LocalTrainer(plan, "a", Plans.Data(plan, "a", 30));
        foreach (var trainer in new[] { trained, fresh })
            Round(trainer, checkpoint, 4);
        Assert.False(trained.HasPersonalState);
        AssertSame(trained.TrainUpdate(), fresh.TrainUpdate());
    }

    [Fact]
    public void Personal_state_that_lacks_a_tensor_is_refused()
    {
        var plan = Plans.Small() with { Personalization = new PersonalizationSpec { Method = PersonalizationMethod.FedPer, Blocks = 1 } };
        using var trainer = Trained(plan, rounds: 1);
        var error = Assert.Throws<InvalidDataException>(() => trainer.LoadPersonalState(trainer.PersonalState().Skip(1)));
        Assert.Contains("fc.weight: missing in the personal state", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_that_does_not_fit_is_refused()
    {
        var plan = Plans.Small();
        using var trainer = new LocalTrainer(plan, "a", Plans.Data(plan, "a", 5));
        var checkpoint = Initialization.Describe(plan).Checkpoint;
        Assert.Contains("conv1.weight: missing", Assert.Throws<InvalidDataException>(() => trainer.LoadCheckpoint(checkpoint.Skip(1))).Message, StringComparison.Ordinal);
        Assert.Contains("x: not a shared tensor", Assert.Throws<InvalidDataException>(() => trainer.LoadCheckpoint([checkpoint[0] with { Name = "x" }])).Message, StringComparison.Ordinal);
        Assert.Contains("conv1.weight: F32 [72]", Assert.Throws<InvalidDataException>(() => trainer.LoadCheckpoint([checkpoint[0] with { Shape = [72] }])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_without_samples_says_so_and_evaluates_nothing()
    {
        var plan = Plans.Small();
        using var trainer = new LocalTrainer(plan, "a", Plans.Data(plan, "a", 0, 0));
        Assert.Contains("client a has no train samples", Assert.Throws<InvalidOperationException>(() => trainer.Train(1, 0.1, null, CancellationToken.None)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => trainer.Statistics(["bn1"], 8, PreciseForward.Pooled, CancellationToken.None));
        Assert.Equal(default, trainer.Evaluate(null, CancellationToken.None));
    }

    [Theory]
    [InlineData(NormalizationTraining.Local, false, false)]
    [InlineData(NormalizationTraining.Local, true, true)]
    [InlineData(NormalizationTraining.Hybrid, false, false)]
    [InlineData(NormalizationTraining.Federated, false, true)]
    public void A_client_with_a_single_sample_trains_to_finite_numbers_or_says_why_it_cannot(NormalizationTraining training, bool frozen, bool can)
    {
        var plan = Plans.Small(Architecture.Mlp) with { Normalization = new NormalizationSpec { Training = training } };
        var checkpoint = Initialization.Describe(plan).Checkpoint;
        using var trainer = new LocalTrainer(plan, "a", Plans.Data(plan, "a", 1)) { Frozen = frozen };
        if (can)
        {
            Round(trainer, checkpoint, 1);
            Assert.All(trainer.TrainUpdate(), t => Assert.All(Close.Values(t), value => Assert.True(double.IsFinite(value), t.Name)));
        }
        else
        {
            Assert.Contains("1 values a channel, and mini-batch statistics need 2", Assert.Throws<ArgumentException>(() => Round(trainer, checkpoint, 1)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Each_step_is_told_and_cancellation_falls_between_steps()
    {
        var plan = Plans.Small();
        using var trainer = new LocalTrainer(plan, "a", Plans.Data(plan, "a", 30));
        var told = new List<long>();
        trainer.Train(1, 0.1, told.Add, CancellationToken.None);
        Assert.Equal([1, 2], told);
        using var cancel = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => trainer.Train(1, 0.1, _ => cancel.Cancel(), cancel.Token));
    }

    [Fact]
    public void Statistics_stop_at_the_samples_asked_for_and_change_no_tensor()
    {
        var plan = Plans.Small();
        using var trainer = new LocalTrainer(plan, "a", Plans.Data(plan, "a", 30));
        var checkpoint = Initialization.Describe(plan).Checkpoint;
        trainer.LoadCheckpoint(checkpoint);
        var update = trainer.Statistics(["bn2"], 12, PreciseForward.Pooled, CancellationToken.None);
        Assert.Throws<InvalidOperationException>(() => trainer.Statistics(["bn2"], 31, PreciseForward.Pooled, CancellationToken.None));
        Assert.Throws<InvalidOperationException>(() => trainer.Statistics(["bn2"], 1, PreciseForward.Batch, CancellationToken.None));
        Assert.Equal(12 * 3 * 3, Close.Values(update[0])[0]);
        Round(trainer, checkpoint, 1);
        using var other = Trained(plan, rounds: 1);
        AssertSame(other.TrainUpdate(), trainer.TrainUpdate());
        Assert.Throws<ArgumentException>(() => trainer.Statistics(["conv1"], 8, PreciseForward.Pooled, CancellationToken.None));
    }

    [Theory]
    [InlineData(NormalizationTraining.Local, false)]
    [InlineData(NormalizationTraining.Federated, true)]
    [InlineData(NormalizationTraining.Hybrid, false)]
    public void The_number_of_live_tensors_is_flat_over_rounds(NormalizationTraining training, bool gradients)
    {
        var plan = Plans.Small(Architecture.Resnet8) with
        {
            Normalization = new NormalizationSpec { Training = training, GradientStatistics = gradients, Moments = MomentsAt.AtBase, GhostBatchSize = 3, Scope = gradients ? NormalizationScope.StatisticsPerClient : NormalizationScope.Shared },
        };
        plan = plan with { Training = plan.Training with { ClipNorm = 1, Optimizer = new OptimizerSpec { WeightDecay = 1e-4 } } };
        using var trainer = new LocalTrainer(plan, "a", Plans.Data(plan, "a", 30));
        var checkpoint = Initialization.Describe(plan).Checkpoint;
        var counts = new List<long>();
        for (var round = 1; round <= 5; round++)
        {
            Round(trainer, checkpoint, round);
            _ = trainer.TrainUpdate().Count();
            trainer.Evaluate(null, CancellationToken.None);
            trainer.Statistics(["bn1"], 8, PreciseForward.Pooled, CancellationToken.None);
            trainer.Frozen = !trainer.Frozen;
            counts.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        Assert.Equal(counts[2], counts[4]);

        // The count sees a tensor that nobody disposes of.
        using var leaked = zeros(1);
        Assert.Equal(counts[4] + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static LocalTrainer Trained(Plan plan, int rounds)
    {
        var trainer = new LocalTrainer(plan, "a", Plans.Data(plan, "a", 30));
        var checkpoint = Initialization.Describe(plan).Checkpoint;
        for (var round = 1; round <= rounds; round++)
            Round(trainer, checkpoint, round);
        return trainer;
    }
}
