namespace FedOperator.Core.Api;

/// <summary>How often a failed process is started again: per client, and for the aggregator.</summary>
public sealed record FailurePolicySpec
{
    /// <summary>How many times in a row a process is started again; a closed round in which it took part resets the count. One more failure, and the client is lost (the aggregator: the job fails). Evictions and lost nodes do not count. Default 10.</summary>
    public int MaxRestarts { get; init; } = 10;

    /// <summary>Wait before the first restart, in seconds; doubled for each further one in a row, up to 300. Default 10.</summary>
    public double BackoffSeconds { get; init; } = 10;
}
