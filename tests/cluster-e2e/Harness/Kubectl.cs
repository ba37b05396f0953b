using System.Text.Json.Nodes;

namespace FedOperator.ClusterEndToEnd.Harness;

/// <summary>kubectl in one namespace, on the cluster of KUBECONFIG.</summary>
internal sealed class Kubectl(string? space = null)
{
    private static readonly string s_program = Find();

    /// <summary>The namespace; null: none is named.</summary>
    public string? Namespace => space;

    /// <summary>Standard output; a failure of the test unless it succeeds.</summary>
    public Task<string> RunAsync(params string[] arguments) => Shell.RunAsync(s_program, In(arguments));

    /// <summary>Whatever comes of it.</summary>
    public Task<Said> TryAsync(params string[] arguments) => Shell.TryAsync(s_program, In(arguments));

    /// <summary>Applies manifests.</summary>
    public Task<string> ApplyAsync(string manifests) => Shell.RunAsync(s_program, In(["apply", "-f", "-"]), manifests);

    /// <summary>An object; null: it is not there, or the API server does not answer.</summary>
    public async Task<JsonNode?> FindAsync(string kind, string name)
    {
        var said = await TryAsync("get", kind, name, "-o", "json", "--request-timeout=5s");
        return said.Code == 0 ? JsonNode.Parse(said.Output) : null;
    }

    /// <summary>All objects of a kind.</summary>
    public async Task<IReadOnlyList<JsonNode>> ListAsync(string kind, params string[] more) =>
        [.. JsonNode.Parse(await RunAsync(["get", kind, "-o", "json", .. more]))!["items"]!.AsArray().OfType<JsonNode>()];

    private string[] In(string[] arguments) => space is null ? arguments : ["--namespace", space, .. arguments];

    private static string Find()
    {
        var own = Programs.Source("artifacts/tools/bin/kubectl");
        return File.Exists(own) ? own : "kubectl";
    }
}
