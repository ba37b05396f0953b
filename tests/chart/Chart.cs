using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace FedOperator.Chart.Tests;

/// <summary>The chart as helm renders it. `make tools` installs helm.</summary>
internal static class Chart
{
    public static string Folder { get; } = Programs.Source("charts/fed-operator");

    /// <summary>What helm says to a command, which must succeed.</summary>
    public static Task<string> HelmAsync(params string[] arguments) => Programs.RunAsync(Helm(), arguments);

    /// <summary>The manifests of a release `fed` in the namespace `fed-system`.</summary>
    public static Task<string> RenderAsync(params string[] arguments) => HelmAsync(["template", "fed", Folder, "--namespace", "fed-system", .. arguments]);

    /// <summary>The same as objects.</summary>
    public static async Task<IReadOnlyList<JsonNode>> ObjectsAsync(params string[] arguments) => Objects(await RenderAsync(arguments));

    /// <summary>Objects of manifests.</summary>
    public static IReadOnlyList<JsonNode> Objects(string manifests)
    {
        var read = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
        var write = new SerializerBuilder().JsonCompatible().Build();
        return [.. manifests.Split("\n---\n").Select(text => read.Deserialize<object?>(text)).OfType<object>().Select(o => JsonNode.Parse(write.Serialize(o))!)];
    }

    /// <summary>The one object of a kind.</summary>
    public static JsonNode One(this IEnumerable<JsonNode> objects, string kind) => Assert.Single(objects, o => (string?)o["kind"] == kind);

    private static string Helm()
    {
        var helm = Programs.Source("artifacts/tools/bin/helm");
        Assert.True(File.Exists(helm), "helm is missing: make tools");
        return helm;
    }
}
