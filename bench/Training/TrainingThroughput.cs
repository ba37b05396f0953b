using System.Globalization;

namespace FedOperator.Bench.Training;

/// <summary>Training images a second, beside PyTorch on the same libtorch, threads and layout: two processes that take turns, slice by slice, so that both see the same machine.</summary>
internal static class TrainingThroughput
{
    private static readonly string[] Kinds = ["local", "federated", "gradients"];

    /// <summary>Measures every combination and writes bench/results/train.json.</summary>
    /// <param name="slices">Turns each, after two of warm-up.</param>
    /// <param name="clock">`wall`, or `cpu` for each process's own seconds: what a busy machine allows to compare, at one thread.</param>
    /// <param name="only">Part of the names to measure; empty: all.</param>
    public static void Run(int slices, string clock, string only)
    {
        var rows = new List<BenchRow>();
        foreach (var (architecture, images) in new[] { ("cnn", 3200), ("resnet20", 192) })
        {
            foreach (var (batch, threads) in new[] { (32, 1), (64, 1), (32, 2), (64, 2) })
            {
                foreach (var kind in Kinds)
                {
                    var name = string.Create(CultureInfo.InvariantCulture, $"{architecture}, width 16, batch {batch}, {threads} threads, {kind}, {clock} time");
                    if (name.Contains(only, StringComparison.Ordinal))
                        rows.Add(Measure(name, [architecture, "16", $"{batch}", $"{threads}"], kind, images / batch, slices, clock));
                }
            }
        }
        BenchResult.Write("train", rows);
    }

    private static BenchRow Measure(string name, string[] network, string kind, int steps, int slices, string clock)
    {
        var threads = int.Parse(network[3], CultureInfo.InvariantCulture);
        var images = steps * int.Parse(network[2], CultureInfo.InvariantCulture);
        var script = Path.Join(BenchResult.Repository(), "bench", "Training", "train.py");
        using var ours = new Turns(Environment.ProcessPath!, threads, ["train-worker", .. network, kind, $"{steps}", clock]);
        using var peer = new Turns("/usr/bin/python3", threads, [script, .. network, clock]);
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
            Math.Round(Median(rates.Select(r => r.Ours))),
            "PyTorch, nn.BatchNorm2d",
            Math.Round(Median(rates.Select(r => r.Peer))),
            Math.Round(Median(rates.Select(r => r.Ours / r.Peer)), 3));
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
