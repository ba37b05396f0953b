namespace k8s.LeaderElection;

/// <summary>What processes compete for.</summary>
public interface ILock
{
    /// <summary>Who competes.</summary>
    string Identity { get; }

    /// <summary>Reads it.</summary>
    Task<LeaderElectionRecord> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>Creates it; false: that failed.</summary>
    Task<bool> CreateAsync(LeaderElectionRecord record, CancellationToken cancellationToken = default);

    /// <summary>Replaces what was last read or written; false: that failed, or another was quicker.</summary>
    Task<bool> UpdateAsync(LeaderElectionRecord record, CancellationToken cancellationToken = default);

    /// <summary>For messages.</summary>
    string Describe();
}

/// <summary>How to compete.</summary>
public class LeaderElectionConfig
{
    /// <summary>For this lock.</summary>
    public LeaderElectionConfig(ILock @lock) => Lock = @lock;

    /// <summary>What processes compete for.</summary>
    public ILock Lock { get; set; }

    /// <summary>Others wait so long after the last renewal that they saw.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The leader gives up after so long without a renewal.</summary>
    public TimeSpan RenewDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two tries.</summary>
    public TimeSpan RetryPeriod { get; set; } = TimeSpan.FromSeconds(2);
}
