namespace FedOperator.Core.Api;

/// <summary>Which parts of the model stay with their client (arXiv 1912.00818, 2102.07078, 2001.01523).</summary>
public sealed record PersonalizationSpec
{
    /// <summary>Which parts are personal. Default `none`.</summary>
    public PersonalizationMethod Method { get; init; } = PersonalizationMethod.None;

    /// <summary>Where the model is cut, counted in units from the classifier back: 0 nothing, 1 the classifier, 2 the classifier and the last block, and so on. With `fedPer` and `fedRep` so many units stay with their client; with `lgFedAvg` so many are shared, and the others stay. At most, which is everything: 3 for `mlp`, 4 for `cnn`, 5 for `resnet8`, 11 for `resnet20`, 18 for `resnet34`, 15 for `mobilenetV1`. Needed with any method but `none`.</summary>
    public int? Blocks { get; init; }

    /// <summary>With `fedRep`, and only then: optimizer steps of the head phase of a round, in which the units that stay are trained and the shared ones stand still. The phase after it trains the shared ones for `training.localSteps` or `localEpochs`. Absent: as many as that; with `blocks: 0` there is no head phase.</summary>
    public int? HeadSteps { get; init; }

    /// <summary>Which units of a network stay with their client, as positions in the order of the forward pass; empty where none do.</summary>
    /// <param name="units">How many the network has.</param>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="Blocks"/> is more than that.</exception>
    public Range PersonalUnits(int units)
    {
        var blocks = Blocks ?? 0;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Method == PersonalizationMethod.None ? 0 : blocks, units, nameof(Blocks));
        return Method switch
        {
            PersonalizationMethod.FedPer or PersonalizationMethod.FedRep => (units - blocks)..units,
            PersonalizationMethod.LgFedAvg => ..(units - blocks),
            _ => ..0,
        };
    }

    /// <summary>Whether any unit of a network stays with its client.</summary>
    public bool KeepsUnits(Architecture architecture) => PersonalUnits(ModelSpec.UnitCount(architecture)) is var kept && kept.End.Value > kept.Start.Value;

    /// <summary>Whether a unit with normalization layers is shared: every unit but the classifier has some.</summary>
    public bool SharesLayers(Architecture architecture)
    {
        var units = ModelSpec.UnitCount(architecture);
        var kept = PersonalUnits(units);
        return kept.Start.Value > 0 || kept.End.Value < units - 1;
    }

    /// <summary>Whether a round has a head phase before its base phase: `fedRep` with anything to train in it.</summary>
    public bool HasHeadPhase() => Method == PersonalizationMethod.FedRep && Blocks > 0;
}

/// <summary>Personalization methods.</summary>
public enum PersonalizationMethod
{
    /// <summary>none: all tensors are shared.</summary>
    None,

    /// <summary>the last units (arXiv 1912.00818), trained together with the rest.</summary>
    FedPer,

    /// <summary>the last units (arXiv 2102.07078), trained first, the rest standing still; then the rest, these standing still.</summary>
    FedRep,

    /// <summary>all but the last units (arXiv 2001.01523): each client has its own representation, and all one classifier.</summary>
    LgFedAvg,
}
