using System.Threading.Channels;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Kubernetes;
using k8s.Autorest;

namespace FedOperator.Operator.Remote;

/// <summary>Follows the log of one process from attempt to attempt.</summary>
/// <param name="cluster">Where it runs.</param>
/// <param name="process">The client's name, or `aggregator`.</param>
/// <param name="view">Tells of new pods.</param>
/// <param name="lines">Where its lines go, each behind <paramref name="prefix"/>.</param>
/// <param name="prefix">Names the process where there are several.</param>
/// <param name="notes">Where what is to be said about it goes.</param>
/// <param name="time">Measures how far back to read after a broken connection.</param>
internal sealed class LogFollower(Cluster cluster, string process, JobView view, ChannelWriter<string> lines, string prefix, Action<string> notes, TimeProvider time)
{
    // Clocks and rounding: what comes twice is dropped by its time.
    private const int Overlap = 5;

    private string _newest = "";
    private long _arrived;
    private string _said = "";

    /// <summary>Follows until the job and its last pod have ended.</summary>
    /// <param name="job">As it is now.</param>
    /// <param name="tail">Only so many lines of what is there already.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(RemoteJob? job, int? tail, CancellationToken cancellationToken)
    {
        var done = -1;
        while (job is not null)
        {
            var pod = job.Pods.Where(p => p.Process == process && p.Attempt > done).MinBy(p => p.Attempt);
            if (pod is null && job.IsOver)
                return;
            if (pod is null)
                Say(job);
            else if (await OpenAsync(pod, tail, cancellationToken).ConfigureAwait(false) is { } log)
            {
                await using (log.ConfigureAwait(false))
                    await CopyAsync(log, cancellationToken).ConfigureAwait(false);
                tail = null;
            }
            else
                Say(job);
            job = await view.Next.WaitAsync(cancellationToken).ConfigureAwait(false);
            // A log ends with its container, or with the connection: then it is opened again.
            if (pod is not null && (job is null || job.Pods.FirstOrDefault(p => p.Uid == pod.Uid) is not { IsFinished: false }))
            {
                done = pod.Attempt;
                _newest = "";
                if (job is not null)
                    Say(job);
            }
        }
    }

    private int? SinceSeconds => _newest.Length == 0 ? null : (int)time.GetElapsedTime(_arrived).TotalSeconds + Overlap;

    private async Task<Stream?> OpenAsync(ObservedPod pod, int? tail, CancellationToken cancellationToken)
    {
        try
        {
            return await PodLog.OpenAsync(cluster, pod, follow: true, tail, SinceSeconds, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && JobView.IsPassing(e))
        {
            // The node, or the API server, is away for a moment.
            Say(e is HttpOperationException refused ? ApiRefusal.Of(refused).Message : e.Message);
            return null;
        }
    }

    private async Task CopyAsync(Stream log, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(log);
        try
        {
            while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
            {
                var space = line.IndexOf(' ', StringComparison.Ordinal);
                var stamp = line[..Math.Max(space, 0)];
                // RFC 3339 with nine digits: ordered as text.
                if (string.CompareOrdinal(stamp, _newest) <= 0 && stamp.Length > 0)
                    continue;
                (_newest, _arrived) = (stamp, time.GetTimestamp());
                await lines.WriteAsync(prefix + line[(space + 1)..], cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            // The connection broke; it is opened again.
        }
    }

    private void Say(RemoteJob job)
    {
        var state = ProcessState.Of(job, time.GetUtcNow()).FirstOrDefault(p => p.Name == process);
        if (state is { IsWell: false })
            Say(state.Words);
    }

    private void Say(string words)
    {
        if (words == _said)
            return;
        _said = words;
        notes(words);
    }
}
