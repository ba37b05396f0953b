using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Operator.Commands;
using FedOperator.Operator.Crd;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Local;

namespace FedOperator.Operator.Remote;

/// <summary>What `fed pull` was asked for.</summary>
/// <param name="Job">The job's name.</param>
/// <param name="Out">Folder to write into; null: pulled/NAME.</param>
/// <param name="Round">The checkpoint after that train round; null: the newest, or the result.</param>
/// <param name="Updates">The clients' updates of that round too.</param>
/// <param name="Credential">A credential file; null: by the cluster's Secrets.</param>
/// <param name="Store">Another address of the storage, or a folder; null: the spec's.</param>
internal sealed record PullRequest(string Job, string? Out, int? Round, bool Updates, string? Credential, string? Store);

/// <summary>Fetches what a job of a cluster made: model, documents, report.</summary>
/// <param name="cluster">Where it runs, or ran.</param>
/// <param name="request">What was asked for.</param>
/// <param name="output">Where is said what is there.</param>
/// <param name="time">For times in the report.</param>
internal sealed class JobPull(Cluster cluster, PullRequest request, TextWriter output, TimeProvider time)
{
    private readonly PullProgress _progress = new(output, ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected);

    /// <summary>Fetches it.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var job = await RemoteJob.ReadAsync(cluster, request.Job, cancellationToken).ConfigureAwait(false);
        using var storage = await PullStore.OpenAsync(cluster, job, new StoreRequest(JobProcesses.AggregatorName, request.Credential, request.Store), time, cancellationToken).ConfigureAwait(false);
        var ledger = new JobLedger(JobId.Cluster(job.Uid), storage.Stores.Container);
        var plan = await PlanAsync(ledger, job, cancellationToken).ConfigureAwait(false);
        var history = new RunHistory(plan.Rounds, ledger.Global);
        await history.AdvanceAsync(cancellationToken).ConfigureAwait(false);
        if (history.Rounds.Count == 0)
            throw new RemoteException($"{job.Key} has not closed a round yet, so there is nothing to fetch; fed status {job.Key.Name} -n {job.Key.Namespace} says how far it is.");

        var folder = Folder(ledger.Global.Name);
        await output.WriteLineAsync($"{"folder",-12} {RunFolder.Shown(folder.Path)}").ConfigureAwait(false);
        await DocumentsAsync(ledger, history, folder, cancellationToken).ConfigureAwait(false);
        var checkpoint = Checkpoint(history, job);
        await TensorsAsync(ledger.Global, checkpoint, folder.Checkpoint, "checkpoint", cancellationToken).ConfigureAwait(false);
        if (history.Rounds[^1].Best is { } best)
            await TensorsAsync(ledger.Global, best.Checkpoint, folder.Best, "best", cancellationToken).ConfigureAwait(false);
        if (request.Updates)
            await UpdatesAsync(ledger, history, folder, cancellationToken).ConfigureAwait(false);
        var summary = Summary(job, plan, history) with { Checkpoint = RunFolder.Shown(folder.Checkpoint), CheckpointSha256 = checkpoint.Sha256 };
        await File.WriteAllTextAsync(folder.Manifest, YamlText.Of(ManifestOf(job)), cancellationToken).ConfigureAwait(false);
        summary.Write(folder.Summary);
        await File.WriteAllTextAsync(folder.Report, RunReport.Html(plan, history, summary), cancellationToken).ConfigureAwait(false);
        _progress.Done("report", RunFolder.Shown(folder.Report));
        await output.WriteLineAsync(summary.Line()).ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<Plan> PlanAsync(JobLedger ledger, RemoteJob job, CancellationToken cancellationToken)
    {
        BlobRead read;
        try
        {
            read = await ledger.Global.ReadAsync(LedgerPaths.Plan, LedgerPaths.MaximumDocumentLength, ifNoneMatch: null, cancellationToken).ConfigureAwait(false);
        }
        catch (BlobStoreException e) when (e.Fault == BlobFault.Missing)
        {
            read = default;
        }
        return read.Status == BlobReadStatus.Found && read.ETag is not null
            ? PlanJson.Read(read.Content.Span)
            : throw new RemoteException($"The storage has no {ledger.Global.Name}/{LedgerPaths.Plan}: the job has not started, or its blobs were deleted; fed status {job.Key.Name} -n {job.Key.Namespace} says which.");
    }

    private RunFolder Folder(string container)
    {
        var folder = new RunFolder(Path.GetFullPath(request.Out ?? Path.Combine("pulled", request.Job)));
        var others = Directory.Exists(folder.Ledger) ? Directory.GetDirectories(folder.Ledger, "fj-*").Select(Path.GetFileName).Where(name => name != container).ToList() : [];
        if (others.Count > 0)
            throw new RemoteException($"{RunFolder.Shown(folder.Path)} has another job's ledger ({others[0]}); give another folder by --out.");
        Directory.CreateDirectory(folder.Ledger);
        return folder;
    }

