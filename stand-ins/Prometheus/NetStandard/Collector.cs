using System.Text;
using System.Text.RegularExpressions;

namespace Prometheus;

/// <summary>A metric: a name, a help text, names of labels, and one series per combination of their values.</summary>
public abstract partial class Collector
{
    private protected Collector(string name, string help, string[] labelNames)
    {
        if (!Identifier().IsMatch(name))
            throw new ArgumentException($"Metric name '{name}' does not match regex '{Identifier()}'.");
        foreach (var label in labelNames)
        {
            if (!Identifier().IsMatch(label) || label.StartsWith("__", StringComparison.Ordinal))
                throw new ArgumentException($"Label name '{label}' does not match regex '{Identifier()}', or starts with two underscores.");
        }
        if (labelNames.Distinct(StringComparer.Ordinal).Count() != labelNames.Length)
            throw new InvalidOperationException("The set of label names includes duplicates: " + string.Join(", ", labelNames));
        (Name, Help, LabelNames) = (name, help, labelNames);
    }

    public string Name { get; }

    public string Help { get; }

    public string[] LabelNames { get; }

    /// <summary>As after <c># TYPE</c>.</summary>
    internal abstract string Type { get; }

    /// <summary>Writes HELP and TYPE.</summary>
    internal void WriteDeclaration(StringBuilder to) => to.Append("# HELP ").Append(Name).Append(' ').Append(Help).Append("\n# TYPE ").Append(Name).Append(' ').Append(Type).Append('\n');

    /// <summary>Writes every series.</summary>
    internal abstract void WriteSeries(StringBuilder to);

    /// <summary>Forgets one series.</summary>
    internal abstract void Remove(LabelValues labels);

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_]*$")]
    private static partial Regex Identifier();
}

/// <summary>A metric whose series are of one kind.</summary>
/// <typeparam name="TChild">One series.</typeparam>
public abstract class Collector<TChild> : Collector
    where TChild : ChildBase
{
    private readonly Lock gate = new();
    private readonly Dictionary<LabelValues, TChild> children = [];
    private readonly bool suppressInitialValue;

    private protected Collector(string name, string help, string[] labelNames, bool suppressInitialValue)
        : base(name, help, labelNames) => this.suppressInitialValue = suppressInitialValue;

    /// <summary>The series without labels.</summary>
    protected internal TChild Unlabelled => GetOrAdd(LabelValues.None);

    /// <summary>The series of these values, in the order of <see cref="Collector.LabelNames"/>; made at first use.</summary>
    public TChild WithLabels(params string[] labelValues) => GetOrAdd(Labels(labelValues));

    public void RemoveLabelled(params string[] labelValues) => Remove(Labels(labelValues));

    /// <summary>The label values of every series that has labels.</summary>
    public IEnumerable<string[]> GetAllLabelValues()
    {
        lock (gate)
            return [.. children.Keys.Where(k => k.Values.Length > 0).Select(k => k.Values.ToArray())];
    }

    internal abstract TChild NewChild(LabelValues labels, bool publish);

    internal override void Remove(LabelValues labels)
    {
        lock (gate)
            children.Remove(labels);
    }

    internal override void WriteSeries(StringBuilder to)
    {
        if (LabelNames.Length == 0)
            _ = Unlabelled;
        TChild[] all;
        lock (gate)
            all = [.. children.Values];
        foreach (var child in all.Where(c => c.IsPublished))
            child.Write(to);
    }

    private LabelValues Labels(string[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values.Length == LabelNames.Length ? new LabelValues([.. values])
            : throw new ArgumentException("The list of label values must have the same number of elements as the list of label names.");
    }

    private TChild GetOrAdd(LabelValues labels)
    {
        lock (gate)
        {
            if (!children.TryGetValue(labels, out var child))
                children.Add(labels, child = NewChild(labels, publish: !suppressInitialValue));
            return child;
        }
    }
}
