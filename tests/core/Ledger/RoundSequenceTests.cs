using FedOperator.Core.Ledger;

namespace FedOperator.Core.Tests.Ledger;

public sealed class RoundSequenceTests
{
    [Fact]
    public void Statistics_rounds_come_first_one_for_each_layer_then_training_then_an_evaluation()
    {
        RoundKey? round = RoundSequence.First(2);
        var seen = new List<string>();
        while (round is { } current)
        {
            seen.Add(current.Folder);
            round = RoundSequence.After(current, target: 2, bootstrapLayers: 2);
        }

        Assert.Equal(["rounds/000000/statistics-01", "rounds/000000/statistics-02", "rounds/000001/train", "rounds/000002/train", "rounds/000002/evaluate"], seen);
    }

    [Fact]
    public void Without_shared_BatchNorm_layers_training_comes_first() => Assert.Equal(new RoundKey(1, RoundKind.Train), RoundSequence.First(0));

    [Fact]
    public void A_target_that_grew_while_the_last_evaluation_ran_goes_on_after_it() =>
        Assert.Equal(new RoundKey(3, RoundKind.Train), RoundSequence.After(new RoundKey(2, RoundKind.Evaluate), target: 5, bootstrapLayers: 0));

    [Fact]
    public void The_target_that_open_recorded_decides_whether_a_train_round_is_the_last() =>
        Assert.Equal(new RoundKey(2, RoundKind.Evaluate), RoundSequence.After(new RoundKey(2, RoundKind.Train), target: 2, bootstrapLayers: 0));
}
