using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Tests.Support;
using FedOperator.Trainer.Training;
using static FedOperator.Trainer.Tests.Support.Updates;

namespace FedOperator.Trainer.Tests.Training;

/// <summary>Invariant 6 of DESIGN section 8, on the client's side; on the wire: tests/end-to-end.</summary>
public sealed class NormalizationScopeTests
{
    [Theory]
    [InlineData(NormalizationTraining.Local, false)]
    [InlineData(NormalizationTraining.Federated, true)]
    [InlineData(NormalizationTraining.Hybrid, false)]
    public void PerClient_sends_no_tensor_of_a_BatchNorm_layer(NormalizationTraining training, bool gradients)
    {
        using var trainer = Trained(Plan(training, gradients, NormalizationScope.PerClient), rounds: 1);
        Assert.Equal(["conv1.weight", "conv2.weight", "conv3.weight", "fc.weight", "fc.bias"], trainer.TrainUpdate().Select(t => t.Name));
        AssertLayout(UpdateLayout.Train(trainer.Layout), trainer.TrainUpdate());
        Assert.Equal(trainer.Layout.Tensors.Where(t => t.Layer.StartsWith("bn", StringComparison.Ordinal)).Select(t => t.Name), trainer.PersonalState().Select(t => t.Name));
    }

    [Theory]
    [InlineData(NormalizationTraining.Local, false)]
    [InlineData(NormalizationTraining.Federated, true)]
    [InlineData(NormalizationTraining.Hybrid, false)]
    public void StatisticsPerClient_sends_parameters_and_keeps_statistics_and_counters(NormalizationTraining training, bool gradients)
    {
        using var trainer = Trained(Plan(training, gradients, NormalizationScope.StatisticsPerClient), rounds: 1);
        string[] parameters = training == NormalizationTraining.Hybrid ? ["weight", "bias", "mixing"] : ["weight", "bias"];
        Assert.Equal(parameters.Select(p => "bn2." + p), trainer.TrainUpdate().Select(t => t.Name).Where(n => n.StartsWith("bn2.", StringComparison.Ordinal)));
        AssertLayout(UpdateLayout.Train(trainer.Layout), trainer.TrainUpdate());
        string[] kept = gradients ? ["running_mean", "running_var", "num_batches_tracked", "gradient_mean", "gradient_product"] : ["running_mean", "running_var", "num_batches_tracked"];
        Assert.Equal(new[] { "bn1.", "bn2.", "bn3." }.SelectMany(layer => kept.Select(k => layer + k)), trainer.PersonalState().Select(t => t.Name));
    }

    [Theory]
    [InlineData(NormalizationTraining.Local)]
    [InlineData(NormalizationTraining.Federated)]
    [InlineData(NormalizationTraining.Hybrid)]
    public void A_clients_own_statistics_are_those_of_a_federation_of_this_client_alone(NormalizationTraining training)
    {
        // The oracle: shared statistics, and the aggregator's part for one client, spelt out.
        var plan = Plan(training, gradients: false, NormalizationScope.Shared);
        using var shared = new LocalTrainer(plan, "a", Plans.Data(plan, "a", 30));
        var checkpoint = Initialization.Describe(plan).Checkpoint.ToDictionary(t => t.Name, StringComparer.Ordinal);
        if (training != NormalizationTraining.Local)
        {
            foreach (var layer in shared.Layout.NormalizationLayers)
            {
                shared.LoadCheckpoint(checkpoint.Values);
                Move(checkpoint, layer, shared.Statistics([layer], 30, PreciseForward.Pooled, CancellationToken.None), 1);
            }
        }
        var own = plan with { Normalization = plan.Normalization with { Scope = NormalizationScope.StatisticsPerClient } };
        using var personal = new LocalTrainer(own, "a", Plans.Data(own, "a", 30));
        var weights = Initialization.Describe(own).Checkpoint;
        for (var round = 1; round <= 3; round++)
        {
            Round(shared, [.. checkpoint.Values], round);
            var update = shared.TrainUpdate().ToList();
            foreach (var layer in shared.Layout.NormalizationLayers)
                Move(checkpoint, layer, update, training == NormalizationTraining.Local ? 1 : plan.Normalization.Momentum());
            foreach (var tensor in update.Where(t => checkpoint.ContainsKey(t.Name)))
                checkpoint[tensor.Name] = tensor;
            Round(personal, weights, round);
            weights = [.. personal.TrainUpdate()];
            foreach (var tensor in personal.PersonalState())
                Close.Assert(checkpoint[tensor.Name], tensor, 1e-12, $"round {round}: {tensor.Name}");
        }
        Assert.True(Close.Distance(checkpoint["bn3.running_var"], Initialization.Describe(plan).Checkpoint.Single(t => t.Name == "bn3.running_var")) > 1e-2);
    }

    [Theory]
    [InlineData(NormalizationTraining.Local, NormalizationScope.PerClient)]
    [InlineData(NormalizationTraining.Local, NormalizationScope.StatisticsPerClient)]
    [InlineData(NormalizationTraining.Federated, NormalizationScope.PerClient)]
    [InlineData(NormalizationTraining.Federated, NormalizationScope.StatisticsPerClient)]
    [InlineData(NormalizationTraining.Hybrid, NormalizationScope.StatisticsPerClient)]
    public void A_restart_and_a_round_without_this_client_lose_nothing_of_its_own(NormalizationTraining training, NormalizationScope scope)
    {
        var plan = Plan(training, gradients: training == NormalizationTraining.Federated, scope);
        var data = Plans.Data(plan, "a", 30);
        var checkpoint = Initialization.Describe(plan).Checkpoint;
        using var whole = Trained(plan, rounds: 2);
        var state = whole.PersonalState();
        using var restarted = new LocalTrainer(plan, "a", data);
        using var forgetful = new LocalTrainer(plan, "a", data);
        Assert.True(restarted.HasPersonalState);
        restarted.LoadPersonalState(state);
        // Round 3 went by without it.
        foreach (var trainer in new[] { whole, restarted, forgetful })
            Round(trainer, checkpoint, 4);
        AssertSame(whole.TrainUpdate(), restarted.TrainUpdate());
        AssertSame(whole.PersonalState(), restarted.PersonalState());
        Assert.False(Same(whole.PersonalState(), forgetful.PersonalState()));
    }

