using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Local;

/// <summary>What `fed run` was asked to do, everything found and checked.</summary>
internal sealed record RunRequest(FederatedJob Job, RunFolder Folder, LocalData Data, TrainerProgram Trainer, string? Azurite, string? InitialCheckpoint = null);

/// <summary>One job on this machine: store, plan, processes, screen, summary, report.</summary>
internal sealed class LocalRun(RunRequest request, RunScreen screen, TextWriter output, TimeProvider time)
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="accepted">Called once the plan governs and before anything starts.</param>
    /// <param name="errors">Told why a plan is refused.</param>
    /// <param name="stop">Cancelled: the processes are stopped, and the run can be resumed.</param>
    /// <returns>The summary; null where the folder holds a run of another plan, which <paramref name="errors"/> is told.</returns>
    public async Task<RunSummary?> RunAsync(Action accepted, TextWriter errors, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        var folder = request.Folder;
        var store = request.Azurite is { } azurite ? await LocalStore.AzureAsync(folder, azurite, stop).ConfigureAwait(false) : LocalStore.Files(folder);
        await using var closing = store.ConfigureAwait(false);
        var id = JobId.Local(request.Job.Metadata.Name);
        var publication = await LocalPlan.GovernAsync(store.Stores, request.Job, id, CancellationToken.None).ConfigureAwait(false);
        if (publication.Refusal is { } refusal)
        {
            await errors.WriteLineAsync(refusal).ConfigureAwait(false);
            return null;
        }
        accepted();
        var plan = publication.Plan;
        await store.IssueAsync(folder, plan, time, stop).ConfigureAwait(false);
        var ledger = store.Stores.Container(LedgerPaths.GlobalContainer(id));
        await output.WriteLineAsync($"ledger     {store.Description}").ConfigureAwait(false);
        await output.WriteLineAsync($"plan       {plan.Hash}{(publication.Existed ? " (resumed)" : "")}").ConfigureAwait(false);

        var history = new RunHistory(publication.Target, ledger);
        var processes = JobProcesses.For(plan, new JobAddresses(store.Arguments, client => request.Data.Folders[client], request.InitialCheckpoint));
        var supervisor = new Supervisor(request.Job.Spec.FailurePolicy, Start, screen.Say, time);
        var job = new LocalJob(plan, processes, supervisor, gone => LocalPlan.LostAsync(ledger, gone, CancellationToken.None), time);
        await history.AdvanceAsync(stop).ConfigureAwait(false);
        var end = history.IsComplete ? new RunEnd(RunState.Complete, "it was complete already") : await WatchAsync(job, plan, history, supervisor, stop).ConfigureAwait(false);

        var summary = RunSummary.Of(request.Job.Metadata.Name, plan, history, end, time.GetElapsedTime(began), supervisor.RestartsByProcess);
        if (history.Rounds.Count > 0)
        {
            // The inference model where there is one: it has the standard names only.
            var checkpoint = history.Rounds[^1].Result ?? history.Rounds[^1].Checkpoint;
            await CheckpointCopy.WriteAsync(ledger, checkpoint, folder.Checkpoint, CancellationToken.None).ConfigureAwait(false);
            summary = summary with { Checkpoint = RunFolder.Shown(folder.Checkpoint), CheckpointSha256 = checkpoint.Sha256 };
        }
        summary.Write(folder.Summary);
        await File.WriteAllTextAsync(folder.Report, RunReport.Html(plan, history, summary), CancellationToken.None).ConfigureAwait(false);
        return summary;
    }

    private async Task<RunEnd> WatchAsync(LocalJob job, Plan plan, RunHistory history, Supervisor supervisor, CancellationToken stop)
    {
        using var ended = new CancellationTokenSource();
        var watching = screen.RunAsync(async () =>
        {
            // What happened is read to the end also after ctrl-C.
            if (await history.AdvanceAsync(CancellationToken.None).ConfigureAwait(false) > 0)
                supervisor.RoundClosed([JobProcesses.AggregatorName, .. history.Rounds[^1].Clients.Where(c => c.Missed == 0).Select(c => c.Name)]);
            return RunStatus.Of(request.Job.Metadata.Name, plan, history, supervisor.Restarts);
        }, ended.Token);
        var running = job.RunAsync(stop);
        await Task.WhenAny(running, watching).ConfigureAwait(false);
        if (watching.IsFaulted)
            throw new LedgerException($"the ledger cannot be read: {watching.Exception.InnerException?.Message}", watching.Exception.InnerException);
        var end = await running.ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(false);
        return end.State == RunState.Complete && !history.IsComplete
            ? new RunEnd(RunState.Failed, $"the aggregator ended, but by the ledger the job has not: its newest closed round is {(history.Rounds.Count == 0 ? "none" : history.Rounds[^1].Round.ToString())}")
            : end;
    }

    private ChildProcess Start(PlannedProcess process) => ChildProcess.Start(
        [.. request.Trainer.Command, .. process.Arguments, "--parent-pid", Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)],
        process.Environment,
        request.Folder.Log(process.Name));
}
