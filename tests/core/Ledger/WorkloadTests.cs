using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Core.Tests.Ledger;

public sealed class WorkloadTests
{
    [Theory]
    [InlineData(10, 32, 1000, 10, 320)]
    [InlineData(3, 32, 20, 3, 60)]
    [InlineData(5, 1, 1, 5, 5)]
    public void Local_steps_take_a_batch_each_or_all_that_there_is(int steps, int batchSize, long held, long expectedSteps, long expectedSamples)
    {
        var training = new TrainingSpec { LocalSteps = steps, BatchSize = batchSize };
        Assert.Equal(expectedSteps, Workload.Steps(training, held));
        Assert.Equal(expectedSamples, Workload.Samples(training, held));
    }

    [Theory]
    [InlineData(2, 32, 64, 4)]
    [InlineData(2, 32, 65, 4)]
    [InlineData(2, 32, 66, 6)]
    [InlineData(1, 32, 1, 1)]
    [InlineData(1, 1, 5, 5)]
    [InlineData(1, 2, 3, 1)]
    public void A_trailing_single_sample_joins_the_batch_before(int epochs, int batchSize, long held, long expectedSteps)
    {
        var training = new TrainingSpec { LocalEpochs = epochs, BatchSize = batchSize };
        Assert.Equal(expectedSteps, Workload.Steps(training, held));
        Assert.Equal(epochs * held, Workload.Samples(training, held));
    }

    [Fact]
    public void Neither_steps_nor_epochs_is_ten_steps() => Assert.Equal(10, Workload.Steps(new TrainingSpec(), 100));

    [Fact]
    public void A_client_without_samples_has_no_workload() => Assert.Throws<ArgumentOutOfRangeException>(() => Workload.Samples(new TrainingSpec(), 0));
}
