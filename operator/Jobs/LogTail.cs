using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FedOperator.Operator.Jobs;

/// <summary>What the end of a failed container's log says, in one line.</summary>
internal static partial class LogTail
{
    private const int Longest = 600;

    /// <summary>The last message of a JSON log, or the last lines of any other; null where there is nothing.</summary>
    public static string? Words(string? tail)
    {
        var lines = (tail ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length == 0)
            return null;
        var said = lines.Reverse().Select(Message).FirstOrDefault(m => m is not null) ?? string.Join(" | ", lines.TakeLast(3));
        said = Signature().Replace(string.Join(' ', said.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), "sig=...");
        return said.Length <= Longest ? said : said[..Longest] + "...";
    }

    /// <summary>A log line's message, with the first line of its exception.</summary>
    private static string? Message(string line)
    {
        if (!line.StartsWith('{'))
            return null;
        try
        {
            if (JsonNode.Parse(line) is not JsonObject entry || Text(entry["Message"]) is not { } message)
                return null;
            return Text(entry["Exception"]) is { Length: > 0 } exception ? $"{message}: {exception.Split('\n')[0]}" : message;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // Kubernetes keeps the last 2 KiB: the first line may be cut. Members may stand there twice, and half of an escaped pair.
            return null;
        }
    }

    private static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    // A process does not log credentials; what it ran on might.
    [GeneratedRegex("sig=[^&\\s\"']+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Signature();
}
