using System.Text.Json.Nodes;
using FedOperator.Core.Api;

namespace FedOperator.Operator.Tests.Crd;

/// <summary>The rules in CEL against the rules in C#.</summary>
public sealed class CelRulesTests
{
    [Fact]
    public async Task Every_rule_names_fields_that_are_there_and_compares_what_can_be_compared() => Assert.Empty(await Cel.ErrorsAsync(Cel.Schema));

    [Theory]
    [InlineData("self.round > 1")]
    [InlineData("self.rounds.size() > 1")]
    [InlineData("self.rounds")]
    [InlineData("self.rounds > ")]
    [InlineData("self.clients.all(c, c.replica > 1)")]
    public async Task A_rule_that_is_wrong_is_found(string rule)
    {
        var schema = (JsonObject)Cel.Schema.DeepClone();
        schema["properties"]!["spec"]!["x-kubernetes-validations"]!.AsArray().Add(new JsonObject { ["rule"] = rule, ["message"] = "x" });

        Assert.Single(await Cel.ErrorsAsync(schema));
    }

    [Fact]
    public async Task What_the_reader_accepts_no_rule_refuses_and_each_rule_refuses_something_that_the_reader_refuses_too()
    {
        var manifests = Manifests().ToDictionary(m => m.Name, m => (m.Text, Stored: Cel.Stored(m.Text)), StringComparer.Ordinal);
        var refusals = await Cel.RefusalsAsync([.. manifests.Where(m => m.Value.Stored is not null).Select(m => (m.Key, (JsonNode)m.Value.Stored!, (JsonNode?)null))]);

        var problems = manifests.ToDictionary(m => m.Key, m => Manifest.Read(m.Value.Text).Problems, StringComparer.Ordinal);
        foreach (var (name, messages) in refusals)
            Assert.True(messages.Count == 0 || problems[name].Count > 0, $"{name} is accepted by the reader and refused by CEL: {string.Join("; ", messages)}");
        var used = refusals.Values.SelectMany(messages => messages).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(CelRules.All.Where(rule => !rule.Expression.Contains("oldSelf", StringComparison.Ordinal)).Select(rule => rule.Message).Except(used));
    }

    [Fact]
    public async Task What_the_reader_refuses_is_refused_by_the_schema_by_a_rule_or_is_named_as_the_operators_alone()
    {
        // Combinations are the table whose rows all have CEL: each of their refusals must have its twin.
        var cases = Manifests()
            .Select(m => (m.Name, Stored: Cel.Stored(m.Text), Manifest.Read(m.Text).Problems))
            .Where(m => m.Stored is not null)
            .ToList();
        var refusals = await Cel.RefusalsAsync([.. cases.Select(m => (m.Name, (JsonNode)m.Stored!, (JsonNode?)null))]);
        foreach (var (name, _, problems) in cases)
        {
            foreach (var problem in problems)
            {
                if (Combinations.Table.FirstOrDefault(row => row.Field == problem.Field && row.Wrong == problem.Wrong) is { Cel: not null })
                    Assert.Contains($"{problem.Field} {problem.Wrong}; {problem.Fix}", refusals[name]);
            }
        }
        Assert.All(CelRules.OperatorOnly, rule => Assert.NotEmpty(rule.WhyNot));
    }

    [Fact]
    public void A_rules_field_is_in_the_schema()
    {
        foreach (var (schema, rule) in Rules(Cel.Schema))
        {
            var node = schema;
            foreach (var name in rule["fieldPath"]?.GetValue<string>().Split('.', StringSplitOptions.RemoveEmptyEntries) ?? [])
                node = Assert.IsType<JsonObject>(node["properties"]?[name]);
            Assert.DoesNotContain('\n', rule["message"]!.GetValue<string>());
            Assert.Contains(rule["reason"]!.GetValue<string>(), (string[])["FieldValueInvalid", "FieldValueRequired", "FieldValueForbidden"]);
        }
        Assert.True(Rules(Cel.Schema).Count() >= CelRules.All.Count);
    }

    /// <summary>All manifests that tests keep, good and bad.</summary>
    private static IEnumerable<(string Name, string Text)> Manifests() =>
        Directory.GetFiles(Programs.Source("tests/core/Golden"), "given.yaml", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(Programs.Source("tests/operator/Golden/bad-manifests"), "*.yaml"))
            .Concat(Directory.GetFiles(Programs.Source("samples"), "*.yaml"))
            .Select(file => (Path.GetRelativePath(Programs.Root, file), File.ReadAllText(file)));

    private static IEnumerable<(JsonObject Schema, JsonObject Rule)> Rules(JsonObject schema)
    {
        foreach (var rule in schema["x-kubernetes-validations"]?.AsArray() ?? [])
            yield return (schema, (JsonObject)rule!);
        var below = (schema["properties"]?.AsObject().Select(p => p.Value) ?? []).Append(schema["items"]).OfType<JsonObject>();
        foreach (var found in below.SelectMany(Rules))
            yield return found;
    }
}
