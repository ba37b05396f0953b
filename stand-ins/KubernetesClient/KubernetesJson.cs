using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace k8s;

/// <summary>JSON as Kubernetes writes it.</summary>
public static class KubernetesJson
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Reads JSON text.</summary>
    public static TValue Deserialize<TValue>(string json, JsonSerializerOptions jsonSerializerOptions = null) => JsonSerializer.Deserialize<TValue>(json, jsonSerializerOptions ?? s_options);

    /// <summary>Reads a stream.</summary>
    public static TValue Deserialize<TValue>(Stream json, JsonSerializerOptions jsonSerializerOptions = null) => JsonSerializer.Deserialize<TValue>(json, jsonSerializerOptions ?? s_options);

    /// <summary>Reads an element.</summary>
    public static TValue Deserialize<TValue>(JsonElement json, JsonSerializerOptions jsonSerializerOptions = null) => json.Deserialize<TValue>(jsonSerializerOptions ?? s_options);

    /// <summary>Reads a node.</summary>
    public static TValue Deserialize<TValue>(JsonNode json, JsonSerializerOptions jsonSerializerOptions = null) => json.Deserialize<TValue>(jsonSerializerOptions ?? s_options);

    /// <summary>Writes an object.</summary>
    public static string Serialize(object value, JsonSerializerOptions jsonSerializerOptions = null) => JsonSerializer.Serialize(value, jsonSerializerOptions ?? s_options);
}
