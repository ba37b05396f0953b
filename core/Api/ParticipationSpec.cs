namespace FedOperator.Core.Api;

/// <summary>Who takes part in a round, and how long it waits.</summary>
public sealed record ParticipationSpec
{
    /// <summary>Share of the clients drawn for each train round: greater than 0, at most 1 (all). Default 1.</summary>
    public double PerRound { get; init; } = 1;

    /// <summary>Share of a round's participants without whose updates it is not closed: greater than 0, at most 1, rounded up to whole clients. Below 1, a round may close at its deadline without the stragglers. Default 1.</summary>
    public double Quorum { get; init; } = 1;

    /// <summary>How long a round waits for its participants, in seconds. It closes earlier once all have reported. Default 600.</summary>
    public double DeadlineSeconds { get; init; } = 600;

    /// <summary>What happens at the deadline without a quorum. Default `retry`.</summary>
    public BelowQuorum BelowQuorum { get; init; } = BelowQuorum.Retry;

    /// <summary>With `retry`: how many times one round is extended before the job fails. Default 10.</summary>
    public int MaxExtensions { get; init; } = 10;

    /// <summary>A client that missed so many rounds in a row is not waited for until its trainer starts anew: one dead client must not cost every round its deadline. Default 2.</summary>
    public int MaxMissedRounds { get; init; } = 2;

    /// <summary>How many of so many clients are drawn for a train round: rounded to the nearest, at least one.</summary>
    public int DrawnOf(int clients) => Math.Clamp((int)Math.Round(PerRound * clients, MidpointRounding.AwayFromZero), 1, Math.Max(clients, 1));

    /// <summary>How many of so many participants must be admitted: rounded up, at least one.</summary>
    public int QuorumOf(int participants) => Math.Max(1, (int)Math.Ceiling((Quorum * participants) - 1e-9));
}

/// <summary>What happens at the deadline without a quorum.</summary>
public enum BelowQuorum
{
    /// <summary>the round is extended by another deadline, with the same checkpoint and the same draws.</summary>
    Retry,

    /// <summary>the job fails.</summary>
    Fail,
}
