using System.Diagnostics;
using System.Globalization;

namespace FedOperator.Bench;

/// <summary>`bench reduce`: GB/s of updates reduced and checked, and peak memory, each measured in a process of its own, files in the page cache.</summary>
internal static class ReduceBench
{
    private const int Megabytes = 100;
    private static readonly int[] s_clients = [4, 16, 64];

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var rows = new List<BenchRow>();
        using (var files = await TemporaryUpdates.CreateAsync(Megabytes, s_clients.Max()))
        {
            foreach (var clients in s_clients)
                rows.AddRange(await MeasureAsync(files, clients, cancellationToken));
        }
        using (var larger = await TemporaryUpdates.CreateAsync(4 * Megabytes, 4))
            rows.Add(new BenchRow($"peak memory of a whole round, 4 clients of {4 * Megabytes} MB", "MiB", Math.Round((await OwnAsync(larger, 4, "round", cancellationToken)).PeakMiB, 1)));
        BenchResult.Write("reduce", rows);
    }

    private static async Task<List<BenchRow>> MeasureAsync(TemporaryUpdates files, int clients, CancellationToken cancellationToken)
    {
        var gigabytes = files.UpdateLength * clients / 1e9;
        var what = $"{clients} clients of {Megabytes} MB";
        // once unmeasured: every file in the page cache
        await OwnAsync(files, clients, "hash", cancellationToken);
        var plain = await OwnAsync(files, clients, "read-add", cancellationToken);
        var mean = await OwnAsync(files, clients, "mean", cancellationToken);
        var round = await OwnAsync(files, clients, "round", cancellationToken);
        var check = await OwnAsync(files, clients, "check", cancellationToken);
        var hash = await OwnAsync(files, clients, "hash", cancellationToken);
        var streamed = await NumpyAsync(files, clients, "streamed", cancellationToken);
        var loaded = await NumpyAsync(files, clients, "loaded", cancellationToken);
        return
        [
            BenchRow.Beside($"streaming mean, {what}", "GB/s", gigabytes / mean.Seconds, "plain read-and-add", gigabytes / plain.Seconds),
            BenchRow.Beside($"streaming mean, {what}", "GB/s", gigabytes / mean.Seconds, "numpy, streamed", gigabytes / streamed.Seconds),
            BenchRow.Beside($"streaming mean, {what}", "GB/s", gigabytes / mean.Seconds, "numpy, updates in memory", gigabytes / loaded.Seconds),
            BenchRow.Beside($"streaming mean per processor second, {what}", "GB/s", gigabytes / mean.ProcessorSeconds, "plain read-and-add", gigabytes / plain.ProcessorSeconds),
            BenchRow.Beside($"whole round, its checkpoint hashed, {what}", "GB/s", gigabytes / round.Seconds, "numpy, streamed (no hash)", gigabytes / streamed.Seconds),
            BenchRow.Beside($"hash-and-check pass, {what}", "GB/s", gigabytes / check.Seconds, "plain SHA-256", gigabytes / hash.Seconds),
            BenchRow.Beside($"peak memory of a whole round, {what}", "MiB", round.PeakMiB, "numpy, updates in memory", loaded.PeakMiB),
            BenchRow.Beside($"peak memory of the check, {what}", "MiB", check.PeakMiB, "plain SHA-256", hash.PeakMiB),
        ];
    }

    private static Task<Measured> OwnAsync(TemporaryUpdates files, int clients, string mode, CancellationToken cancellationToken) =>
        RunAsync("dotnet", ["exec", typeof(ReduceBench).Assembly.Location, "reduce-one", "--folder", files.Folder, "--clients", clients.ToString(CultureInfo.InvariantCulture), "--mode", mode], cancellationToken);

    private static Task<Measured> NumpyAsync(TemporaryUpdates files, int clients, string mode, CancellationToken cancellationToken) =>
        RunAsync("/usr/bin/python3", [Path.Join(BenchResult.Repository(), "bench", "reduce_numpy.py"), mode, .. Enumerable.Range(0, clients).Select(c => ReduceFiles.Update(files.Folder, c))], cancellationToken);

    private static async Task<Measured> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        var numbers = output.Split(' ', StringSplitOptions.TrimEntries);
        return process.ExitCode == 0 && numbers.Length == 3
            ? new Measured(double.Parse(numbers[0], CultureInfo.InvariantCulture), double.Parse(numbers[1], CultureInfo.InvariantCulture), double.Parse(numbers[2], CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: exit code {process.ExitCode}: {output}");
    }

    /// <summary>What a process printed.</summary>
    private sealed record Measured(double Seconds, double ProcessorSeconds, double PeakMiB);
}
