namespace k8s.LeaderElection;

/// <summary>What a lock says about who leads.</summary>
public class LeaderElectionRecord
{
    /// <summary>Who holds it; empty: nobody, it was released.</summary>
    public string HolderIdentity { get; set; }

    /// <summary>After so long without a renewal others may take it.</summary>
    public int LeaseDurationSeconds { get; set; }

    /// <summary>When the holder took it.</summary>
    public DateTime? AcquireTime { get; set; }

    /// <summary>When the holder last renewed it.</summary>
    public DateTime? RenewTime { get; set; }

    /// <summary>How often the holder changed.</summary>
    public int LeaderTransitions { get; set; }

    /// <inheritdoc/>
    public override bool Equals(object obj) => obj is LeaderElectionRecord other && Key == other.Key;

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode();

    // As in the package: duration and transitions make no other record.
    private (string, DateTime?, DateTime?) Key => (HolderIdentity, AcquireTime, RenewTime);
}
