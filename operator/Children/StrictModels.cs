using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using FedOperator.Core.Api;
using k8s.Models;

namespace FedOperator.Operator.Children;

/// <summary>Reads the client's models from a manifest: what they do not know is refused, with its path.</summary>
internal static partial class StrictModels
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>Reads a model that <see cref="Check{T}"/> has no problem with. Nulls count as absent, as the API server prunes them.</summary>
    public static T Read<T>(JsonObject node) => Pruned(node).Deserialize<T>(s_options)!;

    /// <summary>A model as JSON.</summary>
    public static JsonObject Write<T>(T model) => JsonSerializer.SerializeToNode(model, s_options)!.AsObject();

    /// <summary>A copy without nulls.</summary>
    public static JsonObject Pruned(JsonObject node)
    {
        var copy = node.DeepClone().AsObject();
        Prune(copy);
        return copy;
    }

    /// <summary>What is wrong with the shape of a model.</summary>
    /// <param name="field">Path of the node in the job.</param>
    /// <param name="node">What was given.</param>
    /// <param name="explain">What `kubectl explain` calls it: `pod`, `pod.spec.volumes`.</param>
    public static IReadOnlyList<Problem> Check<T>(string field, JsonObject node, string explain)
    {
        var problems = new List<Problem>();
        var pruned = Pruned(node);
        Check(field, pruned, s_options.GetTypeInfo(typeof(T)), explain, problems);
        if (problems.Count > 0)
            return problems;
        try
        {
            pruned.Deserialize<T>(s_options);
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException or InvalidOperationException)
        {
            var path = (e as JsonException)?.Path is { } inner ? field + inner.TrimStart('$') : field;
            problems.Add(new Problem(path, null, "cannot be read", $"see `kubectl explain {explain}`"));
        }
        return problems;
    }

    private static void Check(string field, JsonNode? node, JsonTypeInfo type, string explain, List<Problem> problems)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when node is JsonObject map:
                foreach (var (name, value) in map)
                {
                    if (type.Properties.FirstOrDefault(p => p.Name == name) is { } member)
                        Check($"{field}.{name}", value, type.Options.GetTypeInfo(member.PropertyType), $"{explain}.{name}", problems);
                    else
                        problems.Add(new Problem($"{field}.{name}", null, "is not a field", $"remove it, or correct its name: `kubectl explain {explain}` lists them"));
                }
                break;
            case JsonTypeInfoKind.Enumerable when node is JsonArray list && type.ElementType is { } element && element != typeof(byte):
                for (var i = 0; i < list.Count; i++)
                    Check(string.Create(CultureInfo.InvariantCulture, $"{field}[{i}]"), list[i], type.Options.GetTypeInfo(element), explain, problems);
                break;
            case JsonTypeInfoKind.Dictionary when node is JsonObject map:
                foreach (var (name, value) in map)
                    Check($"{field}.{name}", value, type.Options.GetTypeInfo(type.ElementType!), explain, problems);
                break;
            case JsonTypeInfoKind.None:
                if (Scalar(node, type.Type) is { } wanted)
                    problems.Add(new Problem(field, Show(node), wanted.Wrong, wanted.Fix));
                break;
            default:
                problems.Add(new Problem(field, Show(node), "is of the wrong kind", $"give {(type.Kind == JsonTypeInfoKind.Enumerable ? "a list" : "a map of fields")}: `kubectl explain {explain}`"));
                break;
        }
    }

    private static (string Wrong, string Fix)? Scalar(JsonNode? node, Type type)
    {
        var wanted = Nullable.GetUnderlyingType(type) ?? type;
        var kind = node?.GetValueKind() ?? JsonValueKind.Null;
        if (wanted == typeof(string))
            return kind == JsonValueKind.String ? null : ("is not text", kind is JsonValueKind.Object or JsonValueKind.Array ? "give one value" : "put it in quotes");
        if (wanted == typeof(bool))
            return kind is JsonValueKind.True or JsonValueKind.False ? null : ("is neither true nor false", "give true or false, without quotes");
        if (wanted == typeof(int) || wanted == typeof(long))
            return kind == JsonValueKind.Number && long.TryParse(node!.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? null : ("is not a whole number", "give a whole number, without quotes");
        if (wanted == typeof(ResourceQuantity))
        {
            var text = kind == JsonValueKind.String ? node!.GetValue<string>() : kind == JsonValueKind.Number ? node!.ToJsonString() : "";
            return Quantity().IsMatch(text) ? null : ("is not a quantity", "give a number with a unit that Kubernetes knows, for example 500m, 2 or 4Gi");
        }
        return kind is JsonValueKind.Object or JsonValueKind.Array && wanted == typeof(IntOrString) ? ("is neither a number nor text", "give one value") : null;
    }

    /// <summary>A value as it would be written in YAML, cut short.</summary>
    public static string Show(JsonNode? node)
    {
        var text = node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node?.ToJsonString() ?? "null";
        return text.Length <= 60 ? (text.Length == 0 ? "\"\"" : text) : text[..57] + "...";
    }

    private static void Prune(JsonNode? node)
    {
        if (node is JsonObject map)
        {
            foreach (var absent in map.Where(m => m.Value is null).Select(m => m.Key).ToList())
                map.Remove(absent);
            foreach (var (_, value) in map)
                Prune(value);
        }
        else if (node is JsonArray list)
        {
            foreach (var item in list)
                Prune(item);
        }
    }

    [GeneratedRegex(@"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quantity();
}
