using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Tests.Support;
using FedOperator.Trainer.Training;

namespace FedOperator.Trainer.Tests.Training;

/// <summary>What `trainer evaluate` loads: a whole model, or one without what stays with the clients.</summary>
public sealed class WholeModelTests
{
    [Theory]
    [InlineData(NormalizationTraining.Federated, NormalizationScope.Shared, 2)]
    [InlineData(NormalizationTraining.Hybrid, NormalizationScope.PerClient, 1)]
    [InlineData(NormalizationTraining.Local, NormalizationScope.StatisticsPerClient, 0)]
    public void A_whole_model_evaluates_as_checkpoint_and_personal_state_together(NormalizationTraining training, NormalizationScope scope, int blocks)
    {
        var plan = Plan(training, scope, blocks);
        var checkpoint = Initialization.Describe(plan).Checkpoint;
        using var client = Trainer(plan);
        for (var round = 1; round <= 3; round++)
        {
            client.LoadCheckpoint(checkpoint);
            client.Train(round, 0.1, stepDone: null, CancellationToken.None);
        }
        var state = client.PersonalState();
        client.LoadCheckpoint(checkpoint);
        client.LoadPersonalState(state);
        var expected = client.Evaluate(null, CancellationToken.None);

        var inference = WholeModel.Tensors(client.Layout).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        List<TensorContent> whole = [.. checkpoint.Concat(state).Where(t => inference.Contains(t.Name))];
        using var other = Trainer(plan);
        Assert.True(Load(other, whole));
        Assert.Equal(expected, other.Evaluate(null, CancellationToken.None));

        // Without the client's tensors: those of before its first round, and told of.
        var personal = WholeModel.Personal(client.Layout).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        Assert.False(Load(other, whole.Where(t => !personal.Contains(t.Name))));
        Assert.NotEqual(expected, other.Evaluate(null, CancellationToken.None));

        // Neither whole nor without.
        var missing = Assert.Throws<InvalidDataException>(() => Load(other, whole.Where(t => t.Name != personal.Order(StringComparer.Ordinal).Last())));
        Assert.Contains("missing in the personal state", missing.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => Load(other, whole.Where(t => t.Name != "conv1.weight")));
    }

    [Fact]
    public void Where_nothing_stays_with_clients_a_checkpoint_is_a_whole_model()
    {
        var plan = Plan(NormalizationTraining.Federated, NormalizationScope.Shared, 0);
        using var trainer = Trainer(plan);
        Assert.True(Load(trainer, Initialization.Describe(plan).Checkpoint));
    }

    private static bool Load(LocalTrainer trainer, IEnumerable<TensorContent> tensors) => trainer.LoadModel(TensorFile.WithTrainingTensors(trainer.Layout, tensors));

    private static LocalTrainer Trainer(Plan plan) => new(plan, "a", Plans.Data(plan, "a", 30));

    private static Plan Plan(NormalizationTraining training, NormalizationScope scope, int blocks)
    {
        var plan = Plans.Small();
        return plan with
        {
            Normalization = new NormalizationSpec { Training = training, GradientStatistics = training == NormalizationTraining.Federated, Scope = scope, StatisticsMomentum = 0.3 },
            Personalization = blocks == 0 ? new PersonalizationSpec() : new PersonalizationSpec { Method = PersonalizationMethod.FedPer, Blocks = blocks },
            Training = plan.Training with { Optimizer = plan.Training.Optimizer with { Momentum = 0.9, State = OptimizerState.Keep } },
        };
    }
}
