using System.Text.Json.Nodes;

namespace FedOperator.Core.Api;

/// <summary>JSON with one spelling: members in ordinal order, no spaces.</summary>
public static class CanonicalJson
{
    /// <summary>The text of a document.</summary>
    public static string Text(JsonNode node) => Sorted(node)!.ToJsonString();

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, Sorted(m.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
