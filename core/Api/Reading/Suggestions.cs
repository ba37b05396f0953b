using System.Text.Json.Serialization.Metadata;

namespace FedOperator.Core.Api;

/// <summary>"Did you mean": the nearest name, or the place where that name belongs.</summary>
internal static class Suggestions
{
    /// <summary>Advice for a field that a record does not have.</summary>
    public static string ForField(string name, JsonTypeInfo type)
    {
        var here = type.Properties.Select(p => p.Name).ToList();
        if (Nearest(name, here) is { } near)
            return $"did you mean `{near}`?";
        var elsewhere = Paths("", type.Options.GetTypeInfo(typeof(FederatedJob)), 0).Where(path => path.EndsWith("." + name, StringComparison.Ordinal)).ToList();
        return elsewhere.Count > 0
            ? $"it belongs at `{string.Join("` or `", elsewhere)}`"
            : $"remove it, or use one of {Names(type)}";
    }

    /// <summary>The fields of a record, for messages.</summary>
    public static string Names(JsonTypeInfo type) => string.Join(", ", type.Properties.Select(p => p.Name));

    /// <summary>The candidate within a third of the name's length in edits (at least 2), or null.</summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        var nearest = candidates.Select(c => (Name: c, Distance: Distance(name.ToLowerInvariant(), c.ToLowerInvariant()))).OrderBy(c => c.Distance).ThenBy(c => c.Name, StringComparer.Ordinal).FirstOrDefault();
        return nearest.Name is not null && nearest.Distance <= Math.Max(2, name.Length / 3) && nearest.Distance < nearest.Name.Length ? nearest.Name : null;
    }

    /// <summary>Optimal string alignment: insertions, deletions, replacements, swaps of neighbours.</summary>
    public static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, replace);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }

    private static IEnumerable<string> Paths(string path, JsonTypeInfo type, int depth)
    {
        if (type.Kind == JsonTypeInfoKind.Enumerable)
            return Paths(path + "[]", type.Options.GetTypeInfo(type.ElementType!), depth);
        if (type.Kind != JsonTypeInfoKind.Object || depth > 6)
            return [];
        return type.Properties.SelectMany(p =>
        {
            var child = path.Length == 0 ? p.Name : $"{path}.{p.Name}";
            return Paths(child, type.Options.GetTypeInfo(p.PropertyType), depth + 1).Prepend(child);
        });
    }
}