    private async Task DocumentsAsync(JobLedger ledger, RunHistory history, RunFolder folder, CancellationToken cancellationToken)
    {
        var to = BlobStores.Open(new Uri(folder.Ledger).AbsoluteUri).Container(ledger.Global.Name);
        var documents = new PulledDocuments(ledger.Global, to, _progress);
        var count = await documents.CopyAsync(cancellationToken).ConfigureAwait(false);
        await documents.CheckAsync(history.Rounds, cancellationToken).ConfigureAwait(false);
        _progress.Done("documents", string.Create(CultureInfo.InvariantCulture, $"{count}, of {Words.Count(history.Rounds.Count, "closed round")}: each round's are of one chain of hashes"));
    }

    private BlobReference Checkpoint(RunHistory history, RemoteJob job)
    {
        if (request.Round is not { } round)
            return history.Rounds[^1].Result ?? history.Rounds[^1].Checkpoint;
        return history.Rounds.FirstOrDefault(r => r.Round.Kind == RoundKind.Train && r.Round.Number == round)?.Checkpoint
            ?? throw new RemoteException(string.Create(CultureInfo.InvariantCulture, $"--round {round}: {job.Key} has closed the train rounds 1 to {history.TrainRound}; give one of them."));
    }

    private async Task TensorsAsync(IBlobStore store, BlobReference blob, string path, string what, CancellationToken cancellationToken)
    {
        if (!await IsThereAsync(path, blob, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await CheckpointCopy.WriteAsync(store, blob, path, cancellationToken, copied => _progress.Part(what, copied, blob.Length)).ConfigureAwait(false);
            }
            catch (BlobStoreException e) when (e.Fault == BlobFault.Missing)
            {
                throw new RemoteException($"{store.Name}/{blob.Name} is not kept any more: spec.storage.retention says for how long checkpoints and updates are.", e);
            }
        }
        _progress.Done(what, $"{RunFolder.Shown(path)}, {PullProgress.Size(blob.Length)} ({blob.Name}, SHA-256 {blob.Sha256}: as the ledger says)");
    }

    private static async Task<bool> IsThereAsync(string path, BlobReference blob, CancellationToken cancellationToken)
    {
        if (!File.Exists(path) || new FileInfo(path).Length != blob.Length)
            return false;
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false)) == blob.Sha256;
    }

    private async Task UpdatesAsync(JobLedger ledger, RunHistory history, RunFolder folder, CancellationToken cancellationToken)
    {
        var round = new RoundKey(request.Round ?? history.TrainRound, RoundKind.Train);
        var cut = await ledger.Global.ReadDocumentAsync(LedgerPaths.Cut(round), LedgerJson.Default.CutDocument, cancellationToken).ConfigureAwait(false);
        var updates = folder.Updates(round);
        Directory.CreateDirectory(updates);
        foreach (var admitted in cut?.Document.Admitted ?? [])
        {
            if (admitted.Update is { } update)
                await TensorsAsync(ledger.Exchange(admitted.Client), update, Path.Combine(updates, admitted.Client + ".safetensors"), admitted.Client, cancellationToken).ConfigureAwait(false);
        }
    }

    private RunSummary Summary(RemoteJob job, Plan plan, RunHistory history)
    {
        var end = history.IsComplete ? new RunEnd(RunState.Complete, null) : new RunEnd(history.Failure is null ? RunState.Stopped : RunState.Failed, null);
        var elapsed = (job.Status.CompletionTime ?? time.GetUtcNow()) - (job.Status.StartTime ?? job.Created);
        var restarts = (job.Status.Attempts ?? []).Where(a => a.Attempt > 0).ToDictionary(a => a.Name, a => a.Attempt, StringComparer.Ordinal);
        var summary = RunSummary.Of(job.Key.Name, plan, history, end, elapsed, restarts);
        // Neither complete nor failed by its ledger: what the cluster calls it.
        return end.State == RunState.Stopped && Conditions.Find(job.Status, Conditions.Running) is { } running ? summary with { State = running.Reason, Message = running.Message } : summary;
    }

    private static JsonObject ManifestOf(RemoteJob job) => new()
    {
        ["apiVersion"] = FederatedJob.Version,
        ["kind"] = FederatedJob.KindName,
        ["metadata"] = new JsonObject { ["name"] = job.Key.Name, ["namespace"] = job.Key.Namespace },
        ["spec"] = JsonSerializer.SerializeToNode(job.Spec.Job!.Spec, ApiJson.Default.FederatedJobSpec),
    };
}
