using System.Globalization;
using System.Threading.Channels;
using FedOperator.Core.Api;
using FedOperator.Operator.Commands;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Remote;

/// <summary>What `fed logs` was asked for.</summary>
/// <param name="Job">The job's name.</param>
/// <param name="Process">One process; null: all.</param>
/// <param name="Follow">On and on, from attempt to attempt.</param>
/// <param name="Tail">Only so many last lines of each; null: all.</param>
internal sealed record LogRequest(string Job, string? Process, bool Follow, int? Tail);

/// <summary>Prints the logs of a job's processes.</summary>
/// <param name="cluster">Where it runs.</param>
/// <param name="request">What was asked for.</param>
/// <param name="output">Where lines go.</param>
/// <param name="errors">Where is said why there are none.</param>
/// <param name="time">For waits.</param>
internal sealed class JobLogs(Cluster cluster, LogRequest request, TextWriter output, TextWriter errors, TimeProvider time)
{
    // Each is a connection through the API server to a node.
    private const int MostFollowed = 50;
    private const int MostPending = 1024;
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    /// <summary>Prints them.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var job = await RemoteJob.ReadAsync(cluster, request.Job, cancellationToken).ConfigureAwait(false);
        if (job.Blind is { } blind)
            throw new RemoteException($"{blind}: logs need the rights to list pods and to get pods/log.");
        var processes = Chosen(job);
        var width = processes.Max(p => p.Length) + 2;
        // Of one process the lines are as it wrote them.
        string Prefix(string process) => processes.Count == 1 ? "" : $"[{process}]".PadRight(width) + " ";
        if (!request.Follow)
        {
            foreach (var process in processes)
                await PrintAsync(job, process, Prefix(process), cancellationToken).ConfigureAwait(false);
            return ExitCode.Done;
        }
        if (processes.Count > MostFollowed)
            throw new RemoteException(string.Create(CultureInfo.InvariantCulture, $"{processes.Count} processes are too many to follow at once (at most {MostFollowed}): choose one with --client or --aggregator."));
        await FollowAsync(job, processes, Prefix, cancellationToken).ConfigureAwait(false);
        return ExitCode.Done;
    }

    private IReadOnlyList<string> Chosen(RemoteJob job)
    {
        if (request.Process is not { } chosen)
            return job.Processes;
        if (job.Processes.Contains(chosen, StringComparer.Ordinal))
            return [chosen];
        if (job.Clients.Any(c => c.Name == chosen && c.External))
            throw new RemoteException($"{chosen} is an external client: it runs outside the cluster, and its log is where it runs.");
        var advice = Suggestions.Nearest(chosen, job.Processes) is { } near ? $"did you mean {near}?" : $"it has {Words.List(job.Processes)}";
        throw new RemoteException($"{job.Key.Name} has no client {chosen}: {advice}");
    }

    private async Task PrintAsync(RemoteJob job, string process, string prefix, CancellationToken cancellationToken)
    {
        if (job.Newest(process) is { } pod && await PodLog.OpenAsync(cluster, pod, follow: false, request.Tail, sinceSeconds: null, cancellationToken).ConfigureAwait(false) is { } log)
        {
            using var reader = new StreamReader(log);
            while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
                await output.WriteLineAsync(prefix + line).ConfigureAwait(false);
            return;
        }
        var state = ProcessState.Of(job, time.GetUtcNow()).First(p => p.Name == process);
        await errors.WriteLineAsync($"{process} has no log: {state.Words}").ConfigureAwait(false);
    }

    private async Task FollowAsync(RemoteJob job, IReadOnlyList<string> processes, Func<string, string> prefix, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var view = new JobView(cluster, request.Job, s_interval, time);
        var looking = view.RunAsync(stop.Token);
        var all = Channel.CreateBounded<string>(new BoundedChannelOptions(MostPending) { SingleReader = true });
        var printing = PrintAllAsync(all.Reader);
        var following = Task.WhenAll(processes.Select(process =>
            new LogFollower(cluster, process, view, all.Writer, prefix(process), note => errors.WriteLine($"{process}: {note}"), time).RunAsync(job, request.Tail, stop.Token)));
        try
        {
            // A look that fails for good ends everything; followers end with the job.
            if (await Task.WhenAny(following, looking).ConfigureAwait(false) == looking && looking.IsFaulted)
                await looking.ConfigureAwait(false);
            await following.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            all.Writer.Complete();
            await printing.ConfigureAwait(false);
        }
    }

    private async Task PrintAllAsync(ChannelReader<string> lines)
    {
        await foreach (var line in lines.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            await output.WriteLineAsync(line).ConfigureAwait(false);
            if (lines.Count == 0)
                await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }
}
