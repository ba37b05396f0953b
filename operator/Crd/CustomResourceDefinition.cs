using System.Text.Json.Nodes;
using FedOperator.Core.Api;

namespace FedOperator.Operator.Crd;

/// <summary>The CustomResourceDefinition of FederatedJob, made from the records of core/Api: their types, defaults, rules and documentation.</summary>
internal static class CustomResourceDefinition
{
    /// <summary>The plural, as in its API's path.</summary>
    public const string Plural = "federatedjobs";

    /// <summary>The API group.</summary>
    public static readonly string Group = FederatedJob.Version.Split('/')[0];

    /// <summary>The version.</summary>
    public static readonly string Version = FederatedJob.Version.Split('/')[1];

    /// <summary>The whole object.</summary>
    public static JsonObject Create(Documentation docs) => new()
    {
        ["apiVersion"] = "apiextensions.k8s.io/v1",
        ["kind"] = "CustomResourceDefinition",
        ["metadata"] = new JsonObject { ["name"] = $"{Plural}.{Group}" },
        ["spec"] = new JsonObject
        {
            ["group"] = Group,
            ["scope"] = "Namespaced",
            ["names"] = new JsonObject
            {
                ["kind"] = FederatedJob.KindName,
                ["listKind"] = FederatedJob.KindName + "List",
                ["plural"] = Plural,
                ["singular"] = FederatedJob.KindName.ToLowerInvariant(),
                ["shortNames"] = new JsonArray("fj"),
                ["categories"] = new JsonArray("all"),
            },
            ["versions"] = new JsonArray(new JsonObject
            {
                ["name"] = Version,
                ["served"] = true,
                ["storage"] = true,
                ["subresources"] = new JsonObject { ["status"] = new JsonObject() },
                ["additionalPrinterColumns"] = PrinterColumns.Create(),
                ["schema"] = new JsonObject { ["openAPIV3Schema"] = Schema(docs) },
            }),
        },
    };

    private static JsonObject Schema(Documentation docs)
    {
        var schemas = new StructuralSchema(docs);
        var schema = new JsonObject
        {
            ["description"] = docs.Of(typeof(FederatedJob)),
            ["type"] = "object",
            ["required"] = new JsonArray("spec"),
            ["properties"] = new JsonObject
            {
                ["apiVersion"] = new JsonObject { ["type"] = "string", ["description"] = $"`{FederatedJob.Version}`." },
                ["kind"] = new JsonObject { ["type"] = "string", ["description"] = $"`{FederatedJob.KindName}`." },
                ["metadata"] = SchemaLimits.Metadata(),
                ["spec"] = Described(docs.Of(typeof(FederatedJobSpec)), schemas.Of(ApiJson.Default.FederatedJobSpec, "spec")),
                ["status"] = Described(docs.Of(typeof(FederatedJobStatus)), schemas.Of(ApiJson.Default.FederatedJobStatus, "status")),
            },
        };
        CelText.Apply(schema, typeof(FederatedJob));
        return schema;
    }

    private static JsonObject Described(string description, JsonObject schema)
    {
        schema.Insert(0, "description", description);
        return schema;
    }
}
