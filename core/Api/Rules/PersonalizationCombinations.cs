using System.Text.Json;

namespace FedOperator.Core.Api;

/// <summary>The combinations around `spec.personalization` that cannot be.</summary>
internal static class PersonalizationCombinations
{
    private const string None = "self.personalization.method == 'none'";
    private const string Has = "has(self.personalization.blocks)";

    public static readonly IReadOnlyList<Combination> Table =
    [
        new("spec.personalization.blocks", s => s.Personalization is { Method: not PersonalizationMethod.None, Blocks: null }, _ => null,
            "is missing, and every personalization.method but none needs it", "say where the model is cut: `blocks: 1` is before the classifier",
            $"{None} || {Has}"),
        new("spec.personalization.blocks", s => s.Personalization is { Method: PersonalizationMethod.None, Blocks: not null }, s => s.Personalization.Blocks,
            "is for a personalization.method other than none", "set spec.personalization.method to fedPer, fedRep or lgFedAvg, or remove it",
            $"!({None}) || !{Has}"),
        new("spec.personalization.blocks", s => s.Personalization.Method != PersonalizationMethod.None && s.Personalization.Blocks <= ModelUnits.Largest && s.Personalization.Blocks > Units(s), s => s.Personalization.Blocks,
            "is more than the architecture has", "give at most its units: " + string.Join(", ", Enum.GetValues<Architecture>().Select(a => FormattableString.Invariant($"{ModelSpec.UnitCount(a)} for {JsonNamingPolicy.CamelCase.ConvertName(a.ToString())}"))),
            $"{None} || !{Has} || self.personalization.blocks <= {Counts}"),
        new("spec.personalization.blocks", s => s.Personalization.Method == PersonalizationMethod.FedRep && s.Personalization.Blocks == Units(s), s => s.Personalization.Blocks,
            "leaves fedRep no base to train after the heads", "give fewer blocks than the architecture has units, or set spec.personalization.method to fedPer",
            $"self.personalization.method != 'fedRep' || !{Has} || self.personalization.blocks != {Counts}"),
        new("spec.personalization.headSteps", s => s.Personalization is { Method: not PersonalizationMethod.FedRep, HeadSteps: not null }, s => s.Personalization.HeadSteps,
            "is for fedRep only: the others have no head phase", "set spec.personalization.method to fedRep, or remove it",
            "self.personalization.method == 'fedRep' || !has(self.personalization.headSteps)"),
    ];

    private static string Counts => $"{ModelUnits.Map(ModelSpec.UnitCount)}[self.model.architecture]";

    private static int Units(FederatedJobSpec spec) => ModelSpec.UnitCount(spec.Model.Architecture);

    /// <summary>Whether no unit with BatchNorm layers is shared: <see cref="PersonalizationSpec.SharesLayers"/>, not.</summary>
    internal static string SharesNoLayersCel =>
        $"!({None}) && {Has} && (self.personalization.method == 'lgFedAvg' ? self.personalization.blocks <= 1 : self.personalization.blocks == {Counts})";

    /// <summary>The same of a spec, whose blocks need not be valid.</summary>
    internal static bool SharesNoLayers(FederatedJobSpec spec) =>
        spec.Personalization is { Method: not PersonalizationMethod.None, Blocks: >= 0 } && spec.Personalization.Blocks <= Units(spec) && !spec.Personalization.SharesLayers(spec.Model.Architecture);
}
