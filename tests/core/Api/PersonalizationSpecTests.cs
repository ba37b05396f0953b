using FedOperator.Core.Api;

namespace FedOperator.Core.Tests.Api;

public sealed class PersonalizationSpecTests
{
    [Theory]
    [InlineData(PersonalizationMethod.None, null, new int[0])]
    [InlineData(PersonalizationMethod.FedPer, 0, new int[0])]
    [InlineData(PersonalizationMethod.FedPer, 2, new[] { 2, 3 })]
    [InlineData(PersonalizationMethod.FedPer, 4, new[] { 0, 1, 2, 3 })]
    [InlineData(PersonalizationMethod.FedRep, 1, new[] { 3 })]
    [InlineData(PersonalizationMethod.LgFedAvg, 0, new[] { 0, 1, 2, 3 })]
    [InlineData(PersonalizationMethod.LgFedAvg, 1, new[] { 0, 1, 2 })]
    [InlineData(PersonalizationMethod.LgFedAvg, 4, new int[0])]
    public void Units_are_counted_from_the_classifier_back_and_those_that_stay_are_behind_the_cut_or_before_it(PersonalizationMethod method, int? blocks, int[] stay)
    {
        var spec = new PersonalizationSpec { Method = method, Blocks = blocks };
        Assert.Equal(stay, Enumerable.Range(0, 4).Take(spec.PersonalUnits(4)));
        Assert.Equal(stay.Length > 0, spec.KeepsUnits(Architecture.Cnn));
    }

    [Theory]
    [InlineData(PersonalizationMethod.None, null, true)]
    [InlineData(PersonalizationMethod.FedPer, 0, true)]
    [InlineData(PersonalizationMethod.FedPer, 3, true)]
    [InlineData(PersonalizationMethod.FedPer, 4, false)]
    [InlineData(PersonalizationMethod.LgFedAvg, 0, false)]
    [InlineData(PersonalizationMethod.LgFedAvg, 1, false)]
    [InlineData(PersonalizationMethod.LgFedAvg, 2, true)]
    public void Every_unit_but_the_classifier_has_layers_that_are_shared_with_it(PersonalizationMethod method, int? blocks, bool shares) =>
        Assert.Equal(shares, new PersonalizationSpec { Method = method, Blocks = blocks }.SharesLayers(Architecture.Cnn));

    [Fact]
    public void More_blocks_than_units_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PersonalizationSpec { Method = PersonalizationMethod.LgFedAvg, Blocks = 5 }.PersonalUnits(4));
}
