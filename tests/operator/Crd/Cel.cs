using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;
using FedOperator.Operator.Crd;

namespace FedOperator.Operator.Tests.Crd;

/// <summary>The CRD's rules, evaluated by a CEL implementation that is not ours.</summary>
internal static class Cel
{
    /// <summary>The schema of the CRD that this build makes.</summary>
    public static JsonObject Schema { get; } =
        (JsonObject)CustomResourceDefinition.Create(Documentation.OfCore())["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!;

    /// <summary>What is wrong with the rules themselves: unknown fields, types that do not go together.</summary>
    public static async Task<IReadOnlyList<string>> ErrorsAsync(JsonObject schema) =>
        [.. (await RunAsync(schema, []))["checks"]!.AsArray().Where(check => check!["error"] is not null).Select(check => $"{check!["path"]}: {check["rule"]}: {check["error"]}")];

    /// <summary>The messages of the rules that refuse each object.</summary>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> RefusalsAsync(params (string Name, JsonNode Object, JsonNode? Old)[] cases) =>
        (await RunAsync(Schema, cases))["results"]!.AsObject().ToDictionary(
            result => result.Key,
            result => (IReadOnlyList<string>)[.. result.Value!.AsArray().Select(refusal => refusal!["message"]!.GetValue<string>())],
            StringComparer.Ordinal);

    /// <summary>A manifest as an API server would have it before it asks the rules: pruned, every default filled in. Null where its structure is wrong.</summary>
    public static JsonObject? Stored(string yaml)
    {
        if (YamlDocument.Read(yaml).Root is not JsonObject document || Structure.Check(document, ApiJson.Default.FederatedJob).Count > 0)
            return null;
        Defaults.Fill(document, ApiJson.Default.FederatedJob);
        return document;
    }

    private static async Task<JsonNode> RunAsync(JsonObject schema, (string Name, JsonNode Object, JsonNode? Old)[] cases)
    {
        var tool = Programs.Source("artifacts/tools/cel");
        Assert.True(Directory.Exists(Path.Join(tool, "node_modules")), "the CEL implementation is missing; install it with: tests/cel/install.sh");
        using var process = Process.Start(new ProcessStartInfo("node", [Programs.Source("tests/cel/evaluate.mjs"), tool])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(new JsonObject
        {
            ["schema"] = schema.DeepClone(),
            ["cases"] = new JsonArray([.. cases.Select(c => new JsonObject { ["name"] = c.Name, ["object"] = c.Object.DeepClone(), ["old"] = c.Old?.DeepClone() })]),
        }.ToJsonString(new JsonSerializerOptions { MaxDepth = 256 }));
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return JsonNode.Parse(await output)!;
    }
}
