using System.Text.Json;
using System.Text.Json.Serialization;

namespace k8s.Models;

/// <summary>A change to an object.</summary>
[JsonConverter(typeof(V1PatchConverter))]
public record V1Patch
{
    /// <summary>Makes one of an object, or of JSON text.</summary>
    public V1Patch(object body, PatchType type)
    {
        if (type == PatchType.Unknown)
            throw new ArgumentException("patch type must be set", nameof(type));
        Content = body ?? throw new ArgumentNullException(nameof(body), "object must be set");
        Type = type;
    }

    /// <summary>How a patch is meant.</summary>
    public enum PatchType
    {
        /// <summary>Not set.</summary>
        Unknown,

        /// <summary>RFC 6902: a list of operations.</summary>
        JsonPatch,

        /// <summary>RFC 7386: members replaced, null removes; lists replaced whole.</summary>
        MergePatch,

        /// <summary>As MergePatch, with lists merged by their keys; not for custom resources.</summary>
        StrategicMergePatch,

        /// <summary>Server-side apply.</summary>
        ApplyPatch,
    }

    /// <summary>The change.</summary>
    public object Content { get; private set; }

    /// <summary>How it is meant.</summary>
    public PatchType Type { get; private set; }
}

internal sealed class V1PatchConverter : JsonConverter<V1Patch>
{
    public override V1Patch Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("patches are not read");

    public override void Write(Utf8JsonWriter writer, V1Patch value, JsonSerializerOptions options)
    {
        if (value.Content is string json)
            writer.WriteRawValue(json);
        else
            JsonSerializer.Serialize(writer, value.Content, options);
    }
}
