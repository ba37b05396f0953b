using System.Text.Json;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;
using FedOperator.Operator.Children;
using FedOperator.Operator.Commands;
using FedOperator.Operator.Kubernetes;
using FedOperator.Tests.Cluster;
using k8s;
using k8s.Models;

namespace FedOperator.OperatorCluster.Tests;

/// <summary>`fed status` and `fed logs` against a real API server, with a job whose status and pods say what an operator and kubelets would.</summary>
[Collection(Cluster.Name)]
public sealed class RemoteCommandTests : IAsyncLifetime
{
    private const string Job = "fashion";

    private ApiServer _server = null!;
    private TestNamespace _namespace = null!;
    private string _uid = "";

    public async Task InitializeAsync()
    {
        _server = await ApiServer.SharedAsync();
        await _server.InstallAsync();
        _namespace = await _server.NamespaceAsync();
        var created = await _namespace.Client.CustomObjects.CreateNamespacedCustomObjectAsync<FederatedJobResource>(
            body: new
            {
                apiVersion = FederatedJob.Version,
                kind = FederatedJob.KindName,
                metadata = new { name = Job },
                spec = new { rounds = 20, clients = new object[] { new { name = "edge", replicas = 2 }, new { name = "hospital", external = true } }, storage = new { azureBlob = new { accountUrl = "https://silo.blob.core.windows.net", credentialsSecret = "storage-key" } } },
            },
            group: FederatedJobResource.Group, version: FederatedJobResource.Version, namespaceParameter: _namespace.Name, plural: FederatedJobResource.Plural);
        _uid = created.Metadata.Uid;
    }

    public async Task DisposeAsync() => await _namespace.DisposeAsync();

