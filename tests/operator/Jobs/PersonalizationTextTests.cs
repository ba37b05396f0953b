using FedOperator.Core.Api;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Tests.Jobs;

public sealed class PersonalizationTextTests
{
    [Theory]
    [InlineData(PersonalizationMethod.None, null, null, true, false)]
    [InlineData(PersonalizationMethod.FedPer, 0, "fedPer: no unit of 4 stays with its client", true, false)]
    [InlineData(PersonalizationMethod.FedPer, 1, "fedPer: the last of 4 units, the classifier, stays with its client", true, true)]
    [InlineData(PersonalizationMethod.FedPer, 2, "fedPer: the last 2 of 4 units stay with their client", true, true)]
    [InlineData(PersonalizationMethod.FedPer, 4, "fedPer: all 4 units stay with their client: nothing is shared", false, true)]
    [InlineData(PersonalizationMethod.FedRep, 0, "fedRep: no unit of 4 stays with its client", true, false)]
    [InlineData(PersonalizationMethod.FedRep, 2, "fedRep: the last 2 of 4 units stay with their client; a round trains these first, for 5 steps, and then the others", true, true)]
    [InlineData(PersonalizationMethod.LgFedAvg, 0, "lgFedAvg: all 4 units stay with their client: nothing is shared", false, true)]
    [InlineData(PersonalizationMethod.LgFedAvg, 1, "lgFedAvg: the first 3 of 4 units stay with their client", false, true)]
    [InlineData(PersonalizationMethod.LgFedAvg, 3, "lgFedAvg: the first of 4 units stays with its client", true, true)]
    [InlineData(PersonalizationMethod.LgFedAvg, 4, "lgFedAvg: no unit of 4 stays with its client", true, false)]
    public void What_stays_is_told_and_has_a_container(PersonalizationMethod method, int? blocks, string? words, bool sharesLayers, bool hasState)
    {
        var plan = Samples.Plan("fashion-mnist");
        plan = plan with
        {
            Model = plan.Model with { Architecture = Architecture.Cnn },
            Personalization = new PersonalizationSpec { Method = method, Blocks = blocks },
            Training = plan.Training with { LocalSteps = 5, LocalEpochs = null },
            Normalization = new NormalizationSpec { Training = NormalizationTraining.Federated },
        };

        Assert.Equal(words, PersonalizationText.Of(plan));
        Assert.Equal(sharesLayers, NormalizationText.HasBootstrap(plan));
        Assert.Equal(hasState, Containers.HasPersonalState(plan));
    }

    [Fact]
    public void A_head_phase_of_its_own_length_or_of_epochs_is_told()
    {
        var plan = Samples.Plan("fashion-mnist") with { Personalization = new PersonalizationSpec { Method = PersonalizationMethod.FedRep, Blocks = 1, HeadSteps = 1 }, Normalization = new NormalizationSpec { Training = NormalizationTraining.Local } };
        Assert.EndsWith("; a round trains these first, for 1 step, and then the others", PersonalizationText.Of(plan), StringComparison.Ordinal);
        Assert.True(NormalizationText.HasBootstrap(plan));
        plan = plan with { Personalization = plan.Personalization with { HeadSteps = null }, Training = plan.Training with { LocalSteps = null, LocalEpochs = 2 } };
        Assert.EndsWith("for 2 epochs, and then the others", PersonalizationText.Of(plan), StringComparison.Ordinal);
    }
}
