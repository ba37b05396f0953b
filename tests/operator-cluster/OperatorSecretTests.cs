using System.Text;
using System.Text.Json.Nodes;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Jobs;
using FedOperator.Tests.Azurite;
using FedOperator.Tests.Cluster;
using k8s;
using k8s.Models;

namespace FedOperator.OperatorCluster.Tests;

/// <summary>Jobs in Azure storage (Azurite): the credentials of their pods, and nobody else's sight of them.</summary>
[Collection(Cluster.Name)]
public sealed class OperatorSecretTests : IAsyncLifetime, IDisposable
{
    /// <summary>Writes that only such a job has.</summary>
    internal static readonly string[] Points = ["Publish:1", "Credential:1", "Secret@fashion-credentials:1", "Secret@fashion.hospital:1", "Status:1", "PodCreate@trainer-1-0:1"];

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-claim-").FullName;
    private ApiServer _server = null!;
    private TestNamespace _namespace = null!;
    private Azurite _azurite = null!;

    public async Task InitializeAsync()
    {
        _azurite = await Azurite.StartAsync();
        _server = await ApiServer.SharedAsync();
        await _server.InstallAsync();
        _namespace = await _server.NamespaceAsync();
        await CreateAccountAsync();
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task Killed_between_any_two_writes_its_pods_get_their_credentials_and_nobody_else_does(string when)
    {
        await using var live = new LivePods(_namespace);
        await using var fed = new MortalOperator(killAt => OperatorProcess.Start(_server, _namespace.Name, _folder, killAt, lease: false, "--kube-api-parallelism", "1"), _folder);
        TestJob job = null!;
        await fed.LiveThroughAsync(Points, when, async () => job = await CreateAsync(), async () => await job.PodNamesAsync() == "aggregator-0-0 trainer-0-0 trainer-1-0");

        var shared = await SecretAsync("fashion-credentials");
        Assert.Equal(["aggregator.json", "edge-0.json", "edge-1.json"], shared.Data.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((await job.ReadAsync())!.Metadata.Uid, Assert.Single(shared.Metadata.OwnerReferences).Uid);
        Assert.NotEmpty((await SecretAsync("fashion.hospital.credential")).Data);
        live.AssertNeverTwo();
        Assert.Equal(3, live.Seen.Count);
        await AssertSecretAsync(job, fed.Log, [.. shared.Data.Values]);
    }

    [Fact]
    public async Task A_secret_that_somebody_deleted_is_made_again_before_a_pod_needs_it()
    {
        await using var fed = OperatorProcess.Start(_server, _namespace.Name, _folder);
        var job = await CreateAsync();
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", fed);
        await _namespace.Client.CoreV1.DeleteNamespacedSecretAsync(name: "fashion-credentials", namespaceParameter: _namespace.Name);
        await job.RunsAsync("trainer-1-0");
        await Wait.UntilAsync(async () => (await job.StatusAsync()).ClientSummary == "1/3", "a client at work", () => fed.Log);
        await job.EndsAsync("trainer-1-0", exitCode: 1);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-1", fed);
        Assert.Contains("edge-1.json", (await SecretAsync("fashion-credentials")).Data.Keys);
        Assert.Equal(2, await fed.MetricAsync("federatedjob_credentials_issued_total"));
    }

    [Fact]
    public async Task A_secret_of_somebody_else_that_has_the_name_is_left_alone_and_told_of()
    {
        await _namespace.Client.CoreV1.CreateNamespacedSecretAsync(
            body: new V1Secret { Metadata = new V1ObjectMeta { Name = "fashion-credentials" }, Data = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["mine"] = "x"u8.ToArray() } }, namespaceParameter: _namespace.Name);
        await using var fed = OperatorProcess.Start(_server, _namespace.Name, _folder);
        var job = await CreateAsync();
        await job.ReasonIsAsync("Degraded", "NotApplied", fed);
        Assert.Contains("Secret fashion-credentials exists and is none of this job's", (await job.ConditionAsync("Degraded"))!.Message, StringComparison.Ordinal);
        Assert.Empty(await job.PodsAsync());
        Assert.Null((await job.StatusAsync()).CredentialsExpire);
        Assert.Equal(["mine"], (await SecretAsync("fashion-credentials")).Data.Keys);

        await _namespace.Client.CoreV1.DeleteNamespacedSecretAsync(name: "fashion-credentials", namespaceParameter: _namespace.Name);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", fed);
    }

    [Fact]
    public async Task Storage_that_is_away_is_said_in_the_status_and_the_job_starts_once_it_is_back()
    {
        await _azurite.DisposeAsync();
        await using var fed = OperatorProcess.Start(_server, _namespace.Name, _folder);
        var job = await CreateAsync();
        await job.ReasonIsAsync("Running", "StorageUnavailable", fed);
        Assert.Empty(await job.PodsAsync());

        _azurite = await Azurite.StartAsync(port: new Uri(_azurite.Address).Port);
        await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", fed);
        Assert.Equal(0, await fed.MetricAsync("controller_runtime_reconcile_errors_total"));
    }

    [Fact]
    public async Task A_deleted_job_waits_for_the_key_with_which_its_blobs_can_be_deleted_and_says_how_to_end_the_wait()
    {
        TestJob job;
        await using (var first = OperatorProcess.Start(_server, _namespace.Name, _folder))
        {
            job = await CreateAsync("Delete");
            await job.PodsAreAsync("aggregator-0-0 trainer-0-0 trainer-1-0", first);
        }
        var containers = LedgerPaths.GlobalContainer(JobId.Cluster((await job.ReadAsync())!.Metadata.Uid));
        await _namespace.Client.CoreV1.DeleteNamespacedSecretAsync(name: "account", namespaceParameter: _namespace.Name);
        await job.DeleteAsync();

        await using var fed = OperatorProcess.Start(_server, _namespace.Name, _folder);
        await job.ReasonIsAsync("Degraded", "CredentialsSecretMissing", fed);
        await Wait.UntilAsync(async () => (await job.PodsAsync()).Count == 0, "no pods", () => fed.Log);
        var said = (await job.ConditionAsync("Degraded"))!.Message;
        Assert.Contains("the job goes without its blobs", said, StringComparison.Ordinal);
        Assert.Contains($"kubectl edit federatedjob fashion -n {_namespace.Name}, and remove fedoperator.io/blobs from metadata.finalizers", said, StringComparison.Ordinal);
        Assert.Equal(5, (await _azurite.Stores.ListContainersAsync(containers, default)).Count);

        await CreateAccountAsync();
        await Wait.UntilAsync(async () => await job.ReadAsync() is null, "the job's end", () => fed.Log, job.DescribeAsync);
        Assert.Empty(await _azurite.Stores.ListContainersAsync(containers, default));
    }

    public async Task DisposeAsync()
    {
        await _namespace.DisposeAsync();
        await _azurite.DisposeAsync();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task CreateAccountAsync() => _namespace.Client.CoreV1.CreateNamespacedSecretAsync(
        body: new V1Secret
        {
            Metadata = new V1ObjectMeta { Name = "account", Labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["fedoperator.io/storage-credential"] = "true" } },
            Data = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["accountKey"] = Encoding.UTF8.GetBytes(Azurite.AccountKey) },
        },
        namespaceParameter: _namespace.Name);

