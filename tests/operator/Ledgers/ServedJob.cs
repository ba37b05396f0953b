using System.Text;
using System.Text.Json;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Operator.Jobs;
using FedOperator.Tests.Azurite;

namespace FedOperator.Operator.Tests.Ledgers;

/// <summary>One Azurite for all tests that need one.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    internal Azurite Azurite { get; private set; } = null!;

    public async Task InitializeAsync() => Azurite = await FedOperator.Tests.Azurite.Azurite.StartAsync();

    public async Task DisposeAsync() => await Azurite.DisposeAsync();
}

[CollectionDefinition("Azurite")]
public sealed class AzuriteCollection : ICollectionFixture<AzuriteFixture>;

/// <summary>A job in a cluster, as far as its ledger goes: two clients of its own with kept momentum, and an external one.</summary>
internal sealed class ServedJob
{
    public const string SecretName = "storage-key";

    private const string Spec = """
        rounds: 3
        seed: 1
        model: {architecture: mlp, width: 8, classes: 4, inputShape: [1, 8, 8]}
        data: {format: idx, path: /data, volume: {persistentVolumeClaim: {claimName: images}}, partition: {method: iid}}
        training: {localSteps: 1, batchSize: 8, optimizer: {name: sgd, learningRate: 0.05, momentum: 0.9, state: keep}}
        personalization: {method: fedPer, blocks: 1}
        clients: [{name: edge, replicas: 2}, {name: hospital-b, external: true}]
        """;

    // nobody outside reaches a claim
    private static readonly string s_withoutExternal = Spec.Replace(", {name: hospital-b, external: true}", "", StringComparison.Ordinal);

    public ServedJob(string storage)
    {
        var yaml = "apiVersion: fedoperator.io/v1alpha1\nkind: FederatedJob\nmetadata: {name: test}\nspec:\n" + string.Join('\n', ((storage.Contains("volume", StringComparison.Ordinal) ? s_withoutExternal : Spec) + "\nstorage: " + storage).Split('\n').Select(l => "  " + l));
        var reading = Manifest.Read(yaml);
        Assert.True(reading.Job is not null, string.Join('\n', reading.Problems));
        Job = reading.Job!;
        Plan = Planning.Resolve(Job, JobId.Cluster(Uid));
    }

    public static ServedJob At(string accountUrl, string? secret = SecretName) =>
        new(secret is null ? $"{{azureBlob: {{accountUrl: \"{accountUrl}\"}}}}" : $"{{azureBlob: {{accountUrl: \"{accountUrl}\", credentialsSecret: {secret}}}}}");

    public JobKey Key { get; } = new("silo", "test");

    public string Uid { get; } = Guid.NewGuid().ToString("D");

    public FederatedJob Job { get; }

    public Plan Plan { get; }

    public string Global => LedgerPaths.GlobalContainer(Plan.Job);

    /// <summary>As the planner is shown it.</summary>
    public ObservedJob Observed(FederatedJobStatus status, ObservedLedger ledger) => new()
    {
        Key = Key,
        Uid = Uid,
        Generation = 1,
        Created = DateTimeOffset.UnixEpoch,
        Status = status,
        Spec = GoverningSpec.Of(new SpecText(Key, Uid, 1, JsonSerializer.SerializeToUtf8Bytes(Job.Spec, ApiJson.Default.FederatedJobSpec)), status, _ => []),
        Pods = [],
        Ledger = ledger,
    };

    public Task PublishAsync(Operator.Ledgers.Ledgers ledgers) => ledgers.PublishAsync(Key, Uid, Job, Plan, default);

    public Task<ObservedLedger> ObserveAsync(Operator.Ledgers.Ledgers ledgers) => ledgers.ObserveAsync(Key, Uid, Job, default);

    public Task<Operator.Ledgers.IssuedCredentials> IssueAsync(Operator.Ledgers.Ledgers ledgers, DateTimeOffset until) => ledgers.IssueAsync(Key, Uid, Job, Plan, until, default);

    /// <summary>Writes progress.json and, where a round closed, its closed.json, as the aggregator does.</summary>
    public static async Task ProgressAsync(IBlobStore global, JobState state, RoundKey round, RoundKey? closed = null, RoundKey? next = null, Failure? failure = null, IReadOnlyList<ClientRecord>? clients = null)
    {
        if (closed is { } key)
            await CloseAsync(global, key, next, failure, clients);
        var progress = new ProgressDocument { State = state, Round = round, Target = 3, Closed = closed };
        await global.WriteAsync(LedgerPaths.Progress, LedgerJson.Write(progress, LedgerJson.Default.ProgressDocument), null, default);
    }

    /// <summary>Writes a closed.json, and says nothing of it in progress.json.</summary>
    public static Task CloseAsync(IBlobStore global, RoundKey round, RoundKey? next, Failure? failure = null, IReadOnlyList<ClientRecord>? clients = null)
    {
        var document = new ClosedDocument
        {
            Round = round,
            Cut = "c",
            Failure = failure,
            Checkpoint = new BlobReference("checkpoints/1", "s", 1),
            Next = next,
            Clients = clients ?? [],
            Metrics = new RoundMetrics(),
        };
        return global.CreateAsync(LedgerPaths.Closed(round), LedgerJson.Write(document, LedgerJson.Default.ClosedDocument), default);
    }

    /// <summary>The Secrets of one namespace: what the labelled ones hold.</summary>
    public static Func<string, string, CancellationToken, Task<IReadOnlyDictionary<string, byte[]>?>> Secret(string key, string name = "accountKey") => (_, secret, _) =>
        Task.FromResult<IReadOnlyDictionary<string, byte[]>?>(secret == SecretName ? new Dictionary<string, byte[]>(StringComparer.Ordinal) { [name] = Encoding.UTF8.GetBytes(key) } : null);
}
