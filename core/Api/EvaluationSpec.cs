namespace FedOperator.Core.Api;

/// <summary>When the clients evaluate on their test shards: each its own model, and beside it the global one where something stays with the clients.</summary>
public sealed record EvaluationSpec
{
    /// <summary>Every so many train rounds, riding on the next one, and always after the last. Default 1.</summary>
    public int EveryRounds { get; init; } = 1;

    /// <summary>At most so many test samples of each client, which costs less; the last evaluation uses all. Absent: all.</summary>
    public int? MaxSamples { get; init; }
}
