using System.CommandLine;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Trainer.Aggregation;
using FedOperator.Trainer.Rounds;

namespace FedOperator.Trainer.Commands;

/// <summary>`trainer replay`: reduces a closed round again, from open.json, cut.json and the retained updates, and compares.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var options = new JobOptions();
        var round = new Option<int?>("--round") { Description = "Which train round. Default: the newest whose updates are kept (storage.retention.updateRounds)." };
        var command = new Command("replay", "Recomputes a train round from what its clients sent, and compares the checkpoint with the one that the ledger names. Writes nothing.") { round };
        options.AddTo(command);
        command.SetAction((arguments, cancellationToken) => ExitCodes.RunAsync(async log =>
        {
            var job = await JobReading.ContextAsync(options.OpenLedger(arguments, log), options.PollFloor(arguments), cancellationToken).ConfigureAwait(false);
            var key = new RoundKey(arguments.GetValue(round) ?? await NewestAsync(job, cancellationToken).ConfigureAwait(false), RoundKind.Train);
            return await ReplayAsync(job, key, cancellationToken).ConfigureAwait(false);
        }));
        return command;
    }

    private static async Task<int> NewestAsync(JobContext job, CancellationToken cancellationToken)
    {
        var position = await Position.FindAsync(job.Ledger.Global, job.Sequence.First, cancellationToken).ConfigureAwait(false);
        return position.Closed?.Document.Round is { Number: > 0 } last ? last.Number : throw new InvalidDataException("no train round has closed yet: there is nothing to replay");
    }

    private static async Task<int> ReplayAsync(JobContext job, RoundKey round, CancellationToken cancellationToken)
    {
        var global = job.Ledger.Global;
        async Task<T> NeededAsync<T>(string name, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
            where T : class => (await global.ReadDocumentAsync(name, type, cancellationToken).ConfigureAwait(false))?.Document ?? throw new InvalidDataException($"{global.Name}/{name} is not there: round {round} has not closed");
        var open = await NeededAsync(LedgerPaths.Open(round), LedgerJson.Default.OpenDocument).ConfigureAwait(false);
        var cut = await NeededAsync(LedgerPaths.Cut(round), LedgerJson.Default.CutDocument).ConfigureAwait(false);
        var closed = await NeededAsync(LedgerPaths.Closed(round), LedgerJson.Default.ClosedDocument).ConfigureAwait(false);
        if (cut.Failure is { } failure)
            throw new InvalidDataException($"round {round} failed ({failure.Reason}): it has no checkpoint to compare with");
        foreach (var admission in cut.Admitted)
        {
            if (await job.Ledger.Exchange(admission.Client).StatAsync(admission.Update!.Name, cancellationToken).ConfigureAwait(false) is null)
                throw new InvalidDataException($"{admission.Client}'s update of round {round} is no longer kept (storage.retention.updateRounds is {job.Plan.Retention.UpdateRounds})");
        }

        var scratch = Directory.CreateTempSubdirectory("fed-replay-");
        try
        {
            // Reads go to the ledger, writes to a scratch folder: a replay leaves no trace.
            var input = await ReductionOf.RoundAsync(job, open, cut, cancellationToken).ConfigureAwait(false) with { Global = new ReadThroughStore(global, new FileBlobStore(scratch.FullName)) };
            var again = await Reduction.RunAsync(input, cancellationToken).ConfigureAwait(false);
            var same = again.Checkpoint == closed.Checkpoint && (again.ServerState is null || again.ServerState == closed.ServerState);
            Console.WriteLine($"round={round.Number} clients={cut.Admitted.Count} ledger={closed.Checkpoint.Sha256} replayed={again.Checkpoint.Sha256} {(same ? "identical" : "DIFFERENT")}");
            return same ? ExitCodes.Done : ExitCodes.Fault;
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    /// <summary>Reads from one store and writes to another.</summary>
    private sealed class ReadThroughStore(IBlobStore source, IBlobStore scratch) : ForwardingBlobStore(source)
    {
        public override Task<string?> CreateAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => scratch.CreateAsync(name, content, cancellationToken);

        public override Task<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, string? ifMatch, CancellationToken cancellationToken) =>
            scratch.WriteAsync(name, content, ifMatch, cancellationToken);

        public override Task<IBlobDraft> DraftAsync(CancellationToken cancellationToken) => scratch.DraftAsync(cancellationToken);

        public override Task DeleteAsync(string name, CancellationToken cancellationToken) => scratch.DeleteAsync(name, cancellationToken);
    }
}
