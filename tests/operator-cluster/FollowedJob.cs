using System.Text.Json;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Kubernetes;
using FedOperator.Tests.Cluster;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedOperator.OperatorCluster.Tests;

/// <summary>An informer of one FederatedJob at work, over connections that can be disturbed.</summary>
internal sealed class FollowedJob : IAsyncDisposable
{
    private const string Name = "fashion";
    private readonly CancellationTokenSource _stop = new();
    private readonly Kubernetes _client;
    private readonly Task _running;
    private readonly string _namespace;

    private FollowedJob(ApiServer server, string @namespace)
    {
        _namespace = @namespace;
        Forwarder = new Forwarder(server.Configuration().Host);
        var config = server.Configuration();
        config.Host = Forwarder.Address;
        _client = new Kubernetes(config);
        Informer = new Informer<FederatedJobResource, JobObject>(InformerResources.Jobs(_client), [@namespace], _ => { }, new InformerOptions(), TimeProvider.System, NullLogger.Instance);
        _running = Informer.RunAsync(_stop.Token);
    }

    /// <summary>What follows.</summary>
    public Informer<FederatedJobResource, JobObject> Informer { get; }

    /// <summary>Between it and the server.</summary>
    public Forwarder Forwarder { get; }

    /// <summary>Creates the job, once it is followed.</summary>
    public static async Task<FollowedJob> StartAsync(ApiServer server, TestNamespace @namespace)
    {
        var followed = new FollowedJob(server, @namespace.Name);
        await followed.Informer.Synced.WaitAsync(TimeSpan.FromSeconds(30));
        await @namespace.Client.CustomObjects.CreateNamespacedCustomObjectAsync<JsonElement>(
            body: new
            {
                apiVersion = "fedoperator.io/v1alpha1",
                kind = "FederatedJob",
                metadata = new { name = Name },
                spec = new { rounds = 2, model = new { architecture = "mlp", classes = 10, inputShape = new[] { 1, 28, 28 } }, data = new { format = "idx", path = "/data" }, clients = new[] { new { name = "a", replicas = 2 } }, storage = new { volume = new { claimName = "ledger" } } },
            },
            group: FederatedJobResource.Group, version: FederatedJobResource.Version, namespaceParameter: @namespace.Name, plural: FederatedJobResource.Plural);
        return followed;
    }

    /// <summary>The job as the cache has it, once it is so.</summary>
    public async Task<JobObject> KnownAsync(Func<JobObject, bool> isSo)
    {
        JobObject? known = null;
        await FollowedPods.UntilAsync(() => (known = Informer.Find(new ObjectKey(_namespace, Name))) is not null && isSo(known), "the job");
        Assert.Equal(new JobKey(_namespace, Name), known!.Key);
        return known;
    }

    /// <summary>Writes its status, if its version is this.</summary>
    public Task PatchStatusAsync(Kubernetes client, string status, string resourceVersion) => client.CustomObjects.PatchNamespacedCustomObjectStatusAsync<JsonElement>(
        body: new V1Patch($$"""{"metadata":{"resourceVersion":"{{resourceVersion}}"},"status":{{status}}}""", V1Patch.PatchType.MergePatch),
        group: FederatedJobResource.Group, version: FederatedJobResource.Version, namespaceParameter: _namespace, plural: FederatedJobResource.Plural, name: Name);

    /// <summary>Deletes it.</summary>
    public Task DeleteAsync(Kubernetes client) => client.CustomObjects.DeleteNamespacedCustomObjectAsync<JsonElement>(
        group: FederatedJobResource.Group, version: FederatedJobResource.Version, namespaceParameter: _namespace, plural: FederatedJobResource.Plural, name: Name);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(TimeSpan.FromSeconds(10));
        await Forwarder.DisposeAsync();
        _client.Dispose();
        _stop.Dispose();
    }
}
