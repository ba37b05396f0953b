using System.Diagnostics;
using FedOperator.Core.Ledger;

namespace FedOperator.EndToEnd.Tests.Harness;

/// <summary>All processes of a test job.</summary>
internal sealed class TestRun : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private readonly TestJob _job;

    private TestRun(TestJob job, TrainerProcess aggregator, IReadOnlyList<TrainerProcess> clients) => (_job, Aggregator, Clients) = (job, aggregator, clients);

    public TrainerProcess Aggregator { get; }

    public IReadOnlyList<TrainerProcess> Clients { get; }

    public IEnumerable<TrainerProcess> All => [Aggregator, .. Clients];

    /// <summary>Prepares the job and starts its processes.</summary>
    /// <param name="job">The job.</param>
    /// <param name="killAt">Kill switches by process name.</param>
    /// <param name="cpus">Which processors they may use, as for taskset.</param>
    /// <param name="clients">Those that are started; null: all.</param>
    /// <param name="metricsPorts">By process name.</param>
    public static async Task<TestRun> StartAsync(
        TestJob job, IReadOnlyDictionary<string, string>? killAt = null, string? cpus = null, IReadOnlyList<string>? clients = null, IReadOnlyDictionary<string, int>? metricsPorts = null)
    {
        int? Port(string process) => metricsPorts?.TryGetValue(process, out var port) ?? false ? port : null;
        await TrainerProcess.InitAsync(job, killAt?.GetValueOrDefault("init"));
        return new TestRun(
            job,
            TrainerProcess.Aggregator(job, killAt: killAt?.GetValueOrDefault("aggregator"), cpus: cpus, metricsPort: Port("aggregator")),
            [.. (clients ?? [.. job.Plan.Clients.Select(c => c.Name)]).Select(c => TrainerProcess.Client(job, c, killAt: killAt?.GetValueOrDefault(c), cpus: cpus, metricsPort: Port(c)))]);
    }

    /// <summary>Waits for the job's end, and asserts that every process says so.</summary>
    public async Task CompleteAsync()
    {
        var ended = Task.WhenAll(All.Select(p => p.Ended));
        await Task.WhenAny(ended, Task.Delay(s_limit));
        Assert.True(ended.IsCompleted, $"the job is not complete after {s_limit}:\n" + Logs());
        Assert.True((await ended).All(code => code == 0), Logs());
    }

    /// <summary>Waits until a blob of the global container is there.</summary>
    public Task UntilAsync(string blob) => UntilAsync(() => _job.HasAsync(blob), blob);

    /// <summary>Waits until something holds.</summary>
    public Task UntilAsync(Func<bool> holds, string what) => UntilAsync(() => Task.FromResult(holds()), what);

    /// <summary>Waits until something holds.</summary>
    public async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        var since = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < s_limit, $"no {what}:\n" + Logs());
            await Task.Delay(5);
        }
    }

    /// <summary>Waits until a round has closed.</summary>
    public Task UntilClosedAsync(int round) => UntilAsync(LedgerPaths.Closed(new RoundKey(round, RoundKind.Train)));

    /// <summary>What all processes wrote.</summary>
    public string Logs() => string.Join('\n', All.Select(p => $"--- {p.Name}\n{p.Log()}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in All)
            await process.DisposeAsync();
    }
}
