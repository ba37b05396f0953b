using System.Globalization;
using System.Text;

namespace Prometheus;

/// <summary>One series of a metric.</summary>
public abstract class ChildBase : IDisposable
{
    private readonly Collector parent;
    private readonly LabelValues labels;
    private volatile bool published;

    private protected ChildBase(Collector parent, LabelValues labels, bool publish)
    {
        (this.parent, this.labels, published) = (parent, labels, publish);
        Pairs = string.Join(',', parent.LabelNames.Zip(labels.Values, (n, v) => $"{n}=\"{Escape(v)}\""));
    }

    /// <summary>False: it is not exported until it is touched.</summary>
    internal bool IsPublished => published;

    /// <summary>The label pairs as they are exported.</summary>
    internal string Pairs { get; }

    public void Publish() => published = true;

    public void Unpublish() => published = false;

    /// <summary>Takes the series out of its metric.</summary>
    public void Remove() => parent.Remove(labels);

    public void Dispose() => Remove();

    /// <summary>Writes the series' lines.</summary>
    internal abstract void Write(StringBuilder to);

    /// <summary>One line of text format 0.0.4.</summary>
    internal void Line(StringBuilder to, string suffix, string pairs, double value)
    {
        to.Append(parent.Name).Append(suffix);
        if (pairs.Length > 0)
            to.Append('{').Append(pairs).Append('}');
        to.Append(' ').Append(Text(value)).Append('\n');
    }

    internal static string Text(double value) => value.ToString("g", CultureInfo.InvariantCulture);

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
