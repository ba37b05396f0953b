using System.Globalization;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Core.Tensors;
using FedOperator.Operator.Commands;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Local;
using FedOperator.Operator.Remote;

namespace FedOperator.Operator.Export;

/// <summary>Writes one client's whole model to a file: the shared tensors of the newest closed round's result (or checkpoint, where it has none), and those that stay with the client from the personal state that the same closed.json names. So the two belong together, whatever the client has trained since.</summary>
/// <param name="source">Where the job's blobs are.</param>
/// <param name="client">Whose model.</param>
/// <param name="path">The file.</param>
/// <param name="output">Where is said what is in it.</param>
internal sealed class ClientExport(ExportSource source, string client, string path, TextWriter output)
{
    /// <summary>Writes it, whole or not at all.</summary>
    /// <exception cref="LedgerException">Why there is none, and what to do.</exception>
    /// <exception cref="BlobStoreException">The storage is away, or refuses the credential.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var plan = await PlanAsync(cancellationToken).ConfigureAwait(false);
        CheckClient(client, [.. plan.Clients.Select(c => c.Name)], source.Job);
        if (Directory.Exists(path))
            throw new LedgerException($"--out {path}: that is a folder; give a file, for example {Path.Join(path, client + ".safetensors")}.");
        var document = (await source.Ledger.Global.ReadDocumentAsync(LedgerPaths.Model, LedgerJson.Default.ModelDocument, cancellationToken).ConfigureAwait(false))?.Document;
        var history = new RunHistory(plan.Rounds, source.Ledger.Global);
        await history.AdvanceAsync(cancellationToken).ConfigureAwait(false);
        if (document is not { Layout: { } model } || history.Rounds.Count == 0)
            throw new LedgerException($"{source.Job} has not closed a round yet: there is no model to export.");

