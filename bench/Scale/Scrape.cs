using System.Globalization;

namespace FedOperator.Bench.Scale;

/// <summary>What /metrics said.</summary>
/// <param name="text">In Prometheus' text format.</param>
internal sealed class Scrape(string text)
{
    /// <summary>Sum of all series of a metric that have these labels.</summary>
    public double Sum(string name, params string[] labels) => Lines(name).Where(line => labels.All(l => line.Contains(l, StringComparison.Ordinal))).Sum(Value);

    /// <summary>A quantile of a histogram, interpolated in its bucket as Prometheus' histogram_quantile does.</summary>
    public double Quantile(string name, double quantile)
    {
        var buckets = Lines(name + "_bucket").Select(line => (Bound: Bound(line), Count: Value(line))).OrderBy(b => b.Bound).ToList();
        var rank = quantile * buckets[^1].Count;
        var (below, before) = (0.0, 0.0);
        foreach (var (bound, count) in buckets)
        {
            if (count >= rank)
                return double.IsPositiveInfinity(bound) ? below : below + ((bound - below) * (rank - before) / Math.Max(1, count - before));
            (below, before) = (bound, count);
        }
        return below;
    }

    /// <summary>The operator leads, has listed everything, and makes passes.</summary>
    public bool IsWorking() => Sum("controller_runtime_max_concurrent_reconciles") > 0;

    /// <summary>As many passes have ended as there are jobs, and no job waits for one. (One of those that poll ledgers may be under way.)</summary>
    public bool IsIdle(int jobs) => IsWorking() && Sum(OperatorProcess.PassSeconds + "_count") >= jobs && Sum("workqueue_depth") == 0;

    /// <summary>What was created, changed or deleted; the lease, which is replaced, does not count.</summary>
    public double Writes() => ((string[])["POST", "PATCH", "DELETE"]).Sum(method => Sum(OperatorProcess.Requests, $"method=\"{method}\""));

    private IEnumerable<string> Lines(string name) =>
        text.Split('\n').Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal));

    private static double Value(string line) => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);

    private static double Bound(string line)
    {
        var start = line.IndexOf("le=\"", StringComparison.Ordinal) + 4;
        var bound = line[start..line.IndexOf('"', start)];
        return bound == "+Inf" ? double.PositiveInfinity : double.Parse(bound, CultureInfo.InvariantCulture);
    }
}
