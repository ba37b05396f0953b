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

    [Theory]
    [InlineData(PersonalizationMethod.FedRep, 1, 7, null, 10 + 7, (10 + 7) * 32)]
    [InlineData(PersonalizationMethod.FedRep, 1, null, null, 10 + 10, (10 + 10) * 32)]
    [InlineData(PersonalizationMethod.FedRep, 1, 7, 2, (2 * 4) + 7, (2 * 100) + (7 * 32))]
    [InlineData(PersonalizationMethod.FedRep, 1, null, 2, 2 * 4 * 2, 2 * 100 * 2)]
    [InlineData(PersonalizationMethod.FedRep, 0, 7, null, 10, 320)]
    [InlineData(PersonalizationMethod.FedPer, 1, null, null, 10, 320)]
    public void A_round_of_fedRep_has_the_steps_of_both_phases_and_weighs_what_its_base_phase_does(PersonalizationMethod method, int blocks, int? headSteps, int? epochs, long steps, long samples)
    {
        var plan = Planning.Resolve(Manifest.Read(Api.Golden.Given("plans", "minimal")).Job!, "id") with
        {
            Personalization = new PersonalizationSpec { Method = method, Blocks = blocks, HeadSteps = headSteps },
            Training = new TrainingSpec { LocalSteps = epochs is null ? 10 : null, LocalEpochs = epochs },
        };
        Assert.Equal((steps, samples), (Workload.RoundSteps(plan, 100), Workload.RoundSamples(plan, 100)));
        Assert.Equal(epochs is { } n ? n * 100 : 320, Workload.Samples(plan.Training, 100));
    }

    [Fact]
    public void Neither_steps_nor_epochs_is_ten_steps() => Assert.Equal(10, Workload.Steps(new TrainingSpec(), 100));

    [Fact]
    public void A_client_without_samples_has_no_workload() => Assert.Throws<ArgumentOutOfRangeException>(() => Workload.Samples(new TrainingSpec(), 0));
}
