using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FedOperator.Core.Api;
using FedOperator.Operator.Commands;

namespace FedOperator.Operator.Tests.Crd;

/// <summary>What the API server asks of a structural schema, and what we ask of ours.</summary>
public sealed class StructuralSchemaTests
{
    private static readonly string[] s_keywords =
    [
        "description", "type", "format", "enum", "default", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "pattern", "minItems", "maxItems", "minProperties", "maxProperties",
        "required", "properties", "additionalProperties", "items", "not", "oneOf", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-validations",
    ];

    [Fact]
    public void Each_node_has_one_type_and_known_keywords_only() => Assert.All(Nodes("", Cel.Schema), n =>
    {
        Assert.Contains(n.Schema["type"]!.GetValue<string>(), (string[])["object", "array", "string", "integer", "number", "boolean"]);
        Assert.Empty(n.Schema.Select(keyword => keyword.Key).Except(s_keywords).Select(keyword => $"{n.Path}: {keyword}"));
        Assert.False(n.Schema.ContainsKey("properties") && n.Schema.ContainsKey("additionalProperties"), n.Path);
    });

    [Fact]
    public void Every_field_says_what_it_means() => Assert.All(Nodes("", Cel.Schema).Where(n => n.Path.Length > 0 && !n.Path.EndsWith("[]", StringComparison.Ordinal) && !n.Path.EndsWith(".*", StringComparison.Ordinal) && !n.Path.StartsWith(".metadata", StringComparison.Ordinal)), n =>
        Assert.True(n.Schema["description"]?.GetValue<string>().Length > 4, n.Path));

    [Fact]
    public void Required_members_are_there_and_have_no_default() => Assert.All(Nodes("", Cel.Schema), n => Assert.All(n.Schema["required"]?.AsArray() ?? [], name =>
        Assert.False(n.Schema["properties"]![name!.GetValue<string>()]!.AsObject().ContainsKey("default"), n.Path)));

    [Fact]
    public void Keys_of_list_maps_are_required()
    {
        var maps = Nodes("", Cel.Schema).Where(n => n.Schema["x-kubernetes-list-type"]?.GetValue<string>() == "map").ToList();

        Assert.Equal([".spec.clients", ".status.attempts", ".status.conditions"], maps.Select(m => m.Path).Order(StringComparer.Ordinal));
        Assert.All(maps, m => Assert.All(m.Schema["x-kubernetes-list-map-keys"]!.AsArray(), key =>
            Assert.Contains(key!.GetValue<string>(), m.Schema["items"]!["required"]!.AsArray().Select(r => r!.GetValue<string>()))));
    }

    [Fact]
    public void Defaults_are_valid_by_their_own_schema() => Assert.All(Nodes("", Cel.Schema).Where(n => n.Schema.ContainsKey("default")), n => Assert.Empty(Wrong(n.Path, n.Schema, n.Schema["default"]!)));

    [Fact]
    public void The_schemas_defaults_are_the_readers()
    {
        const string Minimal = "apiVersion: fedoperator.io/v1alpha1\nkind: FederatedJob\nmetadata: {name: job}\nspec: {rounds: 2, clients: [{name: edge, data: {path: /x}, trainer: {}}], storage: {volume: {claimName: c}}}\n";
        var document = (JsonObject)YamlDocument.Read(Minimal).Root!;
        FillIn(Cel.Schema, document);

        Assert.True(JsonNode.DeepEquals(document, Cel.Stored(Minimal)), document.ToJsonString());
    }

    [Fact]
    public void Patterns_have_nothing_that_RE2_lacks() => Assert.All(Nodes("", Cel.Schema).Select(n => n.Schema["pattern"]?.GetValue<string>()).OfType<string>(), pattern =>
    {
        Assert.DoesNotMatch(@"\\z|\(\?[=!<]|\\[1-9]", pattern);
        Assert.StartsWith("^", pattern, StringComparison.Ordinal);
        Assert.EndsWith("$", pattern, StringComparison.Ordinal);
    });

