using System.Text.Json;
using System.Text.Json.Serialization;

namespace k8s.Models;

/// <summary>A quantity of a resource: `500m`, `2Gi`.</summary>
[JsonConverter(typeof(ResourceQuantityJsonConverter))]
public class ResourceQuantity
{
    /// <summary>Zero.</summary>
    public ResourceQuantity()
    {
    }

    /// <summary>From its text.</summary>
    public ResourceQuantity(string v) => Value = v;

    /// <summary>Its text.</summary>
    public string Value { get; set; }

    /// <summary>From its text.</summary>
    public static implicit operator ResourceQuantity(string v) => new(v);

    /// <summary>Its text.</summary>
    public override string ToString() => Value;
}

internal sealed class ResourceQuantityJsonConverter : JsonConverter<ResourceQuantity>
{
    public override ResourceQuantity Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.TokenType == JsonTokenType.Number ? JsonElement.ParseValue(ref reader).GetRawText() : reader.GetString());

    public override void Write(Utf8JsonWriter writer, ResourceQuantity value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>A port by number or name.</summary>
[JsonConverter(typeof(IntOrStringJsonConverter))]
public partial class IntOrString
{
    /// <summary>Its text.</summary>
    public string Value { get; set; }

    /// <summary>From a name.</summary>
    public static implicit operator IntOrString(string v) => new() { Value = v };

    /// <summary>From a number.</summary>
    public static implicit operator IntOrString(int v) => new() { Value = v.ToString(System.Globalization.CultureInfo.InvariantCulture) };

    /// <summary>Its text.</summary>
    public override string ToString() => Value;
}

internal sealed class IntOrStringJsonConverter : JsonConverter<IntOrString>
{
    public override IntOrString Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number ? JsonElement.ParseValue(ref reader).GetRawText() : reader.GetString();

    public override void Write(Utf8JsonWriter writer, IntOrString value, JsonSerializerOptions options)
    {
        if (int.TryParse(value.Value, System.Globalization.NumberStyles.Integer, System.Globalization.CultureInfo.InvariantCulture, out var number))
            writer.WriteNumberValue(number);
        else
            writer.WriteStringValue(value.Value);
    }
}
