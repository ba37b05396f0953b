using System.Globalization;

namespace FedOperator.Operator.Jobs;

/// <summary>Lists and numbers in messages, cut short where they would be long.</summary>
internal static class Words
{
    /// <summary>Messages in a status are not longer.</summary>
    public const int LongestMessage = 2000;

    private const int Shown = 8;

    /// <summary>`a, b, c and 12 more`.</summary>
    public static string List(IReadOnlyList<string> items, string separator = ", ") => items.Count <= Shown
        ? string.Join(separator, items)
        : string.Create(CultureInfo.InvariantCulture, $"{string.Join(separator, items.Take(Shown))}{separator}and {items.Count - Shown} more");

    /// <summary>A text of at most <see cref="LongestMessage"/> characters.</summary>
    public static string Short(string text) => text.Length <= LongestMessage ? text : text[..(LongestMessage - 3)] + "...";

    /// <summary>`12 s`, `90 s`, `2 h`.</summary>
    public static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.###} s");

    /// <summary>A time as a status has it.</summary>
    public static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    /// <summary>`1 pod`, `2 pods`.</summary>
    public static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
