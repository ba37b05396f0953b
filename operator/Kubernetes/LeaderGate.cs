using FedOperator.Operator.Kubernetes.Http;
using k8s;
using k8s.LeaderElection;
using Microsoft.Extensions.Logging;

namespace FedOperator.Operator.Kubernetes;

/// <summary>How processes compete for leadership: by a Lease.</summary>
internal sealed record LeaderGateOptions
{
    /// <summary>Namespace of the Lease.</summary>
    public required string Namespace { get; init; }

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "fed-operator";

    /// <summary>Names this process and no other: the pod's name and something drawn.</summary>
    public required string Identity { get; init; }

    /// <summary>Others wait so long after the last renewal that they saw. Whole seconds.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The leader gives up after so long without a renewal: before others may begin.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two tries.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>Why a gate closed.</summary>
internal enum GateClosed
{
    /// <summary>The process was asked to stop: the work ended first, and the Lease was released, so that a successor begins at once.</summary>
    Stopped,

    /// <summary>The Lease was lost. The process must exit without delay: its work was cancelled but not waited for, and another leader may begin in a few seconds.</summary>
    Lost,
}

/// <summary>Lets work run in one process at a time.</summary>
/// <param name="client">The API server's; for the Lease alone.</param>
/// <param name="options">Which Lease, and how it is competed for.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For who leads, and for what goes wrong.</param>
/// <param name="fence">Closed once another leads; null: there is none.</param>
internal sealed class LeaderGate(IKubernetes client, LeaderGateOptions options, TimeProvider time, ILogger logger, LeaseFence? fence = null)
{
    private static readonly TimeSpan s_releaseTimeout = TimeSpan.FromSeconds(5);

    private volatile bool _isLeader;

    /// <summary>Whether this process leads.</summary>
    public bool IsLeader => _isLeader;

    /// <summary>What was seen of the Lease.</summary>
    public LeaseSight Sight { get; } = new($"{options.Namespace}/{options.Name}", options.Identity, time);

    /// <summary>Waits for leadership, and then runs the work while it lasts.</summary>
    /// <param name="work">Ends soon after its token is cancelled.</param>
    /// <param name="cancellationToken">Asks the process to stop.</param>
    /// <exception cref="Exception">The work's own; the Lease is released then as well.</exception>
    public async Task<GateClosed> RunAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        var patient = new LeaderGateLock(new GateLease(client, options.Namespace, options.Name, options.Identity), options.RenewDeadline / 2, Sight, time, logger);
        using var elector = new LeaderElector(new LeaderElectionConfig(patient) { LeaseDuration = options.LeaseDuration, RenewDeadline = options.RenewDeadline, RetryPeriod = options.RetryPeriod });
        using var compete = new CancellationTokenSource();
        using var lead = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var leading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        elector.OnStartedLeading += () => leading.TrySetResult();
        elector.OnNewLeader += leader =>
        {
            if (!string.IsNullOrEmpty(leader))
                LeaderGateLog.Leader(logger, patient.Describe(), leader);
        };

        var election = elector.RunUntilLeadershipLostAsync(compete.Token);
        if (!await BeginsAsync(leading.Task, election, cancellationToken).ConfigureAwait(false))
        {
            await EndAsync(compete, election).ConfigureAwait(false);
            // Stopped while the answer to a first renewal was under way: it may be ours.
            await ReleaseAsync(patient).ConfigureAwait(false);
            return GateClosed.Stopped;
        }

        if (election.IsCompleted)
            return GateClosed.Lost;
        _isLeader = true;
        LeaderGateLog.Began(logger, patient.Describe(), options.Identity);
        var working = Task.Run(() => work(lead.Token), CancellationToken.None);
        var first = await Task.WhenAny(working, election, patient.Taken).ConfigureAwait(false);
        _isLeader = false;
        if (first != working)
        {
            fence?.Close();
            LeaderGateLog.Lost(logger, patient.Describe(), patient.Taken.IsCompletedSuccessfully ? $"to {await patient.Taken.ConfigureAwait(false)}" : $"for want of a renewal within {options.RenewDeadline.TotalSeconds} s");
            await lead.CancelAsync().ConfigureAwait(false);
            await compete.CancelAsync().ConfigureAwait(false);
            return GateClosed.Lost;
        }
        // The Lease was renewed until here: what the work wrote last, it wrote as the leader.
        await EndAsync(compete, election).ConfigureAwait(false);
        await ReleaseAsync(patient).ConfigureAwait(false);
        try
        {
            await working.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // As asked.
        }
        return GateClosed.Stopped;
    }

    private static async Task<bool> BeginsAsync(Task leading, Task election, CancellationToken cancellationToken)
    {
        try
        {
            var first = await Task.WhenAny(leading, election).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (first == election)
                await election.ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task EndAsync(CancellationTokenSource compete, Task election)
    {
        await compete.CancelAsync().ConfigureAwait(false);
        await election.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ReleaseAsync(LeaderGateLock patient)
    {
        // The process is stopping: its own token is cancelled already.
        using var limit = new CancellationTokenSource(s_releaseTimeout, time);
        try
        {
            if (await patient.ReleaseAsync(time.GetUtcNow(), limit.Token).ConfigureAwait(false))
                LeaderGateLog.Released(logger, patient.Describe());
        }
        catch (Exception e)
        {
            // The successor waits for the Lease's end instead.
            LeaderGateLog.Trouble(logger, patient.Describe(), e.Message);
        }
    }
}
