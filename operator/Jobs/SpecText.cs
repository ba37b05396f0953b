using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;
using FedOperator.Operator.Kubernetes;

namespace FedOperator.Operator.Jobs;

/// <summary>A spec as somebody wrote it, be it right or wrong.</summary>
/// <param name="Key">The job's.</param>
/// <param name="Uid">The job's.</param>
/// <param name="Generation">Of the spec.</param>
/// <param name="Json">UTF-8; `null` where there is none.</param>
internal sealed record SpecText(JobKey Key, string Uid, long Generation, ReadOnlyMemory<byte> Json)
{
    /// <summary>A longer one is not remembered in the status: an object of the API server holds a mebibyte and a half in all.</summary>
    public const int LongestRemembered = 256 * 1024;

    /// <summary>For the status; null where it is too long for that.</summary>
    public string? Remembered => Json.Length <= LongestRemembered ? Encoding.UTF8.GetString(Json.Span) : null;

    /// <summary>Reads it by the same rules as a file.</summary>
    public ManifestReading Read() => AnyDepth.Levels(Json.Span) > Manifest.DeepestNesting - 1 ? Manifest.TooDeep("spec") : Manifest.Read(new JsonObject
    {
        ["apiVersion"] = FederatedJob.Version,
        ["kind"] = FederatedJob.KindName,
        ["metadata"] = new JsonObject { ["name"] = Key.Name, ["namespace"] = Key.Namespace, ["uid"] = Uid, ["generation"] = Generation },
        ["spec"] = JsonNode.Parse(Json.Span),
    });

    /// <summary>`suspend`, whatever is wrong with the rest; null where it says neither true nor false.</summary>
    public bool? Suspend() => Member("suspend") switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => null,
    };

    /// <summary>Whether `storage.retention.onDelete` is Retain, whatever is wrong with the rest.</summary>
    public bool SaysRetain() => Member("storage", "retention", "onDelete") is { ValueKind: JsonValueKind.String } word && word.ValueEquals(nameof(OnDelete.Retain));

    private JsonElement? Member(params ReadOnlySpan<string> path)
    {
        using var document = JsonDocument.Parse(Json, new JsonDocumentOptions { MaxDepth = AnyDepth.Options.MaxDepth });
        var at = document.RootElement;
        foreach (var name in path)
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                return null;
        }
        return at.Clone();
    }
}
