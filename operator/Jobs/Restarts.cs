using System.Globalization;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>What a look at the pods changed in what is known of the processes' starts.</summary>
/// <param name="Attempts">Of all processes that ran, in ordinal order of names.</param>
/// <param name="Failures">Failures that are new in this pass.</param>
/// <param name="Restarted">How many processes are to be started again for them.</param>
/// <param name="Fatal">Why the job cannot go on; null where it can.</param>
internal sealed record Review(IReadOnlyList<ProcessAttempts> Attempts, IReadOnlyList<FailureRecord> Failures, int Restarted, Verdict? Fatal)
{
    /// <summary>Nothing is counted.</summary>
    public static Review Nothing(FederatedJobStatus before) => new(before.Attempts ?? [], [], 0, null);

    /// <summary>Clients that are not started again.</summary>
    public IReadOnlyList<string> Lost => [.. Attempts.Where(a => a.Lost && a.Name != JobProcesses.AggregatorName).Select(a => a.Name)];
}

/// <summary>Counts failures, each once, and decides on the next attempt: backoff, budget, lost.</summary>
/// <remarks>
/// A failure is counted by raising the number of the process's attempt in the status, which is written before the failed pod is deleted and the next one created. Disruptions are not counted, but each in a row waits longer, as failures do,
/// so that a node that refuses a pod is not asked again and again.
/// </remarks>
internal sealed class Restarts(Pass pass)
{
    /// <summary>How long the ledger may take to say what a process said by its exit code: that the job has ended.</summary>
    public static readonly TimeSpan LedgerGrace = TimeSpan.FromSeconds(10);

    private readonly bool _runsAgain = Conditions.Standing(pass.Before) is not null;
    private readonly List<FailureRecord> _failures = [];
    private int _restarted;
    private Verdict? _fatal;

