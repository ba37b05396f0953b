namespace FedOperator.Tests;

/// <summary>docs/metrics.md, held against what processes export.</summary>
internal static class DocumentedMetrics
{
    /// <summary>Fails unless every exported metric has a row with its type and the other way round, among the names that start so.</summary>
    /// <param name="exposition">What a process exports.</param>
    /// <param name="isOurs">Which names to compare.</param>
    public static void AssertSame(string exposition, Func<string, bool> isOurs)
    {
        var exported = exposition.Split('\n').Where(l => l.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(l => l[7..]);
        var documented = File.ReadLines(Programs.Source("docs/metrics.md")).Where(l => l.StartsWith("| `", StringComparison.Ordinal)).Select(l => l.Split('|'))
            .SelectMany(cells => cells[1].Split(',').Select(name => $"{name.Trim().Trim('`')} {cells[2].Trim()}"));
        Assert.Equal(exported.Where(isOurs).Order(StringComparer.Ordinal), documented.Where(isOurs).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }
}
