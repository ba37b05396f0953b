using System.Globalization;

namespace FedOperator.Bench.Training;

/// <summary>A network of the throughput bench.</summary>
/// <param name="Architecture">As in manifests.</param>
/// <param name="Width">Its `width`.</param>
/// <param name="Channels">Of an image.</param>
/// <param name="Side">Height and width of an image.</param>
/// <param name="Images">How many a turn.</param>
/// <param name="Settings">Batch sizes and threads.</param>
/// <param name="Kinds">Of normalization: `local`, `federated`, `gradients`.</param>
/// <param name="Layout">The trainer's: `contiguous`, or `channelsLast`. PyTorch gets the same.</param>
internal sealed record Subject(
    string Architecture, int Width, int Channels, int Side, int Images, IReadOnlyList<(int Batch, int Threads)> Settings, IReadOnlyList<string> Kinds, string Layout = "contiguous");

/// <summary>Training images a second, beside PyTorch on the same libtorch, threads and layout: two processes that take turns, slice by slice, so that both see the same machine.</summary>
internal static class TrainingThroughput
{
    private static readonly Subject[] s_subjects =
    [
        new("cnn", 16, 1, 28, 3200, [(32, 1), (64, 1), (32, 2), (64, 2)], ["local", "federated", "gradients"]),
        new("resnet20", 16, 1, 28, 192, [(32, 1), (64, 1), (32, 2), (64, 2)], ["local", "federated", "gradients"], "channelsLast"),
        new("resnet34", 64, 3, 32, 32, [(32, 1), (32, 2)], ["local", "federated"], "channelsLast"),
        new("mobilenetV1", 32, 3, 32, 128, [(32, 1), (32, 2)], ["local", "federated"], "channelsLast"),
    ];

    /// <summary>Measures every combination.</summary>
    /// <param name="slices">Turns each, after two of warm-up.</param>
    /// <param name="clock">`wall`, or `cpu` for each process's own seconds: what a busy machine allows to compare, at one thread.</param>
    /// <param name="only">Part of the names to measure; empty: all.</param>
    /// <param name="layout">PyTorch's: `contiguous`, or `channelsLast`; null: the trainer's.</param>
    /// <param name="result">Written to bench/results/NAME.json; null: shown only.</param>
    public static void Run(int slices, string clock, string only, string? layout, string? result)
    {
        var rows = new List<BenchRow>();
        foreach (var subject in s_subjects)
        {
            foreach (var (batch, threads) in subject.Settings)
            {
                foreach (var kind in subject.Kinds)
                {
                    var name = string.Create(CultureInfo.InvariantCulture, $"{subject.Architecture}, width {subject.Width}, batch {batch}, {threads} threads, {kind}, {clock} time");
                    if (name.Contains(only, StringComparison.Ordinal))
                        rows.Add(Measure(name, subject, batch, threads, kind, slices, clock, layout ?? subject.Layout));
                }
            }
        }
        BenchResult.Write(result, rows);
    }

    private static BenchRow Measure(string name, Subject subject, int batch, int threads, string kind, int slices, string clock, string layout)
    {
        var steps = subject.Images / batch;
        var images = steps * batch;
        var script = Path.Join(BenchResult.Repository(), "bench", "Training", "train.py");
        string[] network = [subject.Architecture, .. new[] { subject.Width, subject.Channels, subject.Side, batch, threads }.Select(n => n.ToString(CultureInfo.InvariantCulture))];
        using var ours = new Turns(Environment.ProcessPath!, threads, ["train-worker", .. network, kind, $"{steps}", clock]);
        using var peer = new Turns("/usr/bin/python3", threads, [script, .. network, layout, clock]);
        var rates = new List<(double Ours, double Peer)>();
        for (var slice = 0; slice < slices + 2; slice++)
        {
            var mine = images / ours.Take(steps);
            var theirs = images / peer.Take(steps);
            if (slice >= 2)
                rates.Add((mine, theirs));
        }
        return new BenchRow(
            name,
            "images/s",
            Math.Round(Median(rates.Select(r => r.Ours)), 1),
            layout == "contiguous" ? "PyTorch, nn.BatchNorm2d" : "PyTorch, nn.BatchNorm2d, channels last",
            Math.Round(Median(rates.Select(r => r.Peer)), 1),
            Math.Round(Median(rates.Select(r => r.Ours / r.Peer)), 3));
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