    /// <summary>Looks at the pods of the processes that should have one.</summary>
    public Review Of(IReadOnlyList<string> processes)
    {
        var attempts = new SortedDictionary<string, ProcessAttempts>((pass.Before.Attempts ?? []).ToDictionary(a => a.Name, StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (var process in processes)
        {
            var before = attempts.GetValueOrDefault(process) ?? new ProcessAttempts { Name = process };
            var after = Look(before, pass.Pods[process].FirstOrDefault(p => p.Attempt == before.Attempt));
            if (after != before)
                attempts[process] = after;
        }
        return new Review([.. attempts.Values], _failures, _restarted, _fatal);
    }

    private ProcessAttempts Look(ProcessAttempts process, ObservedPod? pod)
    {
        if (process.Lost)
            return process;
        if (_runsAgain)
            return RunsAgain(process, pod);
        if (pod is null)
            return process.Ran ? Disrupted(process, new PodEnd(PodFailure.Disrupted, null, "its pod was deleted", IsDisruption: true)) : process;
        if (pod.End is not { } end)
            return pod is { Phase: PodPhase.Running, Terminating: false } && !process.Ran ? process with { Ran = true, NotBefore = null } : process;
        // We deleted it ourselves, before it did anything that is known.
        if (pod.Terminating && !process.Ran)
            return process;
        return end.Reason switch
        {
            // It ends because it is deleted: once it is gone it was disrupted.
            PodFailure.Completed or PodFailure.JobFailed when pod.Terminating => process,
            PodFailure.Completed or PodFailure.JobFailed => SaysThatTheJobEnded(process, end),
            _ when end.IsDisruption => Disrupted(process, end),
            PodFailure.InvalidInput => GiveUp(process, end, "it would say so again"),
            _ => Failed(process, end),
        };
    }

    /// <summary>A job that was complete needs its processes now. What became of their pods since, and of those that we deleted, is nobody's fault.</summary>
    private static ProcessAttempts RunsAgain(ProcessAttempts process, ObservedPod? pod) => pod switch
    {
        null or { Terminating: true } => process with { Ran = false, NotBefore = null },
        { End: null } => process,
        _ => process with { Attempt = process.Attempt + 1, Ran = false, NotBefore = null },
    };

    /// <summary>Exit codes are hints: if the ledger does not agree soon, the process failed.</summary>
    private ProcessAttempts SaysThatTheJobEnded(ProcessAttempts process, PodEnd end)
    {
        if (pass.Ledger.Trouble is not null)
            return process;
        if (!process.Ran || process.NotBefore is null)
            return process with { Ran = true, NotBefore = pass.Now + LedgerGrace };
        // Rounds were added just after the last one had closed: it was right, by what it saw.
        if (pass.Progress is { State: JobState.Complete })
            return process.NotBefore <= pass.Now ? NeededAgain(process) : process;
        return !(JudgedAt(process) <= pass.Now)
            ? process
            : Failed(process, end with { Reason = PodFailure.EndedEarly, Message = string.Create(CultureInfo.InvariantCulture, $"ended with code {end.ExitCode} although the job goes on{(end.Reason == PodFailure.Completed ? "" : ": " + end.Message)}") });
    }

    /// <summary>When a process that said that the job has ended is not believed any more; null: nobody knows yet.</summary>
    private DateTimeOffset? JudgedAt(ProcessAttempts process)
    {
        if (process.Name == JobProcesses.AggregatorName)
            return process.NotBefore;
        // Clients see the last round close. That it did is for the aggregator to tell us: its next process does, where one was killed before it could.
        if (pass.AtWork(JobProcesses.AggregatorName) is null || Conditions.Since(pass.Before, Conditions.AggregatorReady) + LedgerGrace is not { } told)
            return null;
        return told > process.NotBefore ? told : process.NotBefore;
    }

    /// <summary>Not its fault, and no disruption either: at once, the first time.</summary>
    private ProcessAttempts NeededAgain(ProcessAttempts process)
    {
        var known = Forgiven(process);
        return known with
        {
            Attempt = process.Attempt + 1,
            Ran = false,
            Disruptions = known.Disruptions + 1,
            Round = pass.Closed,
            NotBefore = known.Disruptions == 0 ? null : pass.Now + RestartBudget.DisruptionBackoff(pass.Spec.FailurePolicy, known.Disruptions),
        };
    }

    private ProcessAttempts Disrupted(ProcessAttempts process, PodEnd end)
    {
        var known = Forgiven(process);
        var disrupted = known with { Disruptions = known.Disruptions + 1, Round = pass.Closed };
        return Again(disrupted, end, RestartBudget.DisruptionBackoff(pass.Spec.FailurePolicy, disrupted.Disruptions));
    }

    private ProcessAttempts Failed(ProcessAttempts process, PodEnd end)
    {
        var policy = pass.Spec.FailurePolicy;
        var known = Forgiven(process);
        var counted = known with { InARow = known.InARow + 1, Round = pass.Closed };
        return counted.InARow > policy.MaxRestarts
            ? GiveUp(counted, end, string.Create(CultureInfo.InvariantCulture, $"that was failure {counted.InARow} in a row without a closed round, and failurePolicy.maxRestarts is {policy.MaxRestarts}"))
            : Again(counted, end, RestartBudget.Backoff(policy, counted.InARow));
    }

    private ProcessAttempts Again(ProcessAttempts process, PodEnd end, TimeSpan wait)
    {
        _restarted++;
        Record(process.Name, end, "");
        return process with { Attempt = process.Attempt + 1, Ran = false, NotBefore = pass.Now + wait };
    }

    private ProcessAttempts GiveUp(ProcessAttempts process, PodEnd end, string why)
    {
        Record(process.Name, end, $"; it is not started again: {why}");
        if (process.Name == JobProcesses.AggregatorName)
            _fatal = new Verdict("AggregatorFailed", $"{end.Message}; it is not started again: {why}");
        return process with { Lost = true, NotBefore = null };
    }

    private void Record(string process, PodEnd end, string more) => _failures.Add(new FailureRecord
    {
        Client = process,
        Round = pass.Progress?.Round?.Number,
        Reason = end.Reason,
        ExitCode = end.ExitCode,
        Message = Words.Short(end.Message + more),
        Time = pass.Now,
    });

    private ProcessAttempts Forgiven(ProcessAttempts process) => IsForgiven(process) ? process with { InARow = 0, Disruptions = 0 } : process;

    /// <summary>Whether a round has closed since in which it took part. One that dies in every round is not forgiven for those that close without it; nor is one that was not drawn.</summary>
    private bool IsForgiven(ProcessAttempts process)
    {
        if (process.Name == JobProcesses.AggregatorName)
            return pass.Closed > process.Round;
        if (pass.Progress?.Admitted is { } admitted)
            return admitted.TryGetValue(process.Name, out var round) && round > process.Round;
        // An aggregator of an earlier version does not say whom a round admitted, only whom the newest ones did not.
        var closed = pass.Closed - process.Round;
        var missed = (pass.Progress?.Exclusions ?? []).Count(e => e.Exclusion.Client == process.Name && e.Round.Kind == RoundKind.Train && e.Round.Number > process.Round);
        return closed > missed;
    }
}
