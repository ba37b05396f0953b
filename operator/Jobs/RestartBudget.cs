using FedOperator.Core.Api;

namespace FedOperator.Operator.Jobs;

/// <summary>How often one process may still be started again, and after what wait. A closed round resets it.</summary>
internal sealed class RestartBudget(FailurePolicySpec policy)
{
    /// <summary>No wait is longer.</summary>
    public static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(300);

    /// <summary>No wait after a disruption is shorter.</summary>
    public static readonly TimeSpan ShortestDisruption = TimeSpan.FromSeconds(5);

    private int _inARow;

    /// <summary>Restarts in all.</summary>
    public int Total { get; private set; }

    /// <summary>Takes one restart.</summary>
    /// <returns>How long to wait before it; null where none is left.</returns>
    public TimeSpan? Take()
    {
        if (_inARow >= policy.MaxRestarts)
            return null;
        _inARow++;
        Total++;
        return Backoff(policy, _inARow);
    }

    /// <summary>The wait before the restart after so many failures in a row, from 1.</summary>
    public static TimeSpan Backoff(FailurePolicySpec policy, int inARow) =>
        TimeSpan.FromSeconds(Math.Min(policy.BackoffSeconds * Math.Pow(2, inARow - 1), LongestBackoff.TotalSeconds));

    /// <summary>The wait after so many disruptions in a row, from 1. They do not count, but a node that refuses a pod is not asked again at once, whatever the policy says of failures.</summary>
    public static TimeSpan DisruptionBackoff(FailurePolicySpec policy, int inARow) =>
        Backoff(policy with { BackoffSeconds = Math.Max(policy.BackoffSeconds, ShortestDisruption.TotalSeconds) }, inARow);

    /// <summary>A round closed: what failed before it is forgiven.</summary>
    public void Reset() => _inARow = 0;
}
