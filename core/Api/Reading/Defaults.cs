using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace FedOperator.Core.Api;

/// <summary>The records' own initial values, put into JSON where a member is absent: generated readers would make it zero.</summary>
internal static class Defaults
{
    private static readonly ConcurrentDictionary<JsonTypeInfo, JsonNode?> s_initial = new();

    /// <summary>Fills in <paramref name="node"/> in place, down the tree.</summary>
    public static void Fill(JsonNode? node, JsonTypeInfo type)
    {
        if (node is JsonArray list && type.Kind == JsonTypeInfoKind.Enumerable)
        {
            foreach (var item in list)
                Fill(item, type.Options.GetTypeInfo(type.ElementType!));
        }
        if (node is not JsonObject map || type.Kind != JsonTypeInfoKind.Object)
            return;
        foreach (var member in type.Properties)
        {
            if (!map.ContainsKey(member.Name) && Of(member, type) is { } value)
                map.Add(member.Name, value);
            if (map[member.Name] is JsonObject or JsonArray)
                Fill(map[member.Name], type.Options.GetTypeInfo(member.PropertyType));
        }
    }

    /// <summary>A member's own initial value; null where it has none, or must be given.</summary>
    public static JsonNode? Of(JsonPropertyInfo member, JsonTypeInfo owner) =>
        member.IsRequired ? null : s_initial.GetOrAdd(owner, Initial)?[member.Name]?.DeepClone();

    /// <summary>A new record of that type as JSON; null for positional records, whose readers keep their defaults.</summary>
    private static JsonNode? Initial(JsonTypeInfo type) =>
        type.Type.GetConstructor(Type.EmptyTypes) is null ? null : JsonSerializer.SerializeToNode(Activator.CreateInstance(type.Type), type);
}
