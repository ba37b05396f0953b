using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using FedOperator.Core.Api;

namespace FedOperator.Operator.Crd;

/// <summary>The schema of a record as Kubernetes wants it: one type everywhere, no references, defaults at each level.</summary>
/// <param name="docs">Descriptions.</param>
internal sealed class StructuralSchema(Documentation docs)
{
    private static readonly JsonSchemaExporterOptions s_options = new() { TreatNullObliviousAsNonNullable = true };

    /// <summary>The schema of a record.</summary>
    /// <param name="type">The record.</param>
    /// <param name="path">Where it stands: `spec`.</param>
    public JsonObject Of(JsonTypeInfo type, string path)
    {
        var root = type.GetJsonSchemaAsNode(s_options);
        return Node(root, root, type, path);
    }

    private JsonObject Node(JsonNode exported, JsonNode root, JsonTypeInfo type, string path)
    {
        if (exported is JsonObject map && map["$ref"] is { } reference)
            exported = Resolve(root, reference.GetValue<string>());
        // An object of any kind is exported as `true` or `{}`.
        if (type.Type == typeof(JsonObject))
            return new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true };
        var schema = (JsonObject)exported;
        return type.Kind switch
        {
            JsonTypeInfoKind.Object => Record(schema, root, type, path),
            JsonTypeInfoKind.Enumerable => new JsonObject { ["type"] = "array", ["items"] = Node(schema["items"] ?? new JsonObject(), root, Element(type), path + "[]") },
            JsonTypeInfoKind.Dictionary => new JsonObject { ["type"] = "object", ["additionalProperties"] = Node(schema["additionalProperties"]!, root, Element(type), path + ".*") },
            _ => Value(schema, type),
        };
    }

    private JsonObject Record(JsonObject exported, JsonNode root, JsonTypeInfo type, string path)
    {
        var schema = new JsonObject { ["type"] = "object" };
        var required = type.Properties.Where(member => member.IsRequired).Select(member => (JsonNode?)member.Name).ToArray();
        if (required.Length > 0)
            schema["required"] = new JsonArray(required);
        var properties = new JsonObject();
        foreach (var member in type.Properties)
            properties.Add(member.Name, Member(exported["properties"]![member.Name]!, root, member, type, $"{path}.{member.Name}"));
        schema["properties"] = properties;
        CelText.Apply(schema, type.Type);
        return schema;
    }

    private JsonObject Member(JsonNode exported, JsonNode root, JsonPropertyInfo member, JsonTypeInfo owner, string path)
    {
        var type = owner.Options.GetTypeInfo(member.PropertyType);
        var schema = new JsonObject { ["description"] = docs.Of(member) };
        foreach (var (key, value) in Node(exported, root, type, path).ToList())
            schema[key] = value?.DeepClone();
        SchemaLimits.Apply(schema, owner.Type, member.Name, path);
        // Whole, although `{}` would do where the members have theirs: a server checks a record's rules on its default as it stands.
        if (Defaults.Of(member, owner) is { } initial)
            schema["default"] = initial;
        return schema;
    }

    private static JsonObject Value(JsonObject exported, JsonTypeInfo type)
    {
        var plain = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (plain.IsEnum)
            return Enumeration([.. exported["enum"]!.AsArray().Where(value => value is not null).Select(value => value!.GetValue<string>())]);
        var kind = exported["type"] is JsonArray several ? several.Select(kind => kind!.GetValue<string>()).Single(kind => kind != "null") : exported["type"]!.GetValue<string>();
        var schema = new JsonObject { ["type"] = kind };
        if (plain == typeof(int))
            schema["format"] = "int32";
        if (plain == typeof(long))
            schema["format"] = "int64";
        if (exported["format"] is { } format)
            schema["format"] = format.DeepClone();
        return schema;
    }

    // The length is for CEL: a server estimates the cost of comparing texts by it.
    private static JsonObject Enumeration(string[] values) =>
        new() { ["type"] = "string", ["enum"] = new JsonArray([.. values.Select(value => (JsonNode)value)]), ["maxLength"] = values.Max(value => value.Length) };

    private static JsonTypeInfo Element(JsonTypeInfo type) => type.Options.GetTypeInfo(type.ElementType!);

    // `#/properties/data`: a JSON pointer into the exported document.
    private static JsonNode Resolve(JsonNode root, string pointer)
    {
        var node = root;
        foreach (var part in pointer.Split('/').Skip(1))
            node = node[part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)]!;
        return node is JsonObject map && map["$ref"] is { } next ? Resolve(root, next.GetValue<string>()) : node;
    }
}
