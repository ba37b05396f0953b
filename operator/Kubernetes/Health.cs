using FedOperator.Operator.Commands;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Kubernetes;

/// <summary>Where the operator is in its life.</summary>
internal enum HostPhase
{
    /// <summary>Another operator is at work; this one waits for the lease.</summary>
    StandingBy,

    /// <summary>It lists what there is.</summary>
    Syncing,

    /// <summary>It works.</summary>
    Working,

    /// <summary>It takes no more jobs.</summary>
    Stopping,
}

/// <summary>What /healthz and /readyz answer.</summary>
/// <param name="caches">Stale where the API server was not heard of for long.</param>
/// <param name="queue">Stuck where a pass goes on for ever.</param>
/// <param name="lease">Tells, while this one stands by, whether another is at work; null: it works without a lease.</param>
internal sealed class Health(Caches caches, WorkQueue<JobKey> queue, LeaseSight? lease)
{
    /// <summary>Without a word from the API server for so long, what is known is not to be trusted: it sends a bookmark about every minute.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromMinutes(6);

    /// <summary>A pass is given up after <see cref="Workers.LongestPass"/>; one that does not even give up is stuck.</summary>
    public static readonly TimeSpan Stuck = Workers.LongestPass + TimeSpan.FromMinutes(1);

    /// <summary>Who stands by is of use only where somebody leads: it sees the lease renewed every two seconds, and takes it over after 15 s of silence.</summary>
    public static readonly TimeSpan Unled = TimeSpan.FromSeconds(30);

    /// <summary>Set by the host.</summary>
    public HostPhase Phase { get; set; } = HostPhase.StandingBy;

    /// <summary>Why a restart is needed; null: it is not.</summary>
    public string? NotLive()
    {
        if (Phase == HostPhase.StandingBy && lease?.UnledSinceLong(Stale) is { } unled)
            return unled;
        if (Phase is HostPhase.Syncing or HostPhase.Working && caches.SinceHeard is var silence && silence > Stale)
            return $"stale: the API server was not heard of for {Durations.Text(Seconds(silence))}";
        if (queue.UnderWay().Where(pass => pass > Stuck).DefaultIfEmpty().Max() is var longest && longest > TimeSpan.Zero)
            return $"stuck: a pass has been going on for {Durations.Text(Seconds(longest))}";
        return null;
    }

    /// <summary>Why it does not serve now; null: it does, or stands by while another does.</summary>
    public string? NotReady() => Phase switch
    {
        HostPhase.StandingBy => lease is null or { IsOurs: true } ? "it has only begun" : lease.Unled(Unled),
        HostPhase.Syncing => "jobs and pods are being listed",
        HostPhase.Stopping => "it is being stopped",
        _ => NotLive(),
    };

    private static TimeSpan Seconds(TimeSpan time) => TimeSpan.FromSeconds(Math.Floor(time.TotalSeconds));
}
