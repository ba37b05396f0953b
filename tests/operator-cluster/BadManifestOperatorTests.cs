using System.Diagnostics;
using System.Text.Json;
using FedOperator.Core.Api;
using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;
using FedOperator.Tests;
using FedOperator.Tests.Cluster;

namespace FedOperator.OperatorCluster.Tests;

/// <summary>The operator among bad manifests: none brings it down, each is told what is wrong with it, and good jobs start beside them.</summary>
[Collection(Cluster.Name)]
public sealed class BadManifestOperatorTests : IAsyncLifetime, IDisposable
{
    // An API server takes 10,000 levels, in the object and again in its managedFields.
    private const int Levels = 9000;

    // The operator says it of the whole spec: it looks no further.
    private const string TooDeep = "is nested too deep";

    private static readonly JsonDocumentOptions s_deep = new() { MaxDepth = 100_000 };

    private readonly string _ledger = Directory.CreateTempSubdirectory("fed-claim-").FullName;
    private ApiServer _server = null!;
    private TestNamespace _namespace = null!;

    public async Task InitializeAsync()
    {
        _server = await ApiServer.SharedAsync();
        await _server.InstallAsync();
        _namespace = await _server.NamespaceAsync();
    }

    public async Task DisposeAsync() => await _namespace.DisposeAsync();

    public void Dispose() => Directory.Delete(_ledger, recursive: true);

    [Fact]
    public async Task All_at_once_leave_the_operator_standing_and_learn_what_is_wrong_with_them()
    {
        await using var fed = OperatorProcess.Start(_server, _namespace.Name, _ledger);
        await fed.ReadyAsync();
        await CreateAsync();
        await DeepAsync();

        var wrong = await WrongAsync();
        Assert.True(wrong.Count >= 15, $"{wrong.Count} were stored");
        foreach (var (name, problem) in wrong)
        {
            await Wait.UntilAsync(async () => await MessageAsync(name) is { } message && message.Contains(problem, StringComparison.Ordinal), $"InvalidSpec of {name} with `{problem}`", () => fed.Log);
            Assert.Equal("Failed", (await KubectlAsync("get", "fj", name, "-o", "jsonpath={.status.conditions[?(@.type==\"Running\")].reason}")).Output);
        }
        // Nothing was made for any of them.
        var pods = (await KubectlAsync("get", "pods", "-o", "jsonpath={.items[*].metadata.labels.fedoperator\\.io/job}")).Output.Split(' ');
        Assert.Empty(pods.Intersect(wrong.Keys, StringComparer.Ordinal));

        var good = await TestJob.CreateAsync(_namespace, name: "good");
        await good.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", fed);
        Assert.False(fed.HasEnded);
        Assert.Equal(0, await fed.MetricAsync("controller_runtime_reconcile_errors_total"));
        Assert.Equal(0, await fed.StopAsync());

        // Another operator finds them all at its start.
        await using var next = OperatorProcess.Start(_server, _namespace.Name, _ledger);
        await next.ReadyAsync();
        var second = await TestJob.CreateAsync(_namespace, name: "second");
        await second.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", next);
        Assert.Equal(0, await next.MetricAsync("controller_runtime_reconcile_errors_total"));
    }

    [Fact]
    public async Task A_corrected_spec_starts()
    {
        await using var fed = OperatorProcess.Start(_server, _namespace.Name, _ledger);
        await fed.ReadyAsync();
        var job = await TestJob.CreateAsync(_namespace, change: spec => spec["training"] = new System.Text.Json.Nodes.JsonObject { ["localSteps"] = 5, ["localEpochs"] = 1 });
        await job.ReasonIsAsync("Failed", "InvalidSpec", fed);
        Assert.Contains("spec.training.localEpochs: 1 cannot go with localSteps; give one of localSteps and localEpochs", (await job.ConditionAsync("Failed"))!.Message, StringComparison.Ordinal);

        // The client leaves nulls out, and here null is the change.
        var file = Path.Join(_ledger, "patch.json");
        await File.WriteAllTextAsync(file, "{\"spec\":{\"training\":{\"localEpochs\":null}}}");
        await KubectlAsync("patch", "fj", "fashion", "--type", "merge", "--patch-file", file);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", fed);
        await Wait.UntilAsync(async () => (await job.ConditionAsync("Failed"))?.Status == "False", "the failure's end", () => fed.Log);
    }

    /// <summary>All files by one kubectl: what the schema refuses is refused, the rest is stored.</summary>
    private async Task CreateAsync()
    {
        var files = Directory.GetFiles(Programs.Source("tests/operator/Golden/bad-manifests"), "*.yaml");
        await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (file, _) => await KubectlAsync("create", "--validate=false", "-f", file));
    }

    private async Task DeepAsync()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", Levels)) + "1" + new string('}', Levels);
        var file = Path.Join(_ledger, "deep.json");
        await File.WriteAllTextAsync(file, """{"apiVersion":"fedoperator.io/v1alpha1","kind":"FederatedJob","metadata":{"name":"deep"},"spec":{"rounds":2,"clients":[{"name":"a"}],"storage":{"volume":{"claimName":"ledger"}},"trainer":{"podTemplate":""" + deep + "}}}");
        var (code, _, errors) = await KubectlAsync("create", "--raw", $"/apis/fedoperator.io/v1alpha1/namespaces/{_namespace.Name}/federatedjobs", "-f", file);
        Assert.True(code == 0, errors);
    }

    /// <summary>The stored jobs that are wrong, and the first thing that is.</summary>
    private async Task<IReadOnlyDictionary<string, string>> WrongAsync()
    {
        var wrong = new Dictionary<string, string>(StringComparer.Ordinal) { ["deep"] = TooDeep };
        var names = (await KubectlAsync("get", "fj", "-o", "jsonpath={.items[*].metadata.name}")).Output.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in names.Where(n => n != "deep"))
        {
            using var text = JsonDocument.Parse((await KubectlAsync("get", "fj", name, "-o", "json")).Output, s_deep);
            var stored = Manifest.Read(System.Text.Json.Nodes.JsonObject.Create(text.RootElement)!);
            var problems = stored.Job is { } job ? PodRequests.Check(job, new OperatorSettings { TrainerImage = "fed-trainer:test" }) : stored.Problems;
            if (problems.Count > 0)
                wrong.Add(name, problems[0].Wrong.StartsWith("is nested", StringComparison.Ordinal) ? TooDeep : problems[0].ToString());
        }
        return wrong;
    }

    private async Task<string?> MessageAsync(string name)
    {
        var (_, output, _) = await KubectlAsync("get", "fj", name, "-o", "jsonpath={.status.conditions[?(@.type==\"Failed\")].reason} {.status.conditions[?(@.type==\"Failed\")].message}");
        return output.StartsWith("InvalidSpec ", StringComparison.Ordinal) ? output["InvalidSpec ".Length..] : null;
    }

    private async Task<(int Code, string Output, string Errors)> KubectlAsync(params string[] arguments)
    {
        using var kubectl = Process.Start(new ProcessStartInfo("kubectl", ["--kubeconfig", _server.Kubeconfig, "-n", _namespace.Name, .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = kubectl.StandardError.ReadToEndAsync();
        var output = await kubectl.StandardOutput.ReadToEndAsync();
        await kubectl.WaitForExitAsync();
        return (kubectl.ExitCode, output, await errors);
    }
}
