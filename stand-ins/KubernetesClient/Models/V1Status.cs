using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace k8s.Models;

public partial record V1Status
{
    private JsonElement _original;

    /// <summary>The server answered a deletion with the object, not with a Status.</summary>
    [JsonIgnore]
    public bool HasObject { get; private set; }

    /// <summary>That object.</summary>
    public T ObjectView<T>() => KubernetesJson.Deserialize<T>(_original);

    /// <summary>Reason and message.</summary>
    public override string ToString()
    {
        var reason = string.IsNullOrEmpty(Reason) && Code is > 0 ? ((HttpStatusCode)Code.Value).ToString() : Reason;
        return (Message, reason) switch
        {
            (null or "", null or "") => Status,
            (null or "", _) => reason,
            (_, null or "") => Message,
            _ => $"{reason} - {Message}",
        };
    }

    internal static V1Status Of(JsonElement original) => new() { _original = original, HasObject = true };
}

internal sealed class V1StatusConverter : JsonConverter<V1Status>
{
    // Without this converter, which would call itself.
    private static readonly JsonSerializerOptions s_plain = new() { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    public override V1Status Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var element = JsonElement.ParseValue(ref reader);
        try
        {
            return element.Deserialize<V1Status>(s_plain);
        }
        catch (JsonException)
        {
            return V1Status.Of(element);
        }
    }

    public override void Write(Utf8JsonWriter writer, V1Status value, JsonSerializerOptions options) => throw new NotSupportedException("a Status is not sent");
}
