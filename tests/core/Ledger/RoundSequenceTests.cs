using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;

namespace FedOperator.Core.Tests.Ledger;

public sealed class RoundSequenceTests
{
    private static readonly RoundSequence s_plain = new([], [], null);

    [Fact]
    public void Precise_statistics_have_a_round_for_each_stage_and_an_evaluation_every_so_many_train_rounds_and_after_the_last()
    {
        var rounds = new RoundSequence(["bn1"], [["bn1"], ["bn2"]], 2);
        RoundKey? round = rounds.First;
        var seen = new List<string>();
        while (round is { } current)
        {
            seen.Add(current.ToString());
            round = rounds.After(current, target: 3);
        }

        Assert.Equal(
            ["statistics 0.1", "train 1", "train 2", "statistics 2.1", "statistics 2.2", "evaluate 2", "train 3", "statistics 3.1", "statistics 3.2", "evaluate 3"], seen);
        Assert.Equal(["bn2"], rounds.Layers(new RoundKey(2, RoundKind.Statistics, 2)));
    }

    [Fact]
    public void Statistics_rounds_come_first_one_for_each_layer_then_training_then_an_evaluation()
    {
        var rounds = new RoundSequence(["bn1", "bn2"], [], null);
        RoundKey? round = rounds.First;
        var seen = new List<string>();
        while (round is { } current)
        {
            seen.Add(current.Folder);
            round = rounds.After(current, target: 2);
        }

        Assert.Equal(["rounds/000000/statistics-01", "rounds/000000/statistics-02", "rounds/000001/train", "rounds/000002/train", "rounds/000002/evaluate"], seen);
    }

    [Fact]
    public void Clients_with_statistics_of_their_own_gather_them_when_they_evaluate() =>
        Assert.Equal(
            [new RoundKey(2, RoundKind.Evaluate), new RoundKey(4, RoundKind.Train)],
            new[] { 2, 3 }.Select(n => new RoundSequence([], [], 2).After(new RoundKey(n, RoundKind.Train), target: 5)).OfType<RoundKey>());

    [Theory]
    [InlineData(NormalizationTraining.Local, PersonalizationMethod.FedRep, 1, true)]
    [InlineData(NormalizationTraining.Local, PersonalizationMethod.FedRep, 0, false)]
    [InlineData(NormalizationTraining.Local, PersonalizationMethod.FedPer, 1, false)]
    [InlineData(NormalizationTraining.Federated, PersonalizationMethod.FedPer, 1, true)]
    public void A_base_that_stands_still_in_head_phases_has_its_first_statistics_before_round_1(NormalizationTraining training, PersonalizationMethod method, int blocks, bool bootstraps)
    {
        var plan = Planning.Resolve(Manifest.Read(Api.Golden.Given("plans", "minimal")).Job!, "id") with
        {
            Normalization = new NormalizationSpec { Training = training },
            Personalization = new PersonalizationSpec { Method = method, Blocks = blocks },
        };
        var model = new ModelLayout([new TensorEntry("bn1.running_mean", [2], DType.F32, TensorRole.BnStatistic, TensorPlacement.Shared, "bn1", BnStatistic.Mean)], ["bn1"]);
        Assert.Equal(bootstraps ? ["bn1"] : [], RoundSequence.Of(plan, model).Bootstrap);
    }

    [Fact]
    public void Without_shared_BatchNorm_layers_training_comes_first() => Assert.Equal(new RoundKey(1, RoundKind.Train), s_plain.First);

    [Fact]
    public void A_target_that_grew_while_the_last_evaluation_ran_goes_on_after_it() =>
        Assert.Equal(new RoundKey(3, RoundKind.Train), s_plain.After(new RoundKey(2, RoundKind.Evaluate), target: 5));

    [Fact]
    public void The_target_that_open_recorded_decides_whether_a_train_round_is_the_last() =>
        Assert.Equal(new RoundKey(2, RoundKind.Evaluate), s_plain.After(new RoundKey(2, RoundKind.Train), target: 2));
}
