using System.Globalization;
using System.Text.RegularExpressions;

namespace FedOperator.Operator.Commands;

/// <summary>Durations as people write them: `500ms`, `5s`, `1h30m`, `7d`.</summary>
internal static partial class Durations
{
    /// <summary>Reads one.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (Form().Match(text) is not { Success: true } match)
            return false;
        try
        {
            foreach (var (number, unit) in match.Groups["number"].Captures.Zip(match.Groups["unit"].Captures))
                duration += Unit(unit.Value) * double.Parse(number.Value, CultureInfo.InvariantCulture);
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    /// <summary>Writes one, in its largest whole unit.</summary>
    public static string Text(TimeSpan duration)
    {
        foreach (var unit in (string[])["d", "h", "m", "s"])
        {
            if (duration >= Unit(unit) && duration.Ticks % Unit(unit).Ticks == 0)
                return (duration.Ticks / Unit(unit).Ticks).ToString(CultureInfo.InvariantCulture) + unit;
        }
        return duration.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) + "ms";
    }

    private static TimeSpan Unit(string unit) => unit switch
    {
        "ms" => TimeSpan.FromMilliseconds(1),
        "s" => TimeSpan.FromSeconds(1),
        "m" => TimeSpan.FromMinutes(1),
        "h" => TimeSpan.FromHours(1),
        _ => TimeSpan.FromDays(1),
    };

    [GeneratedRegex("^((?<number>[0-9]{1,9})(?<unit>ms|s|m|h|d))+$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
