using System.Globalization;
using FedOperator.EndToEnd.Tests.Harness;

namespace FedOperator.EndToEnd.Tests;

/// <summary>The aggregator's memory does not grow with the number of clients.</summary>
public sealed class AggregatorMemoryTests : IDisposable
{
    private const int Weights = 2_000_000;
    private const int UpdateMiB = Weights * 4 / (1 << 20);

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-memory-").FullName;

    [Fact]
    public async Task Eight_times_the_clients_take_no_more_memory_than_two_updates()
    {
        var few = await PeakMiBAsync(clients: 3);
        var many = await PeakMiBAsync(clients: 24);
        // Holding them would take 21 updates more.
        Assert.True(many - few < 2 * UpdateMiB, $"{few} MiB with 3 clients, {many} MiB with 24, {UpdateMiB} MiB an update");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<double> PeakMiBAsync(int clients)
    {
        using var job = new ScriptedJob(new() { DeadlineSeconds = 100 }, clients, rounds: 2, weights: Weights);
        await job.PrepareAsync();
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var running = Enumerable.Range(0, clients).Select(i => Task.Run(() => new ScriptedClient($"site-{i}").RunAsync(job, stop.Token))).ToList();
        await using var aggregator = TrainerProcess.Aggregator(job, Path.Join(_folder, $"{clients}.log"));
        var peak = 0.0;
        while (!aggregator.Ended.IsCompleted)
        {
            peak = Math.Max(peak, PeakMiB(aggregator.Pid));
            await Task.Delay(20);
        }

        Assert.True(await aggregator.Ended == 0, aggregator.Log());
        await stop.CancelAsync();
        await Task.WhenAll(running);
        Assert.True(peak > 10, $"a peak of {peak} MiB was not read from a living process");
        return peak;
    }

    private static double PeakMiB(int pid)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(l => l.StartsWith("VmHWM", StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
