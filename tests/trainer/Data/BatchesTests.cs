using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace FedOperator.Trainer.Tests.Data;

public sealed class BatchesTests
{
    [Fact]
    public void Batches_are_what_the_workload_says() => Prop.ForAll(
        Gen.Choose(1, 7).Zip(Gen.Choose(1, 9)).Zip(Gen.Choose(1, 40)).Zip(Gen.Elements(true, false)).ToArbitrary(),
        draw =>
        {
            var (((rounds, batchSize), held), byEpochs) = draw;
            var plan = WithTraining(new TrainingSpec { LocalSteps = byEpochs ? null : rounds, LocalEpochs = byEpochs ? rounds : null, BatchSize = batchSize });
            var batches = new Batches(plan, "a", 1, held).Read().ToList();
            return batches.Count == Workload.Steps(plan.Training, held) && batches.Sum(b => b.Length) == Workload.Samples(plan.Training, held)
                && (batchSize == 1 || held == 1 || batches.TrueForAll(b => b.Length > 1));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Steps_go_through_whole_epochs_in_a_new_order_each()
    {
        var plan = WithTraining(new TrainingSpec { LocalSteps = 9, BatchSize = 4 });
        var order = new Batches(plan, "a", 1, 12).Read().SelectMany(b => b.ToArray()).ToArray();
        var epochs = order.Chunk(12).ToList();
        Assert.Equal(3, epochs.Count);
        Assert.All(epochs, epoch => Assert.Equal(Enumerable.Range(0, 12), epoch.Order()));
        Assert.NotEqual(epochs[0], epochs[1]);
    }

    [Fact]
    public void A_batch_may_begin_in_one_epoch_and_end_in_the_next()
    {
        var plan = WithTraining(new TrainingSpec { LocalSteps = 5, BatchSize = 4 });
        var batches = new Batches(plan, "a", 1, 10).Read().ToList();
        Assert.All(batches, batch => Assert.Equal(4, batch.Length));
        Assert.Equal(Enumerable.Range(0, 10), batches.SelectMany(b => b.ToArray()).Take(10).Order());
    }

    [Fact]
    public void Client_and_round_give_orders_of_their_own()
    {
        var plan = WithTraining(new TrainingSpec { LocalEpochs = 1, BatchSize = 50 });
        int[] First(string client, int round) => new Batches(plan, client, round, 50).Read().First().ToArray();
        Assert.Equal(First("a", 1), First("a", 1));
        Assert.NotEqual(First("a", 1), First("b", 1));
        Assert.NotEqual(First("a", 1), First("a", 2));
    }

    [Fact]
    public void No_samples_are_an_error() => Assert.Throws<ArgumentOutOfRangeException>(() => new Batches(Plans.Small(), "a", 1, 0));

    private static Plan WithTraining(TrainingSpec training) => Plans.Small() with { Training = training };
}
