using System.Globalization;
using System.Text.RegularExpressions;

namespace FedOperator.Core.Api;

/// <summary>One client of a group.</summary>
/// <param name="Name">Its whole name.</param>
/// <param name="Group">Index of its group in `spec.clients`.</param>
/// <param name="Index">Its number in the group, from 0.</param>
public readonly record struct ClientName(string Name, int Group, int Index);

/// <summary>How groups become clients.</summary>
public static partial class ClientNames
{
    /// <summary>Longest name of a client: it is part of container, pod and Secret names.</summary>
    public const int Longest = 25;

    /// <summary>What a client's name looks like: words of lower-case letters and digits, with single dashes between.</summary>
    public const string Pattern = "^[a-z0-9]+(-[a-z0-9]+)*\\z";

    /// <summary>No client's name starts so: it marks private containers.</summary>
    public const string PrivatePrefix = "p-";

    /// <summary>The clients in ordinal order of their names: the order in which updates are reduced.</summary>
    public static IReadOnlyList<ClientName> Expand(IReadOnlyList<ClientGroup> groups) =>
        [.. groups.SelectMany((group, g) => Expand(group).Select((name, i) => new ClientName(name, g, i))).OrderBy(c => c.Name, StringComparer.Ordinal)];

    /// <summary>The names of one group's clients.</summary>
    public static IEnumerable<string> Expand(ClientGroup group) => group.Replicas is not { } replicas
        ? [group.Name]
        : Enumerable.Range(0, replicas).Select(i => string.Create(CultureInfo.InvariantCulture, $"{group.Name}-{i}"));

    /// <summary>True for names that containers, pods and files can carry.</summary>
    public static bool IsName(string name) => Name().IsMatch(name) && !name.StartsWith(PrivatePrefix, StringComparison.Ordinal);

    [GeneratedRegex(Pattern, RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
