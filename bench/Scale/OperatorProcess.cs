using System.Diagnostics;
using System.Globalization;

namespace FedOperator.Bench.Scale;

/// <summary>An operator at work. Ended by its pid.</summary>
internal sealed class OperatorProcess : IAsyncDisposable
{
    /// <summary>Counter of its requests to the API server.</summary>
    public const string Requests = "rest_client_requests_total";

    /// <summary>Histogram of how long its passes took.</summary>
    public const string PassSeconds = "controller_runtime_reconcile_time_seconds";

    private readonly Process _process;
    private readonly HttpClient _http;
    private readonly string _log;

    /// <summary>Takes over a process that was just started.</summary>
    /// <param name="process">It.</param>
    /// <param name="port">Where it serves its metrics.</param>
    /// <param name="log">The file that it logs to.</param>
    public OperatorProcess(Process process, int port, string log)
    {
        (_process, _log) = (process, log);
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>Since it was started.</summary>
    public Stopwatch Clock { get; } = Stopwatch.StartNew();

    /// <summary>Its metrics; null while it does not answer.</summary>
    public async Task<Scrape?> ScrapeAsync(CancellationToken cancellationToken) => await GetAsync("metrics", cancellationToken) is { } text ? new Scrape(text) : null;

    /// <summary>Most memory that it ever had, in bytes (VmHWM).</summary>
    public double PeakMemory() =>
        1024 * double.Parse(File.ReadLines($"/proc/{_process.Id}/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    /// <summary>Processor time that it has used.</summary>
    public TimeSpan ProcessorTime()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    /// <summary>The end of its log.</summary>
    public string Log() => string.Join('\n', File.ReadLines(_log).TakeLast(20));

    /// <summary>Kills it (SIGKILL).</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _http.Dispose();
        _process.Dispose();
    }

    private async Task<string?> GetAsync(string path, CancellationToken cancellationToken)
    {
        if (_process.HasExited)
            throw new InvalidOperationException($"the operator ended with exit code {_process.ExitCode}\n{Log()}");
        try
        {
            using var answer = await _http.GetAsync(path, cancellationToken);
            return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(cancellationToken) : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