    [Fact]
    public void Hyperparameters_are_numbers_and_counts_are_whole()
    {
        var nodes = Nodes("", Cel.Schema).ToDictionary(n => n.Path, n => n.Schema, StringComparer.Ordinal);

        Assert.Equal("number", nodes[".spec.training.optimizer.learningRate"]["type"]!.GetValue<string>());
        Assert.Equal(("integer", "int64"), (nodes[".spec.seed"]["type"]!.GetValue<string>(), nodes[".spec.seed"]["format"]!.GetValue<string>()));
        Assert.All(Bounds.Table, bound => Assert.Equal(bound.Least, nodes["." + bound.Field]["minimum"]!.GetValue<double>()));
        Assert.True(nodes[".spec.participation.quorum"]["exclusiveMinimum"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("crds")]
    [InlineData("charts/fed-operator/crds")]
    public async Task The_files_are_what_fed_crd_prints(string folder)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };

        Assert.Equal(0, await FedCommand.Create(output, errors).Parse(["crd"]).InvokeAsync());
        Assert.True(await File.ReadAllTextAsync(Programs.Source(folder + "/federatedjobs.fedoperator.io.yaml")) == output.ToString(), $"{folder} is not current: run make generate");
    }

    [Fact]
    public async Task The_printed_YAML_is_the_object()
    {
        using var output = new StringWriter { NewLine = "\n" };
        await FedCommand.Create(output, TextWriter.Null).Parse(["crd"]).InvokeAsync();

        var read = YamlDocument.Read(output.ToString()).Root!;
        Assert.True(JsonNode.DeepEquals(Operator.Crd.CustomResourceDefinition.Create(Operator.Crd.Documentation.OfCore()), JsonNode.Parse(read.ToJsonString())));
    }

    private static IEnumerable<(string Path, JsonObject Schema)> Nodes(string path, JsonObject schema)
    {
        yield return (path, schema);
        foreach (var (name, member) in schema["properties"]?.AsObject() ?? [])
        {
            foreach (var node in Nodes($"{path}.{name}", (JsonObject)member!))
                yield return node;
        }
        foreach (var (key, suffix) in ((string, string)[])[("items", "[]"), ("additionalProperties", ".*")])
        {
            foreach (var node in schema[key] is JsonObject below ? Nodes(path + suffix, below) : [])
                yield return node;
        }
    }

    /// <summary>As an API server does: a parent that is there gets its members' defaults.</summary>
    private static void FillIn(JsonObject schema, JsonNode value)
    {
        if (value is JsonArray list && schema["items"] is JsonObject item)
        {
            foreach (var element in list)
                FillIn(item, element!);
        }
        if (value is not JsonObject map)
            return;
        foreach (var (name, member) in schema["properties"]?.AsObject() ?? [])
        {
            if (!map.ContainsKey(name) && member!["default"] is { } initial)
                map.Add(name, initial.DeepClone());
            if (map[name] is { } below)
                FillIn((JsonObject)member!, below);
        }
    }

    private static IEnumerable<string> Wrong(string path, JsonObject schema, JsonNode value)
    {
        var kind = value.GetValueKind();
        var fits = schema["type"]!.GetValue<string>() switch
        {
            "object" => kind == JsonValueKind.Object,
            "array" => kind == JsonValueKind.Array,
            "string" => kind == JsonValueKind.String && (schema["enum"]?.AsArray().Any(v => v!.GetValue<string>() == value.GetValue<string>()) ?? true)
                && Regex.IsMatch(value.GetValue<string>(), schema["pattern"]?.GetValue<string>() ?? "", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)),
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            "integer" => long.TryParse(value.ToJsonString(), out var whole) && whole >= (schema["minimum"]?.GetValue<double>() ?? long.MinValue),
            _ => kind == JsonValueKind.Number,
        };
        if (!fits)
            yield return $"{path}: {value.ToJsonString()}";
        foreach (var (name, below) in value as JsonObject ?? [])
        {
            foreach (var wrong in schema["properties"]?[name] is JsonObject member ? Wrong($"{path}.{name}", member, below!) : [$"{path}.{name} is not in the schema"])
                yield return wrong;
        }
        foreach (var wrong in (value as JsonArray ?? []).SelectMany(below => Wrong(path + "[]", (JsonObject)schema["items"]!, below!)))
            yield return wrong;
    }
}
