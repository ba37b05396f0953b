using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Local;

namespace FedOperator.Operator.Commands;

/// <summary>`fed replay DIR`: the audit of a run. The trainer program reduces a retained round again and compares.</summary>
internal static class ReplayCommand
{
    public static Command Create(TextWriter output, TextWriter errors)
    {
        var folder = new Argument<string>("DIR") { Description = "Folder of a run." };
        var round = new Option<int?>("--round") { Description = "Which train round. Default: the newest. Its updates must still be kept (storage.retention.updateRounds)." };
        var command = new Command("replay", "Recomputes a round of a run from what its clients sent, and compares the checkpoint bit for bit with the one that the ledger names.") { folder, round };
        command.SetAction((parsed, cancellationToken) => RunAsync(new RunFolder(Path.GetFullPath(parsed.GetValue(folder)!)), parsed.GetValue(round), output, errors, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(RunFolder folder, int? round, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        if (!File.Exists(folder.Manifest))
        {
            await errors.WriteLineAsync($"{folder.Path}: no run is in that folder: it has no manifest.yaml; give the folder that an earlier `fed run` wrote.").ConfigureAwait(false);
            return ExitCode.Invalid;
        }

        if (ManifestFile.Read(folder.Manifest, errors) is not { } job)
            return ExitCode.Invalid;
        if (TrainerProgram.Find(Environment.GetEnvironmentVariable(TrainerProgram.Variable), AppContext.BaseDirectory) is not { } trainer)
        {
            await errors.WriteLineAsync($"The trainer program was not found beside fed ({AppContext.BaseDirectory}); build it, or set {TrainerProgram.Variable} to the path of trainer.dll.").ConfigureAwait(false);
            return ExitCode.Invalid;
        }

        var store = await LocalStore.OpenAsync(folder, cancellationToken).ConfigureAwait(false);
        await using var closing = store.ConfigureAwait(false);
        await IssueAsync(store, folder, job.Metadata.Name, cancellationToken).ConfigureAwait(false);
        string[] command = [
            .. trainer.Command, "replay", .. store.Arguments(JobProcesses.AggregatorName), "--job", JobId.Local(job.Metadata.Name),
            .. round is { } number ? new[] { "--round", number.ToString(CultureInfo.InvariantCulture) } : [],
        ];
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        await output.WriteAsync(await process.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return process.ExitCode switch { 0 => ExitCode.Done, 2 => ExitCode.Invalid, _ => ExitCode.Failed };
    }

    private static async Task IssueAsync(LocalStore store, RunFolder folder, string job, CancellationToken cancellationToken)
    {
        var ledger = store.Stores.Container(LedgerPaths.GlobalContainer(JobId.Local(job)));
        var plan = await ledger.ReadAsync(LedgerPaths.Plan, LedgerPaths.MaximumDocumentLength, ifNoneMatch: null, cancellationToken).ConfigureAwait(false);
        if (plan.Status == BlobReadStatus.Found)
            await store.IssueAsync(folder, PlanJson.Read(plan.Content.Span), TimeProvider.System, cancellationToken).ConfigureAwait(false);
    }
}
