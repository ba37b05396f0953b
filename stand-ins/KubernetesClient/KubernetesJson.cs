using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using k8s.Models;

namespace k8s;

/// <summary>JSON as Kubernetes writes it: camelCase, no nulls, enums as strings, times as RFC 3339.</summary>
public static class KubernetesJson
{
    internal static readonly JsonSerializerOptions Options = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(), new DateTimeConverter(), new DateTimeOffsetConverter(), new V1StatusConverter() },
    };

    /// <summary>Changes how everything is read and written: before anything is.</summary>
    public static void AddJsonOptions(Action<JsonSerializerOptions> configure) => configure(Options);

    /// <summary>Reads JSON text. Options of one's own need a TypeInfoResolver.</summary>
    public static TValue Deserialize<TValue>(string json, JsonSerializerOptions jsonSerializerOptions = null) => JsonSerializer.Deserialize(json, TypeInfo<TValue>(jsonSerializerOptions));

    /// <summary>Reads a stream.</summary>
    public static TValue Deserialize<TValue>(Stream json, JsonSerializerOptions jsonSerializerOptions = null) => JsonSerializer.Deserialize(json, TypeInfo<TValue>(jsonSerializerOptions));

    /// <summary>Reads an element.</summary>
    public static TValue Deserialize<TValue>(JsonElement json, JsonSerializerOptions jsonSerializerOptions = null) => json.Deserialize(TypeInfo<TValue>(jsonSerializerOptions));

    /// <summary>Reads a node.</summary>
    public static TValue Deserialize<TValue>(JsonNode json, JsonSerializerOptions jsonSerializerOptions = null) => json.Deserialize(TypeInfo<TValue>(jsonSerializerOptions));

    /// <summary>Writes an object as what it is, not as what it was declared.</summary>
    public static string Serialize(object value, JsonSerializerOptions jsonSerializerOptions = null) => JsonSerializer.Serialize(value, (jsonSerializerOptions ?? Options).GetTypeInfo(value.GetType()));

    private static JsonTypeInfo<T> TypeInfo<T>(JsonSerializerOptions options) => (JsonTypeInfo<T>)(options ?? Options).GetTypeInfo(typeof(T));
}
