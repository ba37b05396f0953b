using System.Collections.Concurrent;
using FedOperator.Core.Api;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Local;

/// <summary>How a supervised process ended for good.</summary>
internal enum ProcessEnd
{
    /// <summary>Exit code 0.</summary>
    Done,

    /// <summary>Exit code 2: its input is wrong, and would be wrong again.</summary>
    Refused,

    /// <summary>Exit code 3: the ledger says that the job failed.</summary>
    JobFailed,

    /// <summary>It crashed once more than the failure policy forgives.</summary>
    Lost,

    /// <summary>It was asked to stop.</summary>
    Stopped,
}

/// <summary>How a supervised process ended for good.</summary>
/// <param name="Process">Which.</param>
/// <param name="End">How.</param>
/// <param name="ExitCode">Of its last run.</param>
/// <param name="Said">What its log ends with; null where it was asked to stop.</param>
internal sealed record ProcessResult(PlannedProcess Process, ProcessEnd End, int ExitCode, string? Said = null);

/// <summary>Starts processes, and starts them again by the failure policy.</summary>
/// <param name="policy">How often, and after what wait.</param>
/// <param name="start">Starts one.</param>
/// <param name="say">Takes a line for the user: a crash, a restart.</param>
/// <param name="time">Measures waits.</param>
internal sealed class Supervisor(FailurePolicySpec policy, Func<PlannedProcess, ChildProcess> start, Action<string> say, TimeProvider time)
{
    /// <summary>Exit code of a trainer whose input is wrong.</summary>
    public const int RefusedCode = 2;

    /// <summary>Exit code of a trainer whose job failed.</summary>
    public const int JobFailedCode = 3;

    /// <summary>Between SIGTERM and SIGKILL.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, RestartBudget> _budgets = new(StringComparer.Ordinal);

    /// <summary>Restarts so far, of all processes.</summary>
    public int Restarts => _budgets.Values.Sum(b => b.Total);

    /// <summary>Restarts so far, by process, where there were any.</summary>
    public IReadOnlyDictionary<string, int> RestartsByProcess =>
        _budgets.Where(b => b.Value.Total > 0).OrderBy(b => b.Key, StringComparer.Ordinal).ToDictionary(b => b.Key, b => b.Value.Total, StringComparer.Ordinal);

    /// <summary>A round closed: what failed before it is forgiven to those that had a part in it. One that dies in every round is not.</summary>
    /// <param name="tookPart">Names of processes.</param>
    public void RoundClosed(IEnumerable<string> tookPart)
    {
        foreach (var name in tookPart)
        {
            if (_budgets.TryGetValue(name, out var budget))
                budget.Reset();
        }
    }

    /// <summary>Runs a process until it ends for good.</summary>
    /// <param name="process">Which.</param>
    /// <param name="stop">Cancelled: the process is asked to stop, and then made to. No exception.</param>
    public async Task<ProcessResult> RunAsync(PlannedProcess process, CancellationToken stop)
    {
        var budget = _budgets.GetOrAdd(process.Name, _ => new RestartBudget(policy));
        while (true)
        {
            var (code, stopped, said) = await RunOnceAsync(process, stop).ConfigureAwait(false);
            if (stopped)
                return new ProcessResult(process, ProcessEnd.Stopped, code);
            if (code is 0 or RefusedCode or JobFailedCode)
                return new ProcessResult(process, code switch { 0 => ProcessEnd.Done, RefusedCode => ProcessEnd.Refused, _ => ProcessEnd.JobFailed }, code, said);
            if (stop.IsCancellationRequested)
                return new ProcessResult(process, ProcessEnd.Stopped, code);
            if (budget.Take() is not { } backoff)
            {
                say($"{process.Name} {Describe(code)}, after {policy.MaxRestarts} restarts without a closed round: it is not started again");
                return new ProcessResult(process, ProcessEnd.Lost, code, said);
            }
            // Ctrl-C reaches the children too, and sometimes before this process: then the wait is cancelled, and nothing is to be said.
            if (await IsCancelledAsync(Task.Delay(backoff, time, stop)).ConfigureAwait(false))
                return new ProcessResult(process, ProcessEnd.Stopped, code);
            say($"{process.Name} {Describe(code)}: started again after {backoff.TotalSeconds:0.###} s");
        }
    }

    private async Task<(int Code, bool Stopped, string? Said)> RunOnceAsync(PlannedProcess process, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
            return (0, true, null);
        var child = start(process);
        await using (child.ConfigureAwait(false))
        {
            var exit = child.ExitCodeAsync(stop);
            return await IsCancelledAsync(exit).ConfigureAwait(false)
                ? (await child.StopAsync(Grace, time).ConfigureAwait(false), true, null)
                : (await exit.ConfigureAwait(false), false, child.Said());
        }
    }

    private static async Task<bool> IsCancelledAsync(Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCanceled;
    }

    /// <summary>An exit code in words.</summary>
    public static string Describe(int code) => code switch
    {
        137 => "was killed (SIGKILL; by the kernel if memory ran out)",
        > 128 and < 160 => $"was ended by signal {code - 128}",
        _ => $"ended with exit code {code}",
    };
}
