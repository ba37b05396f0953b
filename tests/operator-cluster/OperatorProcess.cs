using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using FedOperator.Core.Ledger;
using FedOperator.Tests.Cluster;

namespace FedOperator.OperatorCluster.Tests;

/// <summary>A real `fed operator`, as a child process that sees the claim `ledger` as a folder. Ended by its pid.</summary>
internal sealed partial class OperatorProcess : IAsyncDisposable
{
    /// <summary>Name of the claim that it serves.</summary>
    public const string Claim = "ledger";

    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigCont = 18;

    private readonly Process _process;
    private readonly HttpClient _http;
    private readonly StringWriter _log = new();
    private readonly Task _reading;

    private OperatorProcess(Process process, int port)
    {
        _process = process;
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromSeconds(5) };
        _reading = Task.WhenAll(ReadAsync(process.StandardError), ReadAsync(process.StandardOutput));
    }

    /// <summary>What it logged so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Its process id.</summary>
    public int Pid => _process.Id;

    /// <summary>Starts one.</summary>
    /// <param name="server">The API server.</param>
    /// <param name="namespace">The one that it serves.</param>
    /// <param name="ledger">Folder of the claim.</param>
    /// <param name="killAt">Where it dies: see <see cref="KillSwitch"/>.</param>
    /// <param name="lease">It works only while it holds the namespace's lease.</param>
    /// <param name="more">More options.</param>
    public static OperatorProcess Start(ApiServer server, string @namespace, string ledger, string? killAt = null, bool lease = false, params string[] more) =>
        StartIn(killAt is null ? [] : new() { [KillSwitch.Variable] = killAt }, server, @namespace, ledger, lease, more);

    /// <summary>Starts one with these environment variables.</summary>
    public static OperatorProcess StartIn(Dictionary<string, string> environment, ApiServer server, string @namespace, string ledger, bool lease = false, params string[] more)
    {
        var port = FreePort.Next();
        string[] arguments =
        [
            Path.Join(AppContext.BaseDirectory, "fed.dll"), "operator", "--trainer-image", "fed-trainer:test", "--namespace", @namespace, "--storage-claim", Claim, "--storage-path", ledger,
            "--poll-interval", "1s", "--listen", port.ToString(CultureInfo.InvariantCulture), .. lease ? new[] { "--lease-namespace", @namespace } : ["--leader-elect=false"], .. more,
        ];
        var start = new ProcessStartInfo("dotnet", arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["KUBECONFIG"] = server.Kubeconfig;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new OperatorProcess(Process.Start(start)!, port);
    }

    /// <summary>Where it serves /metrics, /healthz and /readyz.</summary>
    public Uri Address => _http.BaseAddress!;

    /// <summary>Waits until it is ready.</summary>
    public Task ReadyAsync() => Wait.UntilAsync(async () => (await GetAsync("readyz")).Status == HttpStatusCode.OK, "the operator's readiness", () => Log);

    /// <summary>Asks one of its endpoints.</summary>
    public async Task<(HttpStatusCode Status, string Text)> GetAsync(string path)
    {
        try
        {
            using var answer = await _http.GetAsync(path);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return (default, e.Message);
        }
    }

    /// <summary>Sum of all series of a metric whose labels have this in them.</summary>
    public async Task<double> MetricAsync(string name, string labels = "")
    {
        var (status, text) = await GetAsync("metrics");
        Assert.Equal(HttpStatusCode.OK, status);
        return text.Split('\n').Where(line => (line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal)) && line.Contains(labels, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code: 137 after a SIGKILL.</returns>
    public async Task<int> EndedAsync(int seconds = 60)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"the operator has not ended within {seconds} s\n{Log}");
        }
        await _reading;
        return _process.ExitCode;
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        Signal(SigKill);
        await EndedAsync();
    }

    /// <summary>SIGTERM, and its exit code.</summary>
    public Task<int> StopAsync()
    {
        Signal(SigTerm);
        return EndedAsync();
    }

    /// <summary>Lets it go on after a SIGSTOP.</summary>
    public void Continue() => Signal(SigCont);

    /// <summary>Whether a SIGSTOP holds it.</summary>
    public bool IsStopped() => File.ReadAllText($"/proc/{Pid}/stat").Split(") ")[1][0] == 'T';

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _http.Dispose();
        _process.Dispose();
    }

    private void Signal(int signal)
    {
        if (Send(_process.Id, signal) != 0 && !_process.HasExited)
            throw new InvalidOperationException($"signal {signal} did not reach the operator");
    }

    private async Task ReadAsync(StreamReader lines)
    {
        while (await lines.ReadLineAsync() is { } line)
        {
            lock (_log)
                _log.WriteLine(line);
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Send(int pid, int signal);
}
