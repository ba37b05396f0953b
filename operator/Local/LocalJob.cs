using FedOperator.Core.Ledger;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Local;

/// <summary>How a run on this machine ended.</summary>
internal enum RunState
{
    /// <summary>The last round closed.</summary>
    Complete,

    /// <summary>It cannot go on.</summary>
    Failed,

    /// <summary>It was asked to stop, and can be resumed.</summary>
    Stopped,
}

/// <summary>How a run on this machine ended.</summary>
/// <param name="State">How.</param>
/// <param name="Message">Why, unless complete.</param>
internal sealed record RunEnd(RunState State, string? Message);

/// <summary>A job's processes on this machine, from the first start to the last end.</summary>
/// <param name="plan">Says which clients must be there.</param>
/// <param name="processes">What runs.</param>
/// <param name="supervisor">Runs it.</param>
/// <param name="lost">Told which clients are gone for good: writes control.json.</param>
/// <param name="time">Measures the wait for clients at the end.</param>
internal sealed class LocalJob(Plan plan, JobProcesses processes, Supervisor supervisor, Func<IReadOnlyList<string>, Task> lost, TimeProvider time)
{
    /// <summary>How long the clients may take to see that the job has ended.</summary>
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(10);

    /// <summary>Runs until the job has ended or is asked to stop; no process is left behind.</summary>
    public async Task<RunEnd> RunAsync(CancellationToken stop)
    {
        var init = await supervisor.RunAsync(processes.Init, stop).ConfigureAwait(false);
        if (init.End != ProcessEnd.Done)
            return Ended(init);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var running = processes.Processes.Select(p => supervisor.RunAsync(p, end.Token)).ToList();
        try
        {
            return await FollowAsync(running, end).ConfigureAwait(false);
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(running).ConfigureAwait(false);
        }
    }

    private async Task<RunEnd> FollowAsync(List<Task<ProcessResult>> running, CancellationTokenSource end)
    {
        var gone = new List<string>();
        var open = running.ToList();
        while (true)
        {
            var first = await Task.WhenAny(open).ConfigureAwait(false);
            open.Remove(first);
            var result = await first.ConfigureAwait(false);
            if (result.Process.Role == ProcessRole.Aggregator)
            {
                if (result.End == ProcessEnd.Done)
                    await Task.WhenAny(Task.WhenAll(open), Task.Delay(s_farewell, time, end.Token)).ConfigureAwait(false);
                return Ended(result);
            }
            if (result.End is not (ProcessEnd.Lost or ProcessEnd.Refused))
                continue;
            gone.Add(result.Process.Name);
            if (Hopeless(gone) is { } why)
                return new RunEnd(RunState.Failed, $"{result.Process.Name} {Supervisor.Describe(result.ExitCode)} and is not started again: {why}{Said(result)}");
            await lost(gone).ConfigureAwait(false);
        }
    }

    /// <summary>Why the job cannot go on without these clients; null where it can.</summary>
    private string? Hopeless(List<string> gone)
    {
        if (plan.Clients.FirstOrDefault(c => c.Required && gone.Contains(c.Name, StringComparer.Ordinal)) is { } required)
            return $"{required.Name} is required";
        var left = plan.Clients.Count - gone.Count;
        var needed = Math.Max(1, (int)Math.Ceiling((plan.Participation.Quorum * plan.Participation.PerRound * plan.Clients.Count) - 1e-9));
        return left < needed ? $"{left} clients are left, and a quorum of {plan.Participation.Quorum:0.###} needs {needed}" : null;
    }

    private static RunEnd Ended(ProcessResult result) => result.End switch
    {
        ProcessEnd.Done => new RunEnd(RunState.Complete, null),
        ProcessEnd.Stopped => new RunEnd(RunState.Stopped, "stopped"),
        ProcessEnd.JobFailed => new RunEnd(RunState.Failed, null),
        ProcessEnd.Refused => new RunEnd(RunState.Failed, $"{result.Process.Name} refused its input{Said(result)}"),
        _ => new RunEnd(RunState.Failed, $"{result.Process.Name} {Supervisor.Describe(result.ExitCode)} and is not started again{Said(result)}"),
    };

    private static string Said(ProcessResult result) => result.Said is { } said ? $"; its log ends with: {said}" : "";
}
