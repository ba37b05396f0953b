using System.Text.Json.Nodes;
using FedOperator.Core.Api;

namespace FedOperator.Operator.Crd;

/// <summary>The rules of a record as `x-kubernetes-validations`.</summary>
internal static class CelText
{
    private static readonly ILookup<Type, CelRule> s_rules = CelRules.All.ToLookup(rule => rule.At);

    /// <summary>Puts a record's rules onto its schema.</summary>
    public static void Apply(JsonObject schema, Type record)
    {
        if (s_rules.Contains(record))
            schema["x-kubernetes-validations"] = new JsonArray([.. s_rules[record].Select(Rule)]);
    }

    private static JsonObject Rule(CelRule rule)
    {
        var text = new JsonObject { ["rule"] = rule.Expression, ["message"] = rule.Message, ["reason"] = rule.Reason };
        if (rule.Field is { } field)
            text["fieldPath"] = field;
        return text;
    }
}
