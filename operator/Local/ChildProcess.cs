using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Local;

/// <summary>One child process, its output appended to a file. Known by its id, never by its name.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const int SigTerm = 15;

    // As much as Kubernetes keeps of a container's.
    private const int LogEnd = 2048;

    private readonly Process _process;
    private readonly string _log;

    private ChildProcess(Process process, string log) => (_process, _log) = (process, log);

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a program.</summary>
    /// <param name="command">The executable and its arguments.</param>
    /// <param name="environment">Set beside what it inherits.</param>
    /// <param name="log">Where its output is appended.</param>
    public static ChildProcess Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, string log)
    {
        // The shell opens the file and becomes the program: the output goes there directly, not through this process.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        foreach (var argument in (IReadOnlyList<string>)["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", log, .. command])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new ChildProcess(Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start"), log);
    }

    /// <summary>Its exit code, once it has ended: 128 + N where signal N ended it.</summary>
    public async Task<int> ExitCodeAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return _process.ExitCode;
    }

    /// <summary>What its log ends with, in one line; null where there is nothing.</summary>
    public string? Said()
    {
        try
        {
            using var file = new FileStream(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            file.Position = Math.Max(0, file.Length - LogEnd);
            using var reader = new StreamReader(file, Encoding.UTF8);
            return LogTail.Words(reader.ReadToEnd());
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Asks it to end, and ends it if it does not.</summary>
    /// <param name="grace">Between SIGTERM and SIGKILL.</param>
    /// <param name="time">Measures the grace.</param>
    public async Task<int> StopAsync(TimeSpan grace, TimeProvider time)
    {
        if (!_process.HasExited)
            _ = Kill(_process.Id, SigTerm);
        using var patience = new CancellationTokenSource(grace, time);
        try
        {
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
        return _process.ExitCode;
    }

    /// <summary>Ends it if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
