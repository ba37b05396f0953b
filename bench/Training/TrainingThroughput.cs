using System.Globalization;

namespace FedOperator.Bench.Training;

/// <summary>Training images a second, beside PyTorch on the same libtorch, threads and layout: two processes that take turns, slice by slice, so that both see the same machine.</summary>
internal static class TrainingThroughput
{
    private static readonly string[] Kinds = ["local", "federated", "gradients"];

    /// <summary>One row of the table.</summary>
    /// <param name="Name">Network, batch, threads, normalization.</param>
    /// <param name="ImagesPerSecond">Ours, in the median slice.</param>
    /// <param name="PyTorch">Its images a second, in the median slice, with nn.BatchNorm2d.</param>
    /// <param name="Ratio">Median over neighbouring slices of ours / PyTorch's.</param>
    public sealed record Row(string Name, double ImagesPerSecond, double PyTorch, double Ratio);

    /// <summary>Measures every combination.</summary>
    /// <param name="script">Path of train.py.</param>
    /// <param name="slices">Turns each; the first two are warm-up.</param>
    /// <param name="clock">`wall`, or `cpu` for each process's own seconds: what a busy machine allows to compare, at one thread.</param>
    /// <param name="only">Part of the names to measure; empty: all.</param>
    public static IEnumerable<Row> Run(string script, int slices, string clock, string only)
    {
        foreach (var (architecture, steps) in new[] { ("cnn", 3200), ("resnet20", 192) })
            foreach (var batch in new[] { 32, 64 })
                foreach (var threads in new[] { 1, 2 })
                    foreach (var kind in Kinds)
                    {
                        var name = string.Create(CultureInfo.InvariantCulture, $"{architecture}-16 batch {batch} threads {threads} {kind}");
                        if (name.Contains(only, StringComparison.Ordinal))
                            yield return Measure(name, script, architecture, batch, threads, kind, steps / batch, slices, clock);
                    }
    }

    private static Row Measure(string name, string script, string architecture, int batch, int threads, string kind, int steps, int slices, string clock)
    {
        string[] common = [architecture, "16", $"{batch}", $"{threads}"];
        using var ours = new Turns(Environment.ProcessPath!, threads, ["train-worker", .. common, kind, $"{steps}", clock]);
        using var peer = new Turns("/usr/bin/python3", threads, [script, .. common, clock]);
        var rates = new List<(double Ours, double Peer)>();
        for (var slice = 0; slice < slices + 2; slice++)
        {
            var mine = steps * batch / ours.Take(steps);
            var theirs = steps * batch / peer.Take(steps);
            if (slice >= 2)
                rates.Add((mine, theirs));
        }
        return new Row(name, Median(rates.Select(r => r.Ours)), Median(rates.Select(r => r.Peer)), Median(rates.Select(r => r.Ours / r.Peer)));
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
