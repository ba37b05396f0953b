using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;
using FedOperator.Tests;
using FedOperator.Tests.Cluster;

namespace FedOperator.OperatorCluster.Tests;

/// <summary>Manifests that are wrong, malicious or both, sent to a real API server by kubectl. FED_UPDATE_GOLDEN=1 writes what happens instead of comparing.</summary>
[Collection(Cluster.Name)]
public sealed partial class BadManifestTests : IAsyncLifetime
{
    // What an old server prunes without a word, only the file still has.
    private static readonly string[] s_pruned = ["field-in-the-wrong-place", "field-misspelt", "key-given-twice"];

    private ApiServer _server = null!;
    private TestNamespace _namespace = null!;

    private static IEnumerable<string> Files => Directory.GetFiles(Programs.Source("tests/operator/Golden/bad-manifests"), "*.yaml").Order(StringComparer.Ordinal);

    public async Task InitializeAsync()
    {
        _server = await ApiServer.SharedAsync();
        await _server.InstallAsync();
        _namespace = await _server.NamespaceAsync();
    }

    public async Task DisposeAsync() => await _namespace.DisposeAsync();

    [Fact]
    public async Task Each_is_refused_by_the_schema_where_a_schema_can_and_otherwise_found_by_the_operator_or_in_the_file()
    {
        var minor = await MinorAsync();
        var text = new StringBuilder();
        foreach (var file in Files)
        {
            var name = Path.GetFileNameWithoutExtension(file);
            var refusal = await CreateAsync(file);
            var verdict = refusal is null ? await StoredAsync(file) : refusal;
            text.Append(name).Append('\n').Append(string.Concat(verdict.Split('\n').Select(line => $"  {line}\n")));
            // A file that is wrong goes through nowhere.
            Assert.NotEqual(0, (await FedCommandLine.RunAsync("validate", file)).Code);
            Assert.True(refusal is not null || verdict.StartsWith("the operator", StringComparison.Ordinal) || s_pruned.Contains(name, StringComparer.Ordinal), $"{name}: nobody finds anything");
        }
        // A newer server says the same in other words, and more by CEL.
        if (minor >= 25)
            return;
        var golden = Programs.Source("tests/operator-cluster/Golden/bad-manifests-1.20.txt");
        if (Environment.GetEnvironmentVariable("FED_UPDATE_GOLDEN") == "1")
            await File.WriteAllTextAsync(golden, text.ToString());
        Assert.Equal(await File.ReadAllTextAsync(golden), text.ToString());
    }

    /// <returns>Null where it was accepted; otherwise the fields that were refused.</returns>
    private async Task<string?> CreateAsync(string file)
    {
        using var kubectl = Process.Start(new ProcessStartInfo("kubectl", ["--kubeconfig", _server.Kubeconfig, "create", "--validate=false", "-n", _namespace.Name, "-f", file])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var errors = kubectl.StandardError.ReadToEndAsync();
        await kubectl.StandardOutput.ReadToEndAsync();
        await kubectl.WaitForExitAsync();
        if (kubectl.ExitCode == 0)
            return null;
        var said = (await errors).Replace(file, "FILE", StringComparison.Ordinal);
        if (said.StartsWith("error: error parsing", StringComparison.Ordinal))
            return "kubectl cannot send it: " + said[(said.LastIndexOf(": ", StringComparison.Ordinal) + 2)..].Trim();
        var fields = Fields().Matches(said[(said.IndexOf("is invalid:", StringComparison.Ordinal) + 1)..]).Select(m => m.Value.TrimEnd('.')).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        Assert.True(fields.Count > 0, $"{file}: {said}");
        return "the API server refuses " + string.Join(", ", fields);
    }

    /// <summary>What the operator finds in what was stored.</summary>
    private async Task<string> StoredAsync(string file)
    {
        var name = Name().Match(await File.ReadAllTextAsync(file)).Groups["name"].Value;
        var text = await Programs.RunAsync("kubectl", "--kubeconfig", _server.Kubeconfig, "get", "fj", "-n", _namespace.Name, name, "-o", "json");
        var stored = Core.Api.Manifest.Read(JsonNode.Parse(text, documentOptions: new() { MaxDepth = 1000 })!);
        var problems = stored.Job is { } job ? PodRequests.Check(job, new OperatorSettings { TrainerImage = "trainer:1" }) : stored.Problems;
        return problems.Count == 0 ? "nothing is found in what is stored; fed validate finds it in the file" : "the operator: " + string.Join('\n', problems.Select(p => p.ToString()));
    }

    private async Task<int> MinorAsync()
    {
        var version = JsonNode.Parse(await Programs.RunAsync("kubectl", "--kubeconfig", _server.Kubeconfig, "version", "-o", "json"))!;
        return int.Parse(version["serverVersion"]!["minor"]!.GetValue<string>().TrimEnd('+'), System.Globalization.CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(metadata\.name|spec[A-Za-z.\[\]0-9]*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fields();

    [GeneratedRegex("metadata: \\{name: (?<name>[^}]+)\\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
