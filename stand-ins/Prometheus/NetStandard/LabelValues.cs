namespace Prometheus;

/// <summary>Values of labels, compared one by one.</summary>
internal sealed class LabelValues(string[] values) : IEquatable<LabelValues>
{
    internal static readonly LabelValues None = new([]);

    private readonly int hash = Hash(values);

    internal string[] Values { get; } = values;

    public bool Equals(LabelValues? other) => other is not null && hash == other.hash && Values.AsSpan().SequenceEqual(other.Values);

    public override bool Equals(object? obj) => Equals(obj as LabelValues);

    public override int GetHashCode() => hash;

    private static int Hash(string[] values)
    {
        var code = new HashCode();
        foreach (var value in values)
            code.Add(value, StringComparer.Ordinal);
        return code.ToHashCode();
    }
}