        var closed = history.Rounds[^1];
        var shared = closed.Result ?? closed.Checkpoint;
        var own = WholeModel.Personal(model);
        var scratch = Directory.CreateTempSubdirectory("fed-export-");
        try
        {
            var state = own.Count == 0 ? null : await StateAsync(plan, document, closed, Path.Join(scratch.FullName, "personal"), cancellationToken).ConfigureAwait(false);
            var checkpoint = Path.Join(scratch.FullName, "shared");
            await CopyAsync(source.Ledger.Global, shared, checkpoint, cancellationToken).ConfigureAwait(false);
            await WriteAsync(model, checkpoint, state?.File, Origin(plan, model, closed, shared, state), cancellationToken).ConfigureAwait(false);
            await TellAsync(plan, model, history, shared, state).ConfigureAwait(false);
            return ExitCode.Done;
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    /// <summary>Refuses a client that the job does not have.</summary>
    /// <exception cref="LedgerException">It does not: the message has those that it has.</exception>
    public static void CheckClient(string client, IReadOnlyList<string> clients, string job)
    {
        if (!clients.Contains(client, StringComparer.Ordinal))
            throw new LedgerException($"--client {client}: {job} has no such client; {(Suggestions.Nearest(client, clients) is { } near ? $"did you mean {near}? " : "")}It has {Words.List(clients)}.");
    }

    private async Task<Plan> PlanAsync(CancellationToken cancellationToken)
    {
        try
        {
            var read = await source.Ledger.Global.ReadAsync(LedgerPaths.Plan, LedgerPaths.MaximumDocumentLength, ifNoneMatch: null, cancellationToken).ConfigureAwait(false);
            if (read.Status == BlobReadStatus.Found)
                return PlanJson.Read(read.Content.Span);
        }
        catch (BlobStoreException e) when (e.Fault == BlobFault.Missing)
        {
            // Said below.
        }
        throw new LedgerException($"There is no {LedgerPaths.GlobalContainer(source.Ledger.Job)}/{LedgerPaths.Plan}: {source.Job} has not started, or its blobs are gone or elsewhere.");
    }

    /// <summary>Copies the personal state that goes with a closed round's checkpoint: of a client that has none yet what it starts from, where that is in the ledger.</summary>
    private async Task<OwnState> StateAsync(Plan plan, ModelDocument document, ClosedDocument closed, string file, CancellationToken cancellationToken)
    {
        if (closed.Clients.FirstOrDefault(c => c.Name == client)?.State is not { } sha256)
        {
            if (document.InitialPersonal is not { } initial)
                throw new LedgerException($"{client} has no personal state yet: no train round up to {closed.Round} has admitted an update of it. What stays with it is as it was drawn from the seed before round 1, and in no blob.");
            await CopyAsync(source.Ledger.Global, initial, file, cancellationToken).ConfigureAwait(false);
            return new OwnState(file, $"{source.Ledger.Global.Name}/{initial.Name}", initial.Sha256) { IsInitial = true };
        }
        var name = LedgerPaths.State(sha256);
        var place = source.Home is null ? LedgerPaths.PrivateContainer(source.Ledger.Job, client) : "--state";
        try
        {
            var home = source.Home ?? source.Ledger.Private(client);
            if (await home.StatAsync(name, cancellationToken).ConfigureAwait(false) is { } blob)
            {
                await CopyAsync(home, new BlobReference(name, sha256, blob.Length), file, cancellationToken).ConfigureAwait(false);
                return new OwnState(file, $"{place}/{name}", sha256);
            }
        }
        catch (BlobStoreException e) when (e.Fault == BlobFault.Missing)
        {
            // Said below.
        }
        catch (BlobStoreException e) when (e.Fault == BlobFault.Denied)
        {
            throw new LedgerException($"{e.Message}. {client}'s personal state lies in {place}, which neither the aggregator nor another client may open. {source.Advice}", e);
        }
        throw new LedgerException($"{place} has no {name}, {client}'s newest personal state. {Missing(plan)}");
    }

    private string Missing(Plan plan) => source.Home is not null ? "Is it the folder that its trainer was given by --state?"
        : plan.Clients.Any(c => c.Name == client && c.External) ? $"{client} runs outside the cluster: if its trainer was given --state DIR, the state never left that machine. Run fed export there, with --state DIR."
        : "If the job runs, a later round may have replaced it just now: try again. Otherwise its private container was emptied, or left behind when the ledger was copied (fed pull does not fetch it).";

    private async Task CopyAsync(IBlobStore store, BlobReference blob, string file, CancellationToken cancellationToken)
    {
        try
        {
            await CheckpointCopy.WriteAsync(store, blob, file, cancellationToken).ConfigureAwait(false);
        }
        catch (BlobStoreException e) when (e.Fault == BlobFault.Missing && ReferenceEquals(store, source.Ledger.Global))
        {
            throw new LedgerException($"{store.Name}/{blob.Name}, which the newest closed round names, is gone. If the job runs, later rounds have replaced it: try again; otherwise its blobs were deleted, or not all of them copied.", e);
        }
    }

    private async Task WriteAsync(ModelLayout model, string shared, string? personal, IReadOnlyDictionary<string, string> origin, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".new";
        try
        {
            using (var from = await SafetensorsReader.OpenFileAsync(shared, cancellationToken: cancellationToken).ConfigureAwait(false))
            using (var own = personal is null ? null : await SafetensorsReader.OpenFileAsync(personal, cancellationToken: cancellationToken).ConfigureAwait(false))
            {
                var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
                // A client's own part is for its owner's eyes.
                if (personal is not null && !OperatingSystem.IsWindows())
                    options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                File.Delete(temporary);
                var file = new FileStream(temporary, options);
                await using (file.ConfigureAwait(false))
                {
                    await WholeModel.WriteAsync(model, from, own, file, origin, cancellationToken).ConfigureAwait(false);
                    file.Flush(flushToDisk: true);
                }
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (SafetensorsException e)
        {
            throw new LedgerException($"{(e.File == shared ? "the checkpoint" : $"{client}'s personal state")}: {(e.Tensor is null ? "" : $"tensor {SafetensorsException.Quote(e.Tensor)} ")}{e.Reason}", e);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private Dictionary<string, string> Origin(Plan plan, ModelLayout model, ClosedDocument closed, BlobReference shared, OwnState? state)
    {
        var origin = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["plan"] = plan.Hash,
            ["round"] = closed.Round.Number.ToString(CultureInfo.InvariantCulture),
            ["checkpoint"] = shared.Sha256,
        };
        if (state is not null)
            (origin[WholeModel.Client], origin["state"]) = (client, state.Sha256);
        // What model.initialCheckpoint gave all clients alike is nobody's own.
        if (state is { IsInitial: false })
            origin[WholeModel.PersonalModules] = string.Join(',', WholeModel.Personal(model).Select(t => t.Layer).Distinct(StringComparer.Ordinal));
        return origin;
    }

    private async Task TellAsync(Plan plan, ModelLayout model, RunHistory history, BlobReference shared, OwnState? state)
    {
        var closed = history.Rounds[^1];
        var own = WholeModel.Personal(model);
        await LineAsync("model", Text($"{RunFolder.Shown(path)}, {PullProgress.Size(new FileInfo(path).Length)}: {(state is null ? "the global model" : $"{client}'s whole model")} after round {closed.Round.Number}")).ConfigureAwait(false);
        await LineAsync("shared", Text($"{Words.Count(WholeModel.Tensors(model).Count - own.Count, "tensor")} of {shared.Name} (SHA-256 {shared.Sha256}: as the ledger says)")).ConfigureAwait(false);
        await LineAsync("personal", state is null
            ? "none: nothing of the model stays with the clients of this job, so the file is the same for all of them"
            : Text($"{Words.Count(own.Count, "tensor")} of {state.Place} ({(state.IsInitial ? $"those of model.initialCheckpoint: no round has admitted an update of {client} yet" : "as its name says")})")).ConfigureAwait(false);
        if (history.Evaluations.LastOrDefault(e => e.Clients.ContainsKey(client)) is not { } known)
            return;
        var isThis = closed.Round.Kind == RoundKind.Evaluate && known.Round == closed.Round.Number;
        await LineAsync("accuracy", Text($"{known.Clients[client].Accuracy():F4} on {client}'s {known.Clients[client].Samples} test samples, after round {known.Round}{(isThis ? "" : ": this model has not been evaluated yet")}")).ConfigureAwait(false);
        if (plan.Normalization is { Layer: NormalizationLayer.Batch, Population: PopulationStatistics.Precise } && own.Any(t => t.Role == TensorRole.BnStatistic))
            await LineAsync("note", $"that was with precise statistics, which {client} gathers from its own data for each evaluation and keeps nowhere: the file has its running ones").ConfigureAwait(false);
        if (Workload.InfersByMiniBatch(plan.Normalization))
            await LineAsync("note", Text($"that was with the statistics of mini-batches of {Workload.PopulationBatchSize(plan.Normalization, plan.Training)} (population: miniBatch): the file has the running ones, with which a prediction is another")).ConfigureAwait(false);
    }

    private Task LineAsync(string what, string words) => output.WriteLineAsync($"{what,-12} {words}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A copy of a client's personal state.</summary>
    /// <param name="File">The copy.</param>
    /// <param name="Place">Where it was.</param>
    /// <param name="Sha256">Of its content.</param>
    private sealed record OwnState(string File, string Place, string Sha256)
    {
        /// <summary>What a client starts from that has no state of its own yet.</summary>
        public bool IsInitial { get; init; }
    }
}
