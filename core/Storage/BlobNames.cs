using System.Buffers;

namespace FedOperator.Core.Storage;

/// <summary>Which names every store can hold: segments of `[A-Za-z0-9._=-]` with a `/` between, none of which starts or ends with a dot.</summary>
public static class BlobNames
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaximumLength = 512;

    private const int MaximumSegment = 200;

    private static readonly SearchValues<char> s_allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._=-");

    /// <summary>True for a name that every store can hold.</summary>
    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name.Length > MaximumLength)
            return false;
        foreach (var range in name.Split('/'))
        {
            var segment = name[range];
            if (segment.IsEmpty || segment.Length > MaximumSegment || segment[0] == '.' || segment[^1] == '.' || segment.ContainsAnyExcept(s_allowed))
                return false;
        }
        return true;
    }

    /// <summary>Refuses a name that some store cannot hold or that would leave its container.</summary>
    /// <exception cref="BlobStoreException"><see cref="BlobFault.BadName"/>.</exception>
    public static void Check(string container, string name)
    {
        if (!IsValid(name))
            throw Bad(container, name, "segments of letters, digits and `._=-`, at most 512 characters, none with a dot at either end");
    }

    /// <summary>Refuses a prefix that no name can start with.</summary>
    /// <exception cref="BlobStoreException"><see cref="BlobFault.BadName"/>.</exception>
    public static void CheckPrefix(string container, string prefix)
    {
        // "x" completes "a/" and "a." to names
        if (prefix.Length > 0 && !IsValid(prefix + "x"))
            throw Bad(container, prefix, "no blob's name starts like that");
    }

    /// <summary>Refuses a container name that Azure would: 3 to 63 of `[a-z0-9-]`, no dash at an end or beside another.</summary>
    /// <exception cref="BlobStoreException"><see cref="BlobFault.BadName"/>.</exception>
    public static void CheckContainer(string container)
    {
        if (container.Length is < 3 or > 63 || container[0] == '-' || container[^1] == '-' || container.Contains("--", StringComparison.Ordinal)
            || !container.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            throw new BlobStoreException(BlobFault.BadName, $"container '{Printable(container)}': 3 to 63 of [a-z0-9-], no dash at an end or beside another");
    }

    private static BlobStoreException Bad(string container, string name, string rule) =>
        new(BlobFault.BadName, $"{container}: bad blob name '{Printable(name)}': {rule}");

    private static string Printable(string name) => string.Concat(name.Take(100).Select(c => char.IsControl(c) ? '?' : c));
}
