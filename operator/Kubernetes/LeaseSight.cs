using FedOperator.Operator.Commands;
using k8s.LeaderElection;

namespace FedOperator.Operator.Kubernetes;

/// <summary>What this process has seen of the Lease: who renews it, and since when nobody does. By its own clock: those of machines differ.</summary>
/// <param name="lease">NAMESPACE/NAME, for messages.</param>
/// <param name="identity">This process's.</param>
/// <param name="time">The clock.</param>
internal sealed class LeaseSight(string lease, string identity, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private (string Holder, DateTime? Renewed) _last = ("", null);
    private long? _changed;
    private string? _trouble;

    /// <summary>For how long no renewal was seen, whoever leads; null: none was ever seen.</summary>
    public TimeSpan? SinceRenewal
    {
        get
        {
            lock (_lock)
                return _changed is { } at ? time.GetElapsedTime(at) : null;
        }
    }

    /// <summary>Whether this process was the holder when the Lease was last seen.</summary>
    public bool IsOurs
    {
        get
        {
            lock (_lock)
                return _last.Holder == identity;
        }
    }

    /// <summary>The Lease was read, or written.</summary>
    public void Saw(LeaderElectionRecord record)
    {
        lock (_lock)
        {
            _trouble = null;
            var now = (record.HolderIdentity ?? "", record.RenewTime);
            if (now.Item1.Length > 0 && now != _last)
                _changed = time.GetTimestamp();
            _last = now;
        }
    }

    /// <summary>It could not be read, or not be written.</summary>
    public void Failed(string why)
    {
        lock (_lock)
            _trouble = why;
    }

    /// <summary>That no operator is at work, and why, as far as this one can tell; null: one renewed the Lease within that time.</summary>
    public string? Unled(TimeSpan patience)
    {
        lock (_lock)
        {
            var silence = time.GetElapsedTime(_changed ?? _start);
            if (_changed is not null && silence <= patience)
                return null;
            var why = _trouble ?? (_last.Holder.Length > 0 ? $"{_last.Holder} holds it and does not renew it" : "nobody holds it");
            return _changed is null && silence <= patience
                ? $"no operator was seen to hold the Lease {lease} yet: {why}"
                : $"no operator was seen to renew the Lease {lease} for {Durations.Text(TimeSpan.FromSeconds(Math.Floor(silence.TotalSeconds)))}: {why}";
        }
    }

    /// <summary>As <see cref="Unled"/>, but patient also with a process that has only begun.</summary>
    public string? UnledSinceLong(TimeSpan patience) => time.GetElapsedTime(_start) > patience ? Unled(patience) : null;
}
