using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace FedOperator.Core.Api;

/// <summary>Checks one value against the type of its member.</summary>
internal static class Scalars
{
    /// <summary>What is wrong with the value; null where it fits.</summary>
    public static Problem? Problem(string path, JsonNode? node, JsonTypeInfo type)
    {
        var wanted = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (wanted.IsEnum)
            return Enumeration(path, node, type.Options.GetTypeInfo(wanted));
        var kind = node?.GetValueKind() ?? JsonValueKind.Null;
        if (wanted == typeof(string))
            return kind == JsonValueKind.String ? null : Wrong(path, node, "is not text", kind is JsonValueKind.Object or JsonValueKind.Array ? "give one value" : $"put it in quotes: \"{node?.ToJsonString() ?? "null"}\"");
        if (wanted == typeof(bool))
            return kind is JsonValueKind.True or JsonValueKind.False ? null : Wrong(path, node, "is neither true nor false", "give true or false, without quotes");
        if (kind != JsonValueKind.Number)
            return Wrong(path, node, "is not a number", kind == JsonValueKind.String && IsNumber(node!) ? "remove the quotes" : "give a number");
        if (wanted == typeof(double))
            return null;
        return Whole(node!) is not { } whole
            ? Wrong(path, node, "is not a whole number", "give a whole number")
            : wanted == typeof(int) && whole is < int.MinValue or > int.MaxValue
                ? Wrong(path, node, "is too large", $"give a number up to {int.MaxValue}")
                : null;
    }

    /// <summary>A value as it would be written in YAML, cut short.</summary>
    public static string Show(JsonNode? node)
    {
        var text = node?.ToJsonString() ?? "null";
        return text.Length <= 60 ? text : text[..57] + "...";
    }

    /// <summary>The names of an enum's values, in the order of their declaration.</summary>
    public static IReadOnlyList<string> Names(JsonTypeInfo type) =>
        [.. Enum.GetValues(type.Type).Cast<object>().Select(value => JsonSerializer.SerializeToNode(value, type)!.GetValue<string>())];

    private static Problem? Enumeration(string path, JsonNode? node, JsonTypeInfo type)
    {
        var names = Names(type);
        if (node?.GetValueKind() == JsonValueKind.String && names.Contains(node.GetValue<string>(), StringComparer.Ordinal))
            return null;
        var all = names.Count == 1 ? $"the only value is `{names[0]}`" : "give one of " + string.Join(", ", names.Select(n => $"`{n}`"));
        return node?.GetValueKind() == JsonValueKind.String && Suggestions.Nearest(node.GetValue<string>(), names) is { } near
            ? Wrong(path, node, "is not a known value", $"did you mean `{near}`? Otherwise {all}")
            : Wrong(path, node, "is not a known value", all);
    }

    private static bool IsNumber(JsonNode node) =>
        double.TryParse(node.GetValue<string>(), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out _);

    // JSON's 10.0 is a whole number to Kubernetes.
    private static long? Whole(JsonNode node) =>
        long.TryParse(node.ToJsonString(), System.Globalization.NumberStyles.Integer, System.Globalization.CultureInfo.InvariantCulture, out var whole) ? whole : null;

    private static Problem Wrong(string path, JsonNode? node, string wrong, string fix) => new(path, Show(node), wrong, fix);
}
