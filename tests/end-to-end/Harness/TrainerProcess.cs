using System.Diagnostics;
using System.Runtime.InteropServices;
using FedOperator.Core.Ledger;

namespace FedOperator.EndToEnd.Tests.Harness;

/// <summary>One `trainer` process of a test job, started again when it dies of a SIGKILL. Ended by pid.</summary>
internal sealed partial class TrainerProcess : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;

    private readonly ProcessStartInfo _start;
    private readonly string _log;
    private Process? _process;
    private bool _disposed;

    private TrainerProcess(IReadOnlyList<string> store, string job, string log, string name, string[] arguments, string? killAt, string? cpus)
    {
        Name = name;
        _log = log;
        string[] command = [.. cpus is null ? [] : new[] { "taskset", "-c", cpus }, "dotnet", Path.Join(AppContext.BaseDirectory, "trainer.dll"), .. arguments, .. store, "--job", job];
        _start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        if (killAt is not null)
            _start.Environment[KillSwitch.Variable] = killAt;
    }

    public string Name { get; }

    /// <summary>How often it was started.</summary>
    public int Starts { get; private set; }

    /// <summary>Its process id now.</summary>
    public int Pid => _process!.Id;

    /// <summary>Ends with the exit code of the first end that is not a SIGKILL's.</summary>
    public Task<int> Ended { get; private set; } = Task.FromResult(-1);

    public static TrainerProcess Aggregator(TestJob job, string name = "aggregator", string? killAt = null, string? cpus = null, int? metricsPort = null) =>
        Of(job, "aggregator", name, ["aggregate", .. Metrics(metricsPort)], killAt, cpus).Run();

    /// <summary>The aggregator of a job with scripted clients.</summary>
    public static TrainerProcess Aggregator(ScriptedJob job, string log, int? metricsPort = null) =>
        new TrainerProcess(["--store", "file://" + job.Folder], job.Plan.Job, log, "aggregator", ["aggregate", .. Metrics(metricsPort)], null, null).Run();

    public static TrainerProcess Client(TestJob job, string client, string? name = null, string? killAt = null, string? cpus = null, int? metricsPort = null) =>
        Of(job, client, name ?? client, ["train", "--client", client, "--data", job.Data, "--heartbeat-seconds", "0.02", .. StateOf(job, client), .. Metrics(metricsPort)], killAt, cpus).Run();

    /// <summary>`trainer init`, to its end.</summary>
    public static async Task InitAsync(TestJob job, string? killAt = null)
    {
        await using var init = Of(job, "aggregator", "init", ["init"], killAt, null).Run();
        Assert.True(await init.Ended == 0, init.Log());
    }

    /// <summary>What it wrote.</summary>
    public string Log() => File.Exists(_log) ? File.ReadAllText(_log) : "(no log)";

    /// <summary>Kills it, and waits until it has been started again.</summary>
    /// <returns>False where it had ended by itself.</returns>
    public async Task<bool> KillAsync()
    {
        var starts = Starts;
        while (Starts == starts)
        {
            if (Ended.IsCompleted)
                return false;
            Signal(SigKill);
            await Task.Delay(5);
        }

        return true;
    }

    public void Stop() => Signal(SigStop);

    public void Terminate() => Signal(SigTerm);

    public void Continue() => Signal(SigCont);

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        if (_process is { HasExited: false })
        {
            Continue();
            Signal(SigKill);
        }

        await Ended;
        _process?.Dispose();
    }

    private static string[] Metrics(int? port) => port is null ? [] : ["--metrics-port", port.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)];

    /// <summary>An external client keeps its state at home.</summary>
    private static string[] StateOf(TestJob job, string client) => job.Plan.Clients.First(c => c.Name == client).External ? ["--state", job.Beside("state-of-" + client)] : [];

    private static TrainerProcess Of(TestJob job, string process, string name, string[] arguments, string? killAt, string? cpus) =>
        new(job.StoreOf(process), job.Plan.Job, job.Beside(name + ".log"), name, arguments, killAt, cpus);

    private TrainerProcess Run()
    {
        Ended = SuperviseAsync();
        return this;
    }

    private async Task<int> SuperviseAsync()
    {
        while (true)
        {
            _process = Process.Start(_start)!;
            Starts++;
            var output = _process.StandardOutput.ReadToEndAsync();
            var errors = _process.StandardError.ReadToEndAsync();
            await _process.WaitForExitAsync();
            await File.AppendAllTextAsync(_log, await output + await errors + $"(exit {_process.ExitCode})\n");
            if (_process.ExitCode != 128 + SigKill || _disposed)
                return _process.ExitCode;
        }
    }

    private void Signal(int signal)
    {
        if (_process is { HasExited: false })
            _ = SendSignal(_process.Id, signal);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
