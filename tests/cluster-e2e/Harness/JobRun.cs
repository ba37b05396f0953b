using System.Text.Json.Nodes;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;

namespace FedOperator.ClusterEndToEnd.Harness;

/// <summary>One FederatedJob on the cluster, and the record of its pods.</summary>
internal sealed class JobRun : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(6);
    private readonly Workplace _place;

    private readonly BlobStores? _volume;

    private JobRun(Workplace place, Kubectl kubectl, string manifest, PodRecorder pods, BlobStores? volume) => (_place, Kubectl, Name, Manifest, Pods, _volume) = (place, kubectl, JobName(manifest), manifest, pods, volume);

    public Kubectl Kubectl { get; }

    public string Namespace => Kubectl.Namespace!;

    public string Name { get; }

    /// <summary>As it was given, with the sample's storage account.</summary>
    public string Manifest { get; }

    /// <summary>Its id in the ledger.</summary>
    public string Id { get; private set; } = "";

    public PodRecorder Pods { get; }

    /// <summary>The storage account's address.</summary>
    public string AccountUrl => _place.AccountUrl;

    /// <summary>Where its containers are: the storage account, opened with its key, or the volume's folder.</summary>
    public BlobStores Stores => _volume ?? _place.Storage.Stores;

    /// <summary>Its documents.</summary>
    public JobLedger Ledger => new(Id, Stores.Container);

    /// <summary>Applies a manifest (of one job, with the samples' storage account) in a new namespace.</summary>
    public static async Task<JobRun> StartAsync(Workplace place, string space, string manifest) =>
        await StartInAsync(place, await place.NewNamespaceAsync(space), manifest);

    /// <summary>Applies it in a namespace of <see cref="Workplace.NewNamespaceAsync"/>, to which the test has added something.</summary>
    public static Task<JobRun> StartInAsync(Workplace place, Kubectl kubectl, string manifest) =>
        StartAsync(place, kubectl, manifest, place.Here(manifest), volume: null);

    /// <summary>Applies a manifest of one job whose ledger lies in a volume, which is this folder of the node.</summary>
    public static Task<JobRun> StartOnVolumeAsync(Workplace place, Kubectl kubectl, string manifest, string folder) =>
        StartAsync(place, kubectl, manifest, manifest, BlobStores.Open("file://" + folder));

    private static async Task<JobRun> StartAsync(Workplace place, Kubectl kubectl, string manifest, string applied, BlobStores? volume)
    {
        var run = new JobRun(place, kubectl, manifest, await PodRecorder.StartAsync(kubectl.Namespace!), volume);
        await kubectl.ApplyAsync(applied);
        run.Id = ((string)(await run.FindAsync())!["metadata"]!["uid"]!).Replace("-", "", StringComparison.Ordinal);
        return run;
    }

    /// <summary>The job; null: the API server does not answer.</summary>
    public Task<JsonNode?> FindAsync() => Kubectl.FindAsync("federatedjob", Name);

    /// <summary>Train rounds closed, by the ledger itself.</summary>
    public async Task<int> RoundsClosedAsync()
    {
        var closed = 0;
        await foreach (var blob in Ledger.Global.ListAsync("rounds/", default))
            closed += blob.Name.EndsWith("/train/closed.json", StringComparison.Ordinal) ? 1 : 0;
        return closed;
    }

    /// <summary>Waits until so many more rounds have closed.</summary>
    public async Task MoreRoundsAsync(int count)
    {
        var from = await RoundsClosedAsync();
        await Wait.UntilAsync($"{count} more rounds than {from}", s_limit, async () => await RoundsClosedAsync() >= from + count, DescribeAsync);
    }

    /// <summary>A process's pod that is not finished, once it is there and runs.</summary>
    public Task<JsonNode> RunningPodAsync(string process) =>
        Wait.ForAsync($"running pod of {process}", s_limit, async () =>
        {
            var pods = await Kubectl.TryAsync("get", "pods", "-l", $"fedoperator.io/process={process}", "-o", "json");
            return pods.Code != 0 ? null : JsonNode.Parse(pods.Output)!["items"]!.AsArray().FirstOrDefault(p => (string?)p!["status"]!["phase"] == "Running" && p["metadata"]!["deletionTimestamp"] is null);
        }, DescribeAsync);

    /// <summary>Waits until the operator has seen a process's current pod at work.</summary>
    public Task SeenAtWorkAsync(string process) =>
        Wait.UntilAsync($"{process} seen at work", s_limit, async () => (await FindAsync())?["status"]?["attempts"]?.AsArray().Any(a => (string?)a!["name"] == process && (bool?)a["ran"] == true) == true, DescribeAsync);

    /// <summary>Waits until a condition is True.</summary>
    public Task<JsonNode> ConditionAsync(string type, TimeSpan? limit = null) =>
        Wait.ForAsync($"condition {type} of {Namespace}/{Name}", limit ?? s_limit, async () =>
        {
            var job = await FindAsync();
            if (job is not null && type != "Failed" && Condition(job, "Failed") is { } failed)
                Assert.Fail($"{Namespace}/{Name} failed: {failed.ToJsonString()}\n{await DescribeAsync()}");
            return job is null ? null : Condition(job, type) is null ? null : job;
        }, DescribeAsync);

    /// <summary>Waits for its end, and asserts that it has the bytes of `fed run` with the same manifest, that no process ever had two live pods, and that no credential lies where none belongs.</summary>
    public async Task<JsonNode> CompletesWithTheBytesOfALocalRunAsync()
    {
        var job = await ConditionAsync("Complete");
        var reference = await LocalReference.OfAsync(Manifest);
        Assert.Equal(reference.Fingerprint, await Fingerprint.OfAsync(Stores, Id, (await PlanAsync()).Clients.Select(c => c.Name)));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(reference.Checkpoint)), (string?)job["status"]!["result"]!["sha256"]);
        Pods.AssertNeverTwoOfOne();
        await Leaks.AssertNoneAsync(this);
        return job;
    }

    /// <summary>plan.json.</summary>
    public async Task<Plan> PlanAsync() => PlanJson.Read((await Ledger.Global.ReadAsync(LedgerPaths.Plan, LedgerPaths.MaximumDocumentLength, null, default)).Content.Span);

    /// <summary>The condition, if it is True.</summary>
    public static JsonNode? Condition(JsonNode job, string type) =>
        job["status"]?["conditions"]?.AsArray().FirstOrDefault(c => (string?)c!["type"] == type && (string?)c["status"] == "True");

    /// <summary>For the messages of failures: job, pods and the ends of logs.</summary>
    public async Task<string> DescribeAsync()
    {
        var parts = new List<string> { (await Kubectl.TryAsync("describe", "federatedjob", Name)).All, (await Kubectl.TryAsync("get", "pods", "-o", "wide")).All };
        foreach (var pod in (await Kubectl.TryAsync("get", "pods", "-o", "name")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            parts.Add($"--- {pod}\n{(await Kubectl.TryAsync("logs", pod, "--tail=5", "--all-containers")).All}");
        parts.Add((await new Kubectl("fed-system").TryAsync("logs", "-l", "app.kubernetes.io/name=fed-operator", "--tail=20", "--prefix")).All);
        return string.Join('\n', parts);
    }

    public async ValueTask DisposeAsync()
    {
        await Pods.DisposeAsync();
        await new Kubectl().TryAsync("delete", "namespace", Namespace, "--wait=false");
        await new Kubectl().TryAsync("delete", "persistentvolume", "fashion-mnist-" + Namespace, "--wait=false");
    }

    private static string JobName(string manifest) =>
        manifest.Split('\n').First(line => line.StartsWith("  name: ", StringComparison.Ordinal))["  name: ".Length..].Trim();
}