    [Fact]
    public async Task Status_tells_the_jobs_state_and_each_processs()
    {
        await using var kubelet = await KubeletLogs.StartAsync(_namespace);
        await PodAsync("aggregator", 0, kubelet.Node);
        await PodAsync("edge-0", 0, kubelet.Node);
        await PodAsync("edge-1", 2, node: null);
        await PodStatusAsync("edge-1", 2, new { phase = "Pending", conditions = new[] { new { type = "PodScheduled", status = "False", reason = "Unschedulable", message = "0/1 nodes are available: 1 Insufficient cpu." } } });
        await StatusAsync(Training);

        var (code, output, errors) = await FedAsync("status");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("state      Training: 7 of 20 rounds are closed\n", output, StringComparison.Ordinal);
        Assert.Contains($"  edge-0      running on {kubelet.Node}\n", output, StringComparison.Ordinal);
        Assert.Contains("  edge-1      Unschedulable: 0/1 nodes are available: 1 Insufficient cpu.", output, StringComparison.Ordinal);
        Assert.Contains("  hospital    external", output, StringComparison.Ordinal);
        Assert.Contains($"kubectl describe pod {Name("edge-1", 2)} -n {_namespace.Name}", output, StringComparison.Ordinal);

        var json = JsonNode.Parse((await FedAsync("status", "--json")).Output)!;
        Assert.Equal(("7/20", "Unschedulable"), (json["status"]!["roundSummary"]!.GetValue<string>(), json["processes"]![2]!["trouble"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Status_watches_until_the_job_has_ended()
    {
        await StatusAsync(Training);
        var watching = FedAsync("status", "--watch", "--json");
        await Task.Delay(3000);
        await StatusAsync(Training with { Round = 8, RoundSummary = "8/20" });
        await Task.Delay(5000);
        await StatusAsync(new FederatedJobStatus { RoundSummary = "9/20", Conditions = [Condition("Running", "False", "Failed"), Condition("Failed", "True", "DeadlineExceeded")] });

        var (code, output, _) = await watching;
        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal(["7/20", "8/20", "9/20"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["status"]!["roundSummary"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Status_watches_on_while_the_API_server_is_away()
    {
        await StatusAsync(Training);
        await using var forwarder = new Forwarder(_server.Configuration().Host);
        var kubeconfig = Path.GetTempFileName();
        await File.WriteAllTextAsync(kubeconfig, (await File.ReadAllTextAsync(_server.Kubeconfig)).Replace(_server.Configuration().Host.TrimEnd('/'), forwarder.Address, StringComparison.Ordinal));
        var watching = FedCommandLine.RunAsync("status", Job, "--watch", "--json", "--kubeconfig", kubeconfig, "-n", _namespace.Name);
        await Wait.UntilAsync(() => Task.FromResult(forwarder.Accepted > 0), "a connection");
        await Task.Delay(1500);
        forwarder.Refuses = true;
        forwarder.Cut();
        var tries = forwarder.Accepted;
        await Wait.UntilAsync(() => Task.FromResult(forwarder.Accepted > tries + 1), "tries in vain");
        await StatusAsync(new FederatedJobStatus { RoundSummary = "9/20", Conditions = [Condition("Running", "False", "Failed"), Condition("Failed", "True", "DeadlineExceeded")] });
        forwarder.Refuses = false;

        var (code, output, errors) = await watching.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((ExitCode.Failed, ""), (code, errors));
        Assert.Equal(["7/20", "9/20"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["status"]!["roundSummary"]!.GetValue<string>()));
        File.Delete(kubeconfig);
    }

    [Theory]
    [InlineData("fashio", "did you mean fashion?")]
    [InlineData("zebra", "it has fashion")]
    public async Task A_job_that_is_not_there_is_told_with_those_that_are(string name, string advice)
    {
        var (code, output, errors) = await FedCommandLine.OfJobAsync(_server, _namespace, "status", name);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains($"has no FederatedJob {name}: {advice}", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_is_told_which_right_is_missing()
    {
        var kubeconfig = await StrangerAsync();
        var (code, _, errors) = await FedCommandLine.RunAsync("status", Job, "--kubeconfig", kubeconfig, "-n", _namespace.Name);

        Assert.Equal(2, code);
        Assert.Contains("cannot get resource \"federatedjobs\"", errors, StringComparison.Ordinal);
        Assert.Contains("ask the namespace's administrator", errors, StringComparison.Ordinal);
        File.Delete(kubeconfig);
    }

    [Fact]
    public async Task A_server_that_is_away_is_told_with_its_address()
    {
        var kubeconfig = Path.GetTempFileName();
        await File.WriteAllTextAsync(kubeconfig, "apiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [{name: x, context: {cluster: x, user: x, namespace: silo}}]\nclusters: [{name: x, cluster: {server: 'http://127.0.0.1:1'}}]\nusers: [{name: x, user: {token: t}}]\n");
        var (code, _, errors) = await FedCommandLine.RunAsync("logs", Job, "--kubeconfig", kubeconfig);

        Assert.Equal(2, code);
        Assert.Contains("The API server at http://127.0.0.1:1/ does not answer", errors, StringComparison.Ordinal);
        Assert.Contains("No such context", (await FedCommandLine.RunAsync("logs", Job, "--kubeconfig", kubeconfig, "--context", "y")).Errors.Replace("not found in contexts", "No such context", StringComparison.Ordinal), StringComparison.Ordinal);
        File.Delete(kubeconfig);
    }

    [Fact]
    public async Task Logs_are_printed_behind_the_names_of_their_processes()
    {
        await using var kubelet = await KubeletLogs.StartAsync(_namespace);
        await PodAsync("aggregator", 0, kubelet.Node);
        await PodAsync("edge-0", 1, kubelet.Node);
        kubelet.Starts(Name("aggregator", 0), "init");
        kubelet.Writes(Name("aggregator", 0), "init", "wrote checkpoint 0");
        kubelet.Starts(Name("edge-0", 1), "trainer");
        kubelet.Writes(Name("edge-0", 1), "trainer", "hello");
        kubelet.Writes(Name("edge-0", 1), "trainer", "round 1");

        var (code, output, errors) = await FedAsync("logs");
        Assert.Equal((0, "[aggregator] wrote checkpoint 0\n[edge-0]     hello\n[edge-0]     round 1\n", "edge-1 has no log: no pod\n"), (code, output, errors));
        Assert.Equal("round 1\n", (await FedAsync("logs", "--client", "edge-0", "--tail", "1")).Output);
        Assert.Contains("external client", (await FedAsync("logs", "--client", "hospital")).Errors, StringComparison.Ordinal);
        Assert.Contains("did you mean aggregator?", (await FedAsync("logs", "--client", "agregator")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_are_followed_over_a_broken_connection_and_into_the_next_attempt_until_the_job_ends()
    {
        await using var kubelet = await KubeletLogs.StartAsync(_namespace);
        await StatusAsync(Training);
        await PodAsync("edge-0", 0, kubelet.Node);
        kubelet.Starts(Name("edge-0", 0), "trainer");
        kubelet.Writes(Name("edge-0", 0), "trainer", "one");
        var following = FedAsync("logs", "--client", "edge-0", "-f");
        await Task.Delay(1000);
        kubelet.Writes(Name("edge-0", 0), "trainer", "two");
        await Task.Delay(500);
        kubelet.Breaks(Name("edge-0", 0), "trainer");
        await Task.Delay(3000);
        kubelet.Writes(Name("edge-0", 0), "trainer", "three");
        await Task.Delay(500);

        await PodStatusAsync("edge-0", 0, Ended(137, "OOMKilled"));
        kubelet.Ends(Name("edge-0", 0), "trainer");
        await Task.Delay(4000);
        await PodAsync("edge-0", 1, kubelet.Node);
        await Task.Delay(1500);
        kubelet.Starts(Name("edge-0", 1), "trainer");
        kubelet.Writes(Name("edge-0", 1), "trainer", "again");
        await Task.Delay(2000);
        await StatusAsync(new FederatedJobStatus { Conditions = [Condition("Running", "False", "Complete"), Condition("Complete", "True", "Complete")] });
        await PodStatusAsync("edge-0", 1, Ended(0, "Completed"));
        kubelet.Ends(Name("edge-0", 1), "trainer");

        var (code, output, errors) = await following.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True((code, output) == (0, "one\ntwo\nthree\nagain\n"), $"{code} {output} {errors}");
        Assert.Contains("edge-0: ended: OOMKilled (exit code 137)", errors, StringComparison.Ordinal);
    }

    private static FederatedJobStatus Training => new()
    {
        Round = 7,
        RoundSummary = "7/20",
        ClientSummary = "1/3",
        Conditions = [new() { Type = "Running", Status = "True", Reason = "Training", Message = "7 of 20 rounds are closed" }],
    };

    private static JobCondition Condition(string type, string status, string reason) => new() { Type = type, Status = status, Reason = reason, Message = "m" };

    private static object Ended(int exitCode, string reason) => new
    {
        phase = exitCode == 0 ? "Succeeded" : "Failed",
        containerStatuses = new[] { new { name = "trainer", ready = false, restartCount = 0, image = "i", imageID = "i", state = new { terminated = new { exitCode, reason, startedAt = "2026-01-01T00:00:00Z", finishedAt = "2026-01-01T00:00:01Z" } } } },
    };

    private static string Name(string process, int attempt) => $"{Job}-{process}-{attempt}";

    private Task<(int Code, string Output, string Errors)> FedAsync(string command, params string[] more) => FedCommandLine.OfJobAsync(_server, _namespace, command, Job, more);

    private async Task PodAsync(string process, int attempt, string? node)
    {
        var isAggregator = process == "aggregator";
        await _namespace.Client.CoreV1.CreateNamespacedPodAsync(namespaceParameter: _namespace.Name, body: new V1Pod
        {
            Metadata = new V1ObjectMeta
            {
                Name = Name(process, attempt),
                Labels = new Dictionary<string, string>(StringComparer.Ordinal) { [ChildNames.JobLabel] = Job, [ChildNames.ProcessLabel] = process, [ChildNames.AttemptLabel] = attempt.ToString(System.Globalization.CultureInfo.InvariantCulture) },
                OwnerReferences = [new V1OwnerReference { ApiVersion = FederatedJob.Version, Kind = FederatedJob.KindName, Name = Job, Uid = _uid, Controller = true }],
            },
            Spec = new V1PodSpec
            {
                NodeName = node,
                // Where a scheduler runs, it leaves these pods alone.
                SchedulerName = "nobody",
                AutomountServiceAccountToken = false,
                Containers = [new V1Container { Name = isAggregator ? "aggregator" : "trainer", Image = "i:1" }],
                InitContainers = isAggregator ? [new V1Container { Name = "init", Image = "i:1" }] : null,
            },
        });
        if (node is not null)
        {
            await PodStatusAsync(process, attempt, new
            {
                phase = "Running",
                containerStatuses = new[] { new { name = isAggregator ? "aggregator" : "trainer", ready = true, restartCount = 0, image = "i", imageID = "i", state = new { running = new { startedAt = "2026-01-01T00:00:00Z" } } } },
            });
        }
    }

    private Task PodStatusAsync(string process, int attempt, object status) => _namespace.Client.CustomObjects.PatchNamespacedCustomObjectStatusAsync<V1Pod>(
        body: new V1Patch(new { status }, V1Patch.PatchType.MergePatch), group: "", version: "v1", namespaceParameter: _namespace.Name, plural: "pods", name: Name(process, attempt));

    private Task StatusAsync(FederatedJobStatus status) => _namespace.Client.CustomObjects.PatchNamespacedCustomObjectStatusAsync<JsonElement>(
        body: new V1Patch(new JsonObject { ["status"] = JsonSerializer.SerializeToNode(status, ApiJson.Default.FederatedJobStatus) }, V1Patch.PatchType.MergePatch),
        group: FederatedJobResource.Group, version: FederatedJobResource.Version, namespaceParameter: _namespace.Name, plural: FederatedJobResource.Plural, name: Job);

    /// <summary>The kubeconfig of somebody without any right: a service account.</summary>
    private async Task<string> StrangerAsync()
    {
        Task<string> Kubectl(params string[] arguments) => FedOperator.Tests.Programs.RunAsync("kubectl", ["--kubeconfig", _server.Kubeconfig, "-n", _namespace.Name, .. arguments]);
        await Kubectl("create", "serviceaccount", "stranger");
        var token = (await Kubectl("create", "token", "stranger")).Trim();
        var configuration = _server.Configuration();
        var authority = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(configuration.SslCaCerts[0].ExportCertificatePem()));
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $$"""
            apiVersion: v1
            kind: Config
            current-context: x
            contexts: [{name: x, context: {cluster: x, user: x} }]
            clusters: [{name: x, cluster: {certificate-authority-data: {{authority}}, server: '{{configuration.Host}}'} }]
            users: [{name: x, user: {token: {{token}} } }]
            """);
        return file;
    }
}
