using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;
using FedOperator.EndToEnd.Tests.Harness;
using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Kubernetes;
using FedOperator.Tests.Azurite;
using FedOperator.Tests.Cluster;
using k8s;
using k8s.Models;

namespace FedOperator.EndToEnd.Tests;

/// <summary>`fed pull` and `fed export` from a cluster: a real API server with the job and its Secrets, and a real run of it in Azurite.</summary>
public sealed class PullTests : IAsyncLifetime, IDisposable
{
    private const string Name = "silos";

    private const string Spec = """
        rounds: 6
        model: {architecture: mlp, width: 8, classes: 4, inputShape: [1, 8, 8]}
        training: {localSteps: 2, batchSize: 8}
        personalization: {method: fedPer, blocks: 1}
        evaluation: {everyRounds: 2}
        participation: {quorum: 1, deadlineSeconds: 300}
        clients: [{name: site, replicas: 2}]
        storage: {azureBlob: {accountUrl: "https://example.blob.core.windows.net", credentialsSecret: key}, retention: {updateRounds: 2, checkpoints: 2}}
        """;

    private readonly string _out = Directory.CreateTempSubdirectory("fed-pull-test-").FullName;
    private ApiServer _server = null!;
    private TestNamespace _namespace = null!;
    private TestAccount _account = null!;

    public async Task InitializeAsync()
    {
        _server = await ApiServer.SharedAsync();
        await _server.InstallAsync();
        _namespace = await _server.NamespaceAsync();
        _account = await TestAccount.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _account.DisposeAsync();
        await _namespace.DisposeAsync();
    }

    public void Dispose() => Directory.Delete(_out, recursive: true);

