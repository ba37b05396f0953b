namespace FedOperator.Core.Api;

/// <summary>How often a failed process is started again: per client, and for the aggregator.</summary>
public sealed record FailurePolicySpec
{
    /// <summary>Restarts in a row without a closed round between them; one more failure loses the client (or fails the job, for the aggregator). Default 10.</summary>
    public int MaxRestarts { get; init; } = 10;

    /// <summary>Seconds before the first restart; doubled for each further one in a row, up to 300. Default 10.</summary>
    public double BackoffSeconds { get; init; } = 10;
}
