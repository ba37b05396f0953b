namespace FedOperator.Core.Api;

/// <summary>Who takes part in a round, and how long it waits.</summary>
public sealed record ParticipationSpec
{
    /// <summary>Share of the clients drawn for each train round, in (0, 1]. Default 1.</summary>
    public double PerRound { get; init; } = 1;

    /// <summary>Share of a round's participants that must be admitted, in (0, 1]. Default 1.</summary>
    public double Quorum { get; init; } = 1;

    /// <summary>How long a round waits for its participants once an aggregator has it open. Default 600.</summary>
    public double DeadlineSeconds { get; init; } = 600;

    /// <summary>What happens at the deadline without a quorum. Default `retry`.</summary>
    public BelowQuorum BelowQuorum { get; init; } = BelowQuorum.Retry;

    /// <summary>With `retry`: how many times one round is extended before the job fails. Default 10.</summary>
    public int MaxExtensions { get; init; } = 10;

    /// <summary>A client that missed so many rounds in a row is not waited for until it says hello again. Default 2.</summary>
    public int MaxMissedRounds { get; init; } = 2;
}

/// <summary>What happens at the deadline without a quorum.</summary>
public enum BelowQuorum
{
    /// <summary>The round is extended by another deadline, with the same base and the same seeds.</summary>
    Retry,

    /// <summary>The job fails.</summary>
    Fail,
}

/// <summary>When the clients evaluate the global model on their test shards.</summary>
public sealed record EvaluationSpec
{
    /// <summary>Every so many train rounds (riding on the next one), and always after the last. Default 1.</summary>
    public int EveryRounds { get; init; } = 1;

    /// <summary>Largest number of test samples a client uses between; the last evaluation uses all. Absent: all.</summary>
    public int? MaxSamples { get; init; }
}

/// <summary>Which parts of the model stay with their client (arXiv 1912.00818).</summary>
public sealed record PersonalizationSpec
{
    /// <summary>Default `none`.</summary>
    public PersonalizationMethod Method { get; init; } = PersonalizationMethod.None;

    /// <summary>For `fedPer`: how many units stay home, from the classifier back: 0 none, 1 the classifier, 2 classifier and last block, ...</summary>
    public int? Blocks { get; init; }
}

/// <summary>Personalization methods.</summary>
public enum PersonalizationMethod
{
    /// <summary>Everything is shared.</summary>
    None,

    /// <summary>The last units stay home, trained jointly.</summary>
    FedPer,
}