    [Fact]
    public async Task A_run_is_fetched_with_its_model_documents_and_report_and_held_against_its_hashes()
    {
        using var job = await RunAsync();
        var last = await job.LastAsync();

        var (code, output, errors) = await PullAsync("--updates");
        Assert.True(code == 0, errors);
        Assert.Equal(last.Result!.Sha256, Sha256("checkpoint.safetensors"));
        Assert.EndsWith($"state=Complete rounds=6 accuracy={last.Metrics.Evaluation!.Accuracy():F4}", output.Split('\n')[^2].Split(" seconds=")[0], StringComparison.Ordinal);
        Assert.Contains("each round's are of one chain of hashes", output, StringComparison.Ordinal);
        Assert.Equal(last.Result.Sha256, JsonNode.Parse(await File.ReadAllTextAsync(Out("summary.json")))!["checkpointSha256"]!.GetValue<string>());
        Assert.Contains(Name, await File.ReadAllTextAsync(Out("report.html")), StringComparison.Ordinal);
        Assert.Equal(Planning.Resolve(Manifest.Read(await File.ReadAllTextAsync(Out("manifest.yaml"))).Job!, job.Plan.Job).Hash, job.Plan.Hash);

        Assert.Equal(last.Best!.Checkpoint.Sha256, Sha256("best.safetensors"));

        // Every document, and the newest round's updates.
        var cut = await job.CutAsync(new RoundKey(6, RoundKind.Train));
        Assert.Equal(cut.Admitted.Select(a => a.Update!.Sha256), cut.Admitted.Select(a => Sha256($"updates/000006/{a.Client}.safetensors")));
        var container = LedgerPaths.GlobalContainer(job.Plan.Job);
        await foreach (var blob in job.Ledger.Global.ListAsync("rounds/", CancellationToken.None))
            Assert.True(File.Exists(Out($"ledger/{container}/{blob.Name}")), blob.Name);

        // No credential in anything.
        foreach (var file in Directory.GetFiles(_out, "*.json", SearchOption.AllDirectories).Append(Out("report.html")).Append(Out("manifest.yaml")))
            Assert.DoesNotContain("sig=", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", output + errors, StringComparison.Ordinal);

        // Once more: what is there is kept, and an earlier round's checkpoint can be had as long as it is kept.
        Assert.Equal(0, (await PullAsync()).Code);
        var fifth = (await job.Ledger.Global.ReadDocumentAsync(LedgerPaths.Closed(new RoundKey(5, RoundKind.Train)), LedgerJson.Default.ClosedDocument, CancellationToken.None))!.Document;
        Assert.Equal(0, (await PullAsync("--round", "5")).Code);
        Assert.Equal(fifth.Checkpoint.Sha256, Sha256("checkpoint.safetensors"));
        Assert.Contains("is not kept any more: spec.storage.retention", (await PullAsync("--round", "1")).Errors, StringComparison.Ordinal);
        Assert.Contains("has closed the train rounds 1 to 6", (await PullAsync("--round", "7")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_not_what_the_ledger_says_is_refused()
    {
        using var job = await RunAsync();
        var last = await job.LastAsync();
        var content = (await job.Ledger.Global.ReadAsync(last.Result!.Name, 1 << 24, ifNoneMatch: null, CancellationToken.None)).Content.ToArray();
        content[^1] ^= 1;
        await job.Ledger.Global.WriteAsync(last.Result.Name, content, ifMatch: null, CancellationToken.None);

        var (code, _, errors) = await PullAsync();
        Assert.Equal(2, code);
        Assert.Contains($"the ledger names {last.Result.Sha256}: the store has lost or changed it", errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Out("checkpoint.safetensors")));
    }

    [Fact]
    public async Task Credentials_that_have_ended_are_made_up_for_by_the_accounts_key_where_the_job_names_one()
    {
        using var job = await RunAsync(validFor: TimeSpan.FromSeconds(-1));
        Assert.Contains("has ended. Give a file by --credential", (await PullAsync()).Errors, StringComparison.Ordinal);
        var private0 = LedgerPaths.PrivateContainer(job.Plan.Job, "site-0");
        Assert.Matches($"has ended. Give a file by --credential: .*\"{private0}\": \"URL with a signature to read\"", (await ExportAsync("site-0")).Errors);

        // A good one by hand, and the account's key from the job's namespace.
        await _account.IssueAsync(job, TimeSpan.FromHours(1));
        Assert.Equal(0, (await PullAsync("--credential", job.CredentialOf("aggregator"))).Code);
        await SecretAsync(new V1Secret { Metadata = new V1ObjectMeta { Name = "key" }, Data = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["accountKey"] = System.Text.Encoding.UTF8.GetBytes(Azurite.AccountKey) } });
        var (code, output, errors) = await PullAsync();
        Assert.True(code == 0, errors);
        Assert.DoesNotContain(Azurite.AccountKey, output + errors, StringComparison.Ordinal);
        (code, output, errors) = await ExportAsync("site-0");
        Assert.True(code == 0, errors);
        Assert.DoesNotContain(Azurite.AccountKey, output + errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clients_whole_model_is_exported_with_its_own_credential_and_with_no_other()
    {
        using var job = await RunAsync();
        var (code, output, errors) = await ExportAsync("site-1");
        Assert.True(code == 0, errors);
        Assert.DoesNotContain("sig=", output + errors, StringComparison.Ordinal);
        Assert.Contains("site-1's whole model after round 6", output, StringComparison.Ordinal);
        var last = await job.LastAsync();
        var state = (await job.Ledger.Private("site-1").ReadAsync(LedgerPaths.State(last.Clients.Single(c => c.Name == "site-1").State!), 1 << 20, ifNoneMatch: null, CancellationToken.None)).Content;
        var shared = (await job.Ledger.Global.ReadAsync(last.Result!.Name, 1 << 20, ifNoneMatch: null, CancellationToken.None)).Content;
        var expected = SafetensorsContent.Parse("shared", shared).Concat(SafetensorsContent.Parse("state", state)).Where(t => !t.Entry.Name.StartsWith("optimizer.", StringComparison.Ordinal));
        Assert.Equal(
            expected.Select(t => $"{t.Entry.Name} {Convert.ToHexString(t.Data.Span)}").Order(StringComparer.Ordinal),
            SafetensorsContent.Parse("own", await File.ReadAllBytesAsync(Out("site-1.safetensors"))).Select(t => $"{t.Entry.Name} {Convert.ToHexString(t.Data.Span)}").Order(StringComparer.Ordinal));

        // The aggregator's, by hand; and a client that is not there.
        (code, _, errors) = await ExportAsync("site-0", "--credential", job.CredentialOf("aggregator"));
        Assert.Equal(2, code);
        Assert.Contains($"site-0's personal state lies in {LedgerPaths.PrivateContainer(job.Plan.Job, "site-0")}, which neither the aggregator nor another client may open. Give by --credential site-0's own, as long as it is good (key site-0.json of Secret silos-credentials)", errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Out("site-0.safetensors")));
        Assert.Contains("has no such client; did you mean site-1? It has site-0, site-1.", (await ExportAsync("site1")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ledger_in_a_volume_is_fetched_from_where_it_is_mounted()
    {
        var uid = await CreateAsync(Spec.Replace("azureBlob: {accountUrl: \"https://example.blob.core.windows.net\", credentialsSecret: key}", "volume: {claimName: ledger}", StringComparison.Ordinal));
        using var job = new TestJob(Spec.Replace("rounds: 6", "rounds: 2", StringComparison.Ordinal), id: JobId.Cluster(uid));
        Assert.Contains("run fed in a pod that mounts it", (await PullAsync()).Errors, StringComparison.Ordinal);
        Assert.Contains("has not closed a round yet", (await PullAsync("--store", job.LedgerFolder)).Errors, StringComparison.Ordinal);
        await using var run = await TestRun.StartAsync(job);
        await run.CompleteAsync();

        var (code, output, errors) = await PullAsync("--store", job.LedgerFolder);
        Assert.True(code == 0, errors);
        Assert.Equal((await job.LastAsync()).Result!.Sha256, Sha256("checkpoint.safetensors"));
        Assert.Contains("there is no such folder", (await PullAsync("--store", "/no/such")).Errors, StringComparison.Ordinal);
        Assert.Contains("6", output, StringComparison.Ordinal);
    }

    /// <summary>Creates the job, runs it in the account, and gives it its Secrets as the operator would.</summary>
    private async Task<TestJob> RunAsync(TimeSpan? validFor = null)
    {
        var uid = await CreateAsync(Spec.Replace("https://example.blob.core.windows.net", _account.Url, StringComparison.Ordinal));
        var job = new TestJob(Spec, account: _account, id: JobId.Cluster(uid));
        await _account.PublishAsync(job);
        await _account.IssueAsync(job, TimeSpan.FromHours(1));
        await using var run = await TestRun.StartAsync(job);
        await run.CompleteAsync();
        foreach (var secret in Secrets.For(new JobKey(_namespace.Name, Name), uid, job.Job, await _account.CredentialsAsync(job, validFor ?? TimeSpan.FromHours(1))))
            await SecretAsync(secret);
        return job;
    }

    private async Task<string> CreateAsync(string spec)
    {
        var manifest = JsonSerializer.SerializeToNode(Manifest.Read(TestJob.Manifest(spec)).Job!, ApiJson.Default.FederatedJob)!;
        manifest["metadata"] = new JsonObject { ["name"] = Name };
        var created = await _namespace.Client.CustomObjects.CreateNamespacedCustomObjectAsync<FederatedJobResource>(
            body: manifest, group: FederatedJobResource.Group, version: FederatedJobResource.Version, namespaceParameter: _namespace.Name, plural: FederatedJobResource.Plural);
        return created.Metadata.Uid;
    }

    private Task SecretAsync(V1Secret secret) => _namespace.Client.CoreV1.CreateNamespacedSecretAsync(body: secret, namespaceParameter: _namespace.Name);

    private Task<(int Code, string Output, string Errors)> PullAsync(params string[] more) =>
        Fed.RunAsync(["pull", Name, "--kubeconfig", _server.Kubeconfig, "-n", _namespace.Name, "--out", _out, .. more]);

    private Task<(int Code, string Output, string Errors)> ExportAsync(string client, params string[] more) =>
        Fed.RunAsync(["export", Name, "--kubeconfig", _server.Kubeconfig, "-n", _namespace.Name, "--client", client, "--out", Out(client + ".safetensors"), .. more]);

    private string Out(string file) => Path.Join(_out, file);

    private string Sha256(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Out(file))));
}
