using System.Text;

namespace Prometheus;

/// <summary>What takes single observations.</summary>
public interface IObserver
{
    void Observe(double val);
}

/// <summary>Observations counted by upper bounds.</summary>
public interface IHistogram : IObserver
{
    double Sum { get; }

    long Count { get; }

    void Observe(double val, long count);
}

/// <inheritdoc cref="IHistogram"/>
public sealed class Histogram : Collector<Histogram.Child>, IHistogram
{
    private static readonly double[] DefaultBuckets = [.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10];

    private readonly double[] bounds;

    internal Histogram(string name, string help, string[] labelNames, bool suppressInitialValue, double[]? buckets)
        : base(name, help, labelNames, suppressInitialValue)
    {
        if (labelNames.Contains("le", StringComparer.Ordinal))
            throw new ArgumentException("'le' is a reserved label name");
        bounds = buckets ?? DefaultBuckets;
        if (bounds.Length == 0)
            throw new ArgumentException("Histogram must have at least one bucket");
        if (!double.IsPositiveInfinity(bounds[^1]))
            bounds = [.. bounds, double.PositiveInfinity];
        for (var i = 1; i < bounds.Length; i++)
        {
            if (bounds[i] <= bounds[i - 1])
                throw new ArgumentException("Bucket values must be increasing");
        }
    }

    public double Sum => Unlabelled.Sum;

    public long Count => Unlabelled.Count;

    internal override string Type => "histogram";

    public void Observe(double val) => Unlabelled.Observe(val);

    public void Observe(double val, long count) => Unlabelled.Observe(val, count);

    public void Publish() => Unlabelled.Publish();

    public void Unpublish() => Unlabelled.Unpublish();

    /// <summary>Bounds of which each is <paramref name="factor"/> times the one before, starting at <paramref name="start"/>.</summary>
    public static double[] ExponentialBuckets(double start, double factor, int count)
    {
        if (count <= 0 || start <= 0 || factor <= 1)
            throw new ArgumentException("ExponentialBuckets needs a positive count, a positive start and a factor greater than 1");
        var rising = new double[count];
        var next = (decimal)start;
        for (var i = 0; i < count; i++, next *= (decimal)factor)
            rising[i] = (double)next;
        return rising;
    }

    internal override Child NewChild(LabelValues labels, bool publish) => new(this, labels, publish);

    /// <summary>One series of a histogram.</summary>
    public sealed class Child : ChildBase, IHistogram
    {
        private readonly double[] bounds;
        private readonly long[] counts;
        private AtomicDouble sum;

        internal Child(Histogram parent, LabelValues labels, bool publish)
            : base(parent, labels, publish)
        {
            bounds = parent.bounds;
            counts = new long[bounds.Length];
        }

        public double Sum => sum.Value;

        public long Count
        {
            get
            {
                var total = 0L;
                for (var i = 0; i < counts.Length; i++)
                    total += Interlocked.Read(ref counts[i]);
                return total;
            }
        }

        public void Observe(double val) => Observe(val, 1);

        public void Observe(double val, long count)
        {
            if (double.IsNaN(val))
                return;
            var bucket = 0;
            while (val > bounds[bucket])
                bucket++;
            Interlocked.Add(ref counts[bucket], count);
            sum.Add(val * count);
            Publish();
        }

        internal override void Write(StringBuilder to)
        {
            // One reading of the counts serves both, or a concurrent observation would make _count and the last bucket disagree.
            var lines = new StringBuilder();
            var cumulative = 0L;
            for (var i = 0; i < counts.Length; i++)
            {
                cumulative += Interlocked.Read(ref counts[i]);
                var bound = double.IsPositiveInfinity(bounds[i]) ? "+Inf" : Text(bounds[i]);
                Line(lines, "_bucket", $"{Pairs}{(Pairs.Length > 0 ? "," : "")}le=\"{bound}\"", cumulative);
            }
            Line(to, "_sum", Pairs, Sum);
            Line(to, "_count", Pairs, cumulative);
            to.Append(lines);
        }
    }
}