    private Task<TestJob> CreateAsync(string onDelete = "Retain") => TestJob.CreateAsync(_namespace, change: spec =>
    {
        spec["storage"] = new JsonObject
        {
            ["azureBlob"] = new JsonObject { ["accountUrl"] = _azurite.AccountUrl, ["credentialsSecret"] = "account" },
            ["retention"] = new JsonObject { ["onDelete"] = onDelete },
        };
        spec["clients"]!.AsArray().Add(new JsonObject { ["name"] = "hospital", ["external"] = true });
    });

    private Task<V1Secret> SecretAsync(string name) => _namespace.Client.CoreV1.ReadNamespacedSecretAsync(name: name, namespaceParameter: _namespace.Name);

    /// <summary>Neither the account's key nor a signature stands in the log, the status, or an event.</summary>
    private async Task AssertSecretAsync(TestJob job, string log, IReadOnlyList<byte[]> credentials)
    {
        var events = await _namespace.Client.CoreV1.ListNamespacedEventAsync(namespaceParameter: _namespace.Name);
        var said = log + KubernetesJson.Serialize((await job.ReadAsync())!) + KubernetesJson.Serialize(events);
        Assert.DoesNotContain(Azurite.AccountKey, said, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", said, StringComparison.OrdinalIgnoreCase);
        Assert.All(credentials, c => Assert.Contains("sig=", Encoding.UTF8.GetString(c), StringComparison.Ordinal));
    }
}
