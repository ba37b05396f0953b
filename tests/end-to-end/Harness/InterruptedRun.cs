using System.Diagnostics;
using System.Runtime.InteropServices;
using FedOperator.Core.Ledger;

namespace FedOperator.EndToEnd.Tests.Harness;

/// <summary>A `fed run` that a test ends before its end.</summary>
internal sealed partial class InterruptedRun : IAsyncDisposable
{
    private const int SigInt = 2;
    private const int SigKill = 9;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    private readonly string _folder;
    private readonly Process _process;
    private readonly Task<string> _output;

    /// <summary>Starts `fed` with these arguments.</summary>
    public InterruptedRun(string folder, params string[] arguments)
    {
        _folder = folder;
        // A shell starts what it runs in the background with SIGINT ignored, and whatever a test run starts inherits that.
        _process = Process.Start(new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", Path.Join(AppContext.BaseDirectory, "fed.dll"), .. arguments]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        _output = _process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Waits until a train round of the run has closed.</summary>
    public Task UntilClosedAsync(int round) => UntilAsync(
        () => Directory.Exists(Path.Join(_folder, "ledger")) && Directory.GetFiles(Path.Join(_folder, "ledger"), "closed.json", SearchOption.AllDirectories)
            .Any(f => f.EndsWith(LedgerPaths.Closed(new RoundKey(round, RoundKind.Train)), StringComparison.Ordinal)),
        $"close of round {round}");

    /// <summary>Ctrl-C.</summary>
    public async Task<(int Code, string Output)> InterruptAsync()
    {
        _ = SendSignal(_process.Id, SigInt);
        await _process.WaitForExitAsync();
        return (_process.ExitCode, await _output);
    }

    /// <summary>SIGKILL to `fed` alone; waits until its trainers are gone too.</summary>
    public async Task KillAsync()
    {
        var children = Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(p => int.TryParse(p, out _) && ParentOf(p!) == _process.Id).ToList();
        Assert.NotEmpty(children);
        _ = SendSignal(_process.Id, SigKill);
        await _process.WaitForExitAsync();
        await UntilAsync(() => children.TrueForAll(c => ParentOf(c!) is null), $"end of the trainers {string.Join(' ', children)}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _ = SendSignal(_process.Id, SigKill);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>The parent of a living process; null where it has ended (a zombie has).</summary>
    private static int? ParentOf(string pid)
    {
        try
        {
            var status = File.ReadAllLines($"/proc/{pid}/status");
            string Field(string name) => status.First(l => l.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..].Trim();
            return Field("State").StartsWith('Z') ? null : int.Parse(Field("PPid"), System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static async Task UntilAsync(Func<bool> holds, string what)
    {
        var since = Stopwatch.GetTimestamp();
        while (!holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < s_limit, "no " + what);
            await Task.Delay(10);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
