using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedOperator.Operator.Commands;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Kubernetes;
using FedOperator.Tests;
using FedOperator.Tests.Azurite;
using FedOperator.Tests.Cluster;
using k8s;
using k8s.Models;

namespace FedOperator.OperatorCluster.Tests;

/// <summary>/healthz, /readyz and the log of an operator that is in trouble, and of one that is not.</summary>
[Collection(Cluster.Name)]
public sealed class OperatorHealthTests : IAsyncLifetime, IDisposable
{
    private readonly string _ledger = Directory.CreateTempSubdirectory("fed-claim-").FullName;
    private ApiServer _server = null!;
    private TestNamespace _namespace = null!;

    public async Task InitializeAsync()
    {
        _server = await ApiServer.SharedAsync();
        await _server.InstallAsync();
        _namespace = await _server.NamespaceAsync();
    }

    [Fact]
    public async Task Without_a_right_to_its_lease_it_is_not_ready_and_says_why()
    {
        using var nobody = await TestAccount.CreateAsync(_server, _namespace);
        await using var fed = OperatorProcess.StartIn(new() { ["KUBECONFIG"] = nobody.Kubeconfig }, _server, _namespace.Name, _ledger, lease: true);
        await Wait.UntilAsync(async () => (await fed.GetAsync("readyz")).Text.Contains("cannot get resource \"leases\"", StringComparison.Ordinal), "the reason", () => fed.Log);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await fed.GetAsync("readyz")).Status);
        // A restart mends no missing right: at first it is let be.
        Assert.Equal(HttpStatusCode.OK, (await fed.GetAsync("healthz")).Status);
        var (code, said) = await CheckAsync(fed);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("/readyz: 503 no operator was seen to hold the Lease", said, StringComparison.Ordinal);
        Assert.Single(Lines(fed), line => line.GetProperty("Message").GetString()!.Contains("cannot get resource \"leases\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_check_of_the_one_that_stands_by_succeeds_because_another_leads()
    {
        await using var first = OperatorProcess.Start(_server, _namespace.Name, _ledger, lease: true);
        await first.ReadyAsync();
        await using var second = OperatorProcess.Start(_server, _namespace.Name, _ledger, lease: true);
        await second.ReadyAsync();
        Assert.Equal(0, await second.MetricAsync("leader_election_master_status"));
        Assert.InRange(await second.MetricAsync("leader_election_renewal_age_seconds"), 0, 30);
        Assert.Equal((ExitCode.Done, ""), await CheckAsync(second));
        Assert.Equal((ExitCode.Done, ""), await CheckAsync(first));
    }

    /// <summary>Kestrel, the watches and the API server are real, and the connections to it hang; only the six minutes pass quickly.</summary>
    [Fact]
    public async Task Cut_off_from_the_API_server_for_six_minutes_it_asks_for_a_restart()
    {
        await using var forwarder = new Forwarder(_server.Configuration().Host);
        var cluster = _server.Configuration();
        cluster.Host = forwarder.Address;
        var settings = new OperatorSettings { TrainerImage = "fed-trainer:test", Namespaces = [_namespace.Name], Listen = FreePort.Next() };
        var time = new ManualTime();
        using var stop = new CancellationTokenSource();
        using var http = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{settings.Listen}/")) };
        var running = OperatorHost.RunAsync(settings, cluster, time, stop.Token);
        await Wait.UntilAsync(async () => !running.IsCompleted && await AskAsync(http, "readyz") == (HttpStatusCode.OK, "ok\n"), "readiness");

        forwarder.Refuses = true;
        forwarder.Hold();
        time.Advance(Health.Stale);
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await AskAsync(http, "healthz"));
        time.Advance(TimeSpan.FromSeconds(5));
        var (status, text) = await AskAsync(http, "healthz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.StartsWith("stale: the API server was not heard of for 36", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await AskAsync(http, "readyz")).Status);

        // Back again, it is well by itself.
        forwarder.Refuses = false;
        forwarder.Cut();
        await Wait.UntilAsync(async () =>
        {
            // Its next try waits by that clock.
            time.Advance(TimeSpan.FromMilliseconds(500));
            return await AskAsync(http, "healthz") == (HttpStatusCode.OK, "ok\n");
        }, "recovery");
        await stop.CancelAsync();
        await Wait.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(running.IsCompleted);
        }, "its end");
        Assert.Equal(ExitCode.Done, await running);
    }

    [Fact]
    public async Task Every_line_of_its_log_is_a_JSON_object_with_time_level_source_and_message()
    {
        // It may do all but write a status: a fault, whose stack of many lines is one line as well.
        using var account = await TestAccount.CreateAsync(
            _server, _namespace,
            new { apiGroups = new[] { "fedoperator.io" }, resources = new[] { "federatedjobs" }, verbs = new[] { "*" } },
            new { apiGroups = new[] { "", "coordination.k8s.io" }, resources = new[] { "pods", "events", "secrets", "leases" }, verbs = new[] { "*" } });
        await using var fed = OperatorProcess.StartIn(new() { ["KUBECONFIG"] = account.Kubeconfig }, _server, _namespace.Name, _ledger, lease: true);
        await fed.ReadyAsync();
        await TestJob.CreateAsync(_namespace);
        await Wait.UntilAsync(() => Task.FromResult(fed.Log.Contains("cannot patch resource", StringComparison.Ordinal)), "a complaint", () => fed.Log);
        Assert.Equal(0, await fed.StopAsync());

        var lines = Lines(fed);
        Assert.All(lines, line =>
        {
            Assert.True(DateTimeOffset.TryParse(line.GetProperty("Timestamp").GetString(), CultureInfo.InvariantCulture, out var at) && at.Offset == TimeSpan.Zero);
            Assert.Contains(line.GetProperty("LogLevel").GetString(), new[] { "Information", "Warning", "Error", "Critical" });
            Assert.NotEmpty(line.GetProperty("Category").GetString()!);
            Assert.NotEmpty(line.GetProperty("Message").GetString()!);
            Assert.NotEqual(0, line.GetProperty("EventId").GetInt32());
        });
        Assert.Contains(lines, line => line.GetProperty("Message").GetString() == $"looking after FederatedJobs in {_namespace.Name}");
        Assert.Contains(lines, line => line.GetProperty("Message").GetString() == "stopped");
        Assert.Contains(lines, line => line.GetProperty("LogLevel").GetString() == "Error" && line.TryGetProperty("Exception", out var stack) && stack.GetString()!.Contains("   at FedOperator.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_proxy_of_the_environment_is_for_the_storage_and_never_on_the_way_to_the_API_server()
    {
        // Nobody listens there.
        var nowhere = $"http://127.0.0.1:{FreePort.Next()}";
        await using var fed = OperatorProcess.StartIn(new() { ["HTTPS_PROXY"] = nowhere, ["HTTP_PROXY"] = nowhere, ["ALL_PROXY"] = nowhere }, _server, _namespace.Name, _ledger, lease: true);
        await fed.ReadyAsync();
        var job = await TestJob.CreateAsync(_namespace);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", fed);

        await _namespace.Client.CoreV1.CreateNamespacedSecretAsync(
            body: new V1Secret
            {
                Metadata = new V1ObjectMeta { Name = "account", Labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["fedoperator.io/storage-credential"] = "true" } },
                Data = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["accountKey"] = Encoding.UTF8.GetBytes(Azurite.AccountKey) },
            },
            namespaceParameter: _namespace.Name);
        // A name that only the proxy would have to know: asked for without one, it is not found.
        var remote = await TestJob.CreateAsync(_namespace, name: "remote", change: spec =>
            spec["storage"] = new JsonObject { ["azureBlob"] = new JsonObject { ["accountUrl"] = "https://silo.blob.core.invalid", ["credentialsSecret"] = "account" } });
        await Wait.UntilAsync(
            async () => (await remote.ConditionAsync("Running"))?.Message?.Contains("https://silo.blob.core.invalid: no answer from the store (ConnectionRefused)", StringComparison.Ordinal) == true, "the proxy's refusal", () => fed.Log, remote.DescribeAsync);
    }

    [Fact]
    public async Task A_proxy_that_was_asked_for_is_on_the_way_to_the_API_server()
    {
        using var proxy = new TunnelProxy();
        await using var fed = OperatorProcess.Start(_server, _namespace.Name, _ledger, null, true, "--kube-api-proxy", proxy.Address);
        await fed.ReadyAsync();
        var host = new Uri(_server.Configuration().Host).Authority;
        lock (proxy.Asked)
            Assert.True(proxy.Asked.Count >= 2 && proxy.Asked.TrueForAll(line => line == $"CONNECT {host} HTTP/1.1"), string.Join('\n', proxy.Asked));
    }

    public async Task DisposeAsync() => await _namespace.DisposeAsync();

    public void Dispose() => Directory.Delete(_ledger, recursive: true);

    private static IReadOnlyList<JsonElement> Lines(OperatorProcess fed) =>
        [.. fed.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private static async Task<(int Code, string Said)> CheckAsync(OperatorProcess fed)
    {
        using var http = new HttpClient { BaseAddress = fed.Address };
        using StringWriter output = new(), errors = new() { NewLine = "\n" };
        return (await CheckCommand.RunAsync(http, TimeSpan.Zero, TimeProvider.System, output, errors, default), errors.ToString());
    }

    private static async Task<(HttpStatusCode Status, string Text)> AskAsync(HttpClient http, string path)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException e)
        {
            return (default, e.Message);
        }
    }
}