    [Fact]
    public void A_client_that_never_trained_evaluates_with_statistics_of_its_own_samples()
    {
        var plan = Plan(NormalizationTraining.Federated, gradients: false, NormalizationScope.StatisticsPerClient);
        using var untrained = new LocalTrainer(plan, "a", Plans.Data(plan, "a", 30));
        using var trained = new LocalTrainer(plan, "a", Plans.Data(plan, "a", 30));
        using var empty = new LocalTrainer(plan, "a", Plans.Data(plan, "a", 0));
        var checkpoint = Initialization.Describe(plan).Checkpoint;
        foreach (var trainer in new[] { untrained, trained, empty })
            trainer.LoadCheckpoint(checkpoint);
        var score = untrained.Evaluate(null, CancellationToken.None);
        Assert.DoesNotContain(0.0, Close.Values(untrained.PersonalState().Single(t => t.Name == "bn3.running_mean")));
        Assert.NotEqual(score, empty.Evaluate(null, CancellationToken.None));

        // Evaluation before the first round leaves no trace in it.
        untrained.Train(1, 0.1, null, CancellationToken.None);
        trained.Train(1, 0.1, null, CancellationToken.None);
        AssertSame(trained.PersonalState(), untrained.PersonalState());
    }

    [Theory]
    [InlineData(NormalizationScope.StatisticsPerClient, PersonalizationMethod.None, null)]
    [InlineData(NormalizationScope.PerClient, PersonalizationMethod.None, null)]
    [InlineData(NormalizationScope.Shared, PersonalizationMethod.FedPer, 2)]
    public void With_local_a_client_that_never_trained_has_the_global_models_score_and_trains_from_the_same_start(NormalizationScope scope, PersonalizationMethod method, int? blocks)
    {
        var plan = Plan(NormalizationTraining.Local, gradients: false, scope) with { Personalization = new PersonalizationSpec { Method = method, Blocks = blocks } };
        // The shared part of a federation that has trained.
        using var other = new LocalTrainer(plan, "b", Plans.Data(plan, "b", 30));
        Round(other, Initialization.Describe(plan).Checkpoint, 1);
        var checkpoint = Initialization.Contents(other.Model.Network, other.Layout, TensorPlacement.Shared);
        using var late = new LocalTrainer(plan, "a", Plans.Data(plan, "a", 30));
        using var unevaluated = new LocalTrainer(plan, "a", Plans.Data(plan, "a", 30));
        foreach (var trainer in new[] { late, unevaluated })
            trainer.LoadCheckpoint(checkpoint);

        var own = late.Evaluate(null, CancellationToken.None);
        Assert.Equal(late.EvaluateGlobal(null, CancellationToken.None), own);
        // With mean 0 and variance 1 it would be something else.
        var test = Plans.Data(plan, "a", 30).Test;
        Assert.NotEqual(Evaluation.Run(unevaluated.Model.Network, test, MiniBatches.Split(Enumerable.Range(0, test.Count).ToArray(), Evaluation.BatchSize), Precision.Float64, CancellationToken.None), own);

        AssertSame(unevaluated.PersonalState(), late.PersonalState());
        late.Train(2, 0.1, null, CancellationToken.None);
        unevaluated.Train(2, 0.1, null, CancellationToken.None);
        AssertSame(unevaluated.PersonalState(), late.PersonalState());
        AssertSame(unevaluated.TrainUpdate(), late.TrainUpdate());
    }

    private static Plan Plan(NormalizationTraining training, bool gradients, NormalizationScope scope)
    {
        var plan = Plans.Small();
        return plan with
        {
            Normalization = new NormalizationSpec { Training = training, GradientStatistics = gradients, Scope = scope, StatisticsMomentum = 0.3 },
            Training = plan.Training with { Precision = Precision.Float64 },
        };
    }

    private static LocalTrainer Trained(Plan plan, int rounds)
    {
        var trainer = new LocalTrainer(plan, "a", Plans.Data(plan, "a", 30));
        for (var round = 1; round <= rounds; round++)
            Round(trainer, Initialization.Describe(plan).Checkpoint, round);
        return trainer;
    }

    private static void Move(Dictionary<string, TensorContent> checkpoint, string layer, IEnumerable<TensorContent> update, double momentum)
    {
        var seen = update.ToDictionary(t => t.Name, Close.Values, StringComparer.Ordinal);
        var count = seen[UpdateLayout.Count(layer)][0];
        void To(string name, double[] values) => checkpoint[name] =
            TensorContent.Of(name, [.. Close.Values(checkpoint[name]).Zip(values, (old, value) => ((1 - momentum) * old) + (momentum * value))], values.Length);
        To(layer + ".running_mean", seen[UpdateLayout.Mean(layer)]);
        To(layer + ".running_var", Array.ConvertAll(seen[UpdateLayout.M2(layer)], m2 => m2 / count));
    }
}
