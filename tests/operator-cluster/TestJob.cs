using System.Text.Json;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;
using FedOperator.Operator.Kubernetes;
using FedOperator.Tests.Cluster;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace FedOperator.OperatorCluster.Tests;

/// <summary>A FederatedJob on the API server, its pods, and the hand of a kubelet: there is none on this server.</summary>
/// <param name="namespace">Where it is.</param>
/// <param name="name">Its name.</param>
internal sealed class TestJob(TestNamespace @namespace, string name = "fashion")
{
    private Kubernetes Client => @namespace.Client;

    /// <summary>Creates it.</summary>
    /// <param name="namespace">Where.</param>
    /// <param name="clients">How many pods train.</param>
    /// <param name="change">What is special about its spec.</param>
    /// <param name="name">Its name.</param>
    public static async Task<TestJob> CreateAsync(TestNamespace @namespace, int clients = 2, Action<JsonObject>? change = null, string name = "fashion")
    {
        var spec = JsonNode.Parse("""
            {
              "rounds": 3,
              "model": {"architecture": "mlp", "classes": 10, "inputShape": [1, 28, 28]},
              "data": {"format": "idx", "path": "/data", "volume": {"emptyDir": {}}},
              "failurePolicy": {"maxRestarts": 3, "backoffSeconds": 0},
              "storage": {"volume": {"claimName": "ledger"}}
            }
            """)!.AsObject();
        spec["clients"] = new JsonArray(new JsonObject { ["name"] = "edge", ["replicas"] = clients });
        change?.Invoke(spec);
        await @namespace.Client.CustomObjects.CreateNamespacedCustomObjectAsync<JsonElement>(
            body: new { apiVersion = FederatedJob.Version, kind = FederatedJob.KindName, metadata = new { name }, spec },
            group: FederatedJobResource.Group, version: FederatedJobResource.Version, namespaceParameter: @namespace.Name, plural: FederatedJobResource.Plural);
        return new TestJob(@namespace, name);
    }

    /// <summary>As the API server has it; null: it is gone.</summary>
    public async Task<FederatedJobResource?> ReadAsync()
    {
        try
        {
            return await Client.CustomObjects.GetNamespacedCustomObjectAsync<FederatedJobResource>(
                group: FederatedJobResource.Group, version: FederatedJobResource.Version, namespaceParameter: @namespace.Name, plural: FederatedJobResource.Plural, name: name);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Its status.</summary>
    public async Task<FederatedJobStatus> StatusAsync() => JobObject.Of((await ReadAsync())!).Status();

    /// <summary>A condition of it; null: none of that type.</summary>
    public async Task<JobCondition?> ConditionAsync(string type) => (await StatusAsync()).Conditions?.FirstOrDefault(c => c.Type == type);

    /// <summary>Its pods that are not being deleted, finished ones included, by name.</summary>
    public async Task<IReadOnlyList<V1Pod>> PodsAsync() =>
        [.. (await Client.CoreV1.ListNamespacedPodAsync(namespaceParameter: @namespace.Name, labelSelector: $"fedoperator.io/job={name}")).Items.Where(p => p.Metadata.DeletionTimestamp is null).OrderBy(p => p.Metadata.Name, StringComparer.Ordinal)];

    /// <summary>Their names.</summary>
    public async Task<string> PodNamesAsync() => string.Join(' ', (await PodsAsync()).Select(p => p.Metadata.Name[(name.Length + 1)..]));

    /// <summary>Waits until its pods are these, by their names without the job's.</summary>
    public Task PodsAreAsync(string names, OperatorProcess fed) =>
        Wait.UntilAsync(async () => await PodNamesAsync() == names, $"the pods {names}", () => fed.Log, DescribeAsync);

    /// <summary>Waits until a condition has this reason.</summary>
    public Task ReasonIsAsync(string type, string reason, OperatorProcess fed) =>
        Wait.UntilAsync(async () => (await ConditionAsync(type))?.Reason == reason, $"condition {type} with reason {reason}", () => fed.Log, DescribeAsync);

    /// <summary>What there is of it, for messages.</summary>
    public async Task<string> DescribeAsync() => $"pods {await PodNamesAsync()}\nstatus {(await ReadAsync())?.Status}";


    /// <summary>Changes its spec.</summary>
    public Task PatchAsync(object change) => Client.CustomObjects.PatchNamespacedCustomObjectAsync<JsonElement>(
        body: new V1Patch(change, V1Patch.PatchType.MergePatch), group: FederatedJobResource.Group, version: FederatedJobResource.Version, namespaceParameter: @namespace.Name, plural: FederatedJobResource.Plural, name: name);

    /// <summary>Deletes it.</summary>
    public Task DeleteAsync() => Client.CustomObjects.DeleteNamespacedCustomObjectAsync<JsonElement>(
        group: FederatedJobResource.Group, version: FederatedJobResource.Version, namespaceParameter: @namespace.Name, plural: FederatedJobResource.Plural, name: name);

    /// <summary>Tells of a pod what a kubelet would: it runs.</summary>
    public Task RunsAsync(string pod) => PodStatusAsync(pod, new
    {
        phase = "Running",
        conditions = new[] { new { type = "Ready", status = "True" } },
        containerStatuses = new[] { new { name = ContainerOf(pod), ready = true, restartCount = 0, image = "i", imageID = "i", state = new { running = new { startedAt = "2026-01-01T00:00:00Z" } } } },
    });

    /// <summary>Tells of a pod what a kubelet would: its process ended.</summary>
    public Task EndsAsync(string pod, int exitCode) => PodStatusAsync(pod, new
    {
        phase = exitCode == 0 ? "Succeeded" : "Failed",
        conditions = new[] { new { type = "Ready", status = "False" } },
        containerStatuses = new[]
        {
            new { name = ContainerOf(pod), ready = false, restartCount = 0, image = "i", imageID = "i", state = new { terminated = new { exitCode, reason = exitCode == 0 ? "Completed" : "Error", startedAt = "2026-01-01T00:00:00Z", finishedAt = "2026-01-01T00:00:01Z" } } },
        },
    });

    /// <summary>Folders of its ledger.</summary>
    public async Task<IReadOnlyList<string>> ContainersAsync(string ledger)
    {
        var id = (await ReadAsync())!.Metadata.Uid.Replace("-", "", StringComparison.Ordinal);
        return [.. Directory.GetDirectories(ledger, $"fj-{id}*").Select(d => Path.GetFileName(d)["fj-".Length..].Replace(id, "ID", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    private static string ContainerOf(string pod) => pod.StartsWith("aggregator", StringComparison.Ordinal) ? "aggregator" : "trainer";

    private Task PodStatusAsync(string pod, object status) => Client.CustomObjects.PatchNamespacedCustomObjectStatusAsync<V1Pod>(
        body: new V1Patch(new { status }, V1Patch.PatchType.MergePatch), group: "", version: "v1", namespaceParameter: @namespace.Name, plural: "pods", name: $"{name}-{pod}");
}
