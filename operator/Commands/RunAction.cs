using System.Runtime.InteropServices;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Operator.Local;
using Spectre.Console;

namespace FedOperator.Operator.Commands;

/// <summary>What the command line of `fed run` says.</summary>
internal sealed record RunArguments(string? File, string? Out, string? Data, string Store, string? Resume);

/// <summary>`fed run`: finds and checks everything, and then runs the job.</summary>
internal sealed class RunAction(TextWriter output, TextWriter errors, TimeProvider time)
{
    public async Task<int> RunAsync(RunArguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.Resume is { } resumed && !File.Exists(new RunFolder(resumed).Manifest))
            return await RefuseAsync($"{resumed}: no run is in that folder: it has no manifest.yaml; give the folder that an earlier `fed run` wrote.").ConfigureAwait(false);
        var file = arguments.Resume is { } dir ? new RunFolder(dir).Manifest : arguments.File!;
        if (ManifestFile.Read(file, errors) is not { } job)
            return ExitCode.Invalid;
        var folder = new RunFolder(Path.GetFullPath(arguments.Resume ?? arguments.Out ?? Path.Combine("runs", job.Metadata.Name)));
        var settings = arguments.Resume is null ? new RunSettings(arguments.Store, arguments.Data is null ? null : Path.GetFullPath(arguments.Data)) : RunSettings.Read(folder.Settings);
        if (arguments.Resume is not null && arguments.Data is { } moved)
            settings = settings with { Data = Path.GetFullPath(moved) };

        if (arguments.Resume is null && job.Spec.Model.InitialCheckpoint is { } initial)
        {
            settings = settings with { InitialCheckpoint = LocalCheckpoint.Find(initial, file) };
            if (!File.Exists(settings.InitialCheckpoint))
                return await RefuseAsync($"spec.model.initialCheckpoint.path: {initial.Path}: there is no file {settings.InitialCheckpoint}; give a safetensors file of this machine, absolute or relative to the manifest's folder.").ConfigureAwait(false);
        }
        var data = LocalData.Find(job.Spec, settings.Data);
        if (data.Problem is { } problem)
            return await RefuseAsync(problem).ConfigureAwait(false);
        if (TrainerProgram.Find(Environment.GetEnvironmentVariable(TrainerProgram.Variable), AppContext.BaseDirectory) is not { } trainer)
            return await RefuseAsync($"The trainer program was not found beside fed ({AppContext.BaseDirectory}); build it (dotnet build trainer), or set {TrainerProgram.Variable} to the path of trainer.dll.").ConfigureAwait(false);
        var azurite = settings.Store == "azure" ? Azurite.FindAbove(Environment.CurrentDirectory, AppContext.BaseDirectory) : null;
        if (settings.Store == "azure" && azurite is null)
            return await RefuseAsync("--store azure: Azurite is not installed in artifacts/tools/azurite; run tests/azurite/install.sh.").ConfigureAwait(false);

        using var taken = folder.Take();
        if (taken is null)
            return await RefuseAsync($"{folder.Path}: another fed is running in that folder; wait for it, or give another --out.").ConfigureAwait(false);
        return await RunAsync(new RunRequest(job, folder, data, trainer, azurite, settings.InitialCheckpoint), settings, file, cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> RunAsync(RunRequest request, RunSettings settings, string file, CancellationToken cancellationToken)
    {
        var folder = request.Folder;
        await output.WriteLineAsync($"run        {folder.Path}").ConfigureAwait(false);
        if (request.InitialCheckpoint is { } initial)
            await output.WriteLineAsync($"starts     from {initial}").ConfigureAwait(false);
        foreach (var notice in request.Data.Notices.Concat(Ignored(request.Job.Spec)))
            await output.WriteLineAsync(notice).ConfigureAwait(false);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        try
        {
            var screen = new RunScreen(AnsiConsole.Console, output, isTerminal: ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected, time);
            var manifest = file == "-" ? JobText(request.Job) : await File.ReadAllTextAsync(file, CancellationToken.None).ConfigureAwait(false);
            var run = new LocalRun(request, screen, output, time);
            if (await run.RunAsync(() => Keep(folder, settings, manifest), errors, stop.Token).ConfigureAwait(false) is not { } summary)
                return ExitCode.Invalid;
            return await FinishAsync(folder, summary).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await errors.WriteLineAsync("stopped before the job began").ConfigureAwait(false);
            return ExitCode.Stopped;
        }
        catch (Exception e) when (e is LedgerException or BlobStoreException or InvalidDataException or IOException)
        {
            await errors.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }

    private static IEnumerable<string> Ignored(FederatedJobSpec spec)
    {
        if (spec.Suspend)
            yield return "note       spec.suspend is for clusters: this run starts";
        if (spec.ActiveDeadlineSeconds is { } seconds)
            yield return $"note       spec.activeDeadlineSeconds ({seconds}) is for clusters: this run takes as long as it takes";
    }

    private async Task<int> FinishAsync(RunFolder folder, RunSummary summary)
    {
        var shown = RunFolder.Shown(folder.Path);
        await output.WriteLineAsync($"report     {Path.Combine(shown, Path.GetFileName(folder.Report))}").ConfigureAwait(false);
        if (summary.Message is { Length: > 0 } message)
            await output.WriteLineAsync($"{(summary.State == nameof(RunState.Failed) ? "failed" : "note")}     {message} (logs: {Path.Combine(shown, "logs")})").ConfigureAwait(false);
        if (summary.State != nameof(RunState.Complete))
            await output.WriteLineAsync($"resume     fed run --resume {shown}").ConfigureAwait(false);
        await output.WriteLineAsync(summary.Line()).ConfigureAwait(false);
        return summary.State switch
        {
            nameof(RunState.Complete) => ExitCode.Done,
            nameof(RunState.Stopped) => ExitCode.Stopped,
            _ => ExitCode.Failed,
        };
    }

    // Written once the plan is accepted: a refused manifest must not replace the one of the run that is there.
    private static void Keep(RunFolder folder, RunSettings settings, string manifest)
    {
        File.WriteAllText(folder.Manifest, manifest);
        settings.Write(folder.Settings);
    }

    private static string JobText(FederatedJob job) => System.Text.Json.JsonSerializer.Serialize(job, ApiJson.Default.FederatedJob);

    private async Task<int> RefuseAsync(string why)
    {
        await errors.WriteLineAsync(why).ConfigureAwait(false);
        return ExitCode.Invalid;
    }
}
