using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;
using FedOperator.Operator.Kubernetes;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace FedOperator.Bench.Scale;

/// <summary>A namespace with FederatedJobs.</summary>
/// <param name="client">The API server's.</param>
/// <param name="name">Of the namespace.</param>
internal sealed class JobSet(IKubernetes client, string name)
{
    /// <summary>Of the namespace.</summary>
    public string Namespace => name;

    /// <summary>Creates it.</summary>
    public async Task CreateAsync(int jobs, int clients, CancellationToken cancellationToken)
    {
        await client.CustomObjects.CreateClusterCustomObjectAsync<JsonElement>(body: new { apiVersion = "v1", kind = "Namespace", metadata = new { name } }, group: "", version: "v1", plural: "namespaces", cancellationToken: cancellationToken);
        await HasServiceAccountAsync(cancellationToken);
        var options = new ParallelOptions { MaxDegreeOfParallelism = ScaleOptions.Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, jobs), options, async (index, token) =>
            await client.CustomObjects.CreateNamespacedCustomObjectAsync<JsonElement>(
                body: Manifest(string.Create(CultureInfo.InvariantCulture, $"job-{index:D4}"), clients),
                group: FederatedJobResource.Group, version: FederatedJobResource.Version, namespaceParameter: name, plural: FederatedJobResource.Plural, cancellationToken: token));
    }

    /// <summary>The jobs as the API server has them.</summary>
    public async Task<IReadOnlyList<JobObject>> ListAsync(CancellationToken cancellationToken)
    {
        var list = await client.CustomObjects.ListNamespacedCustomObjectAsync<FederatedJobResourceList>(
            group: FederatedJobResource.Group, version: FederatedJobResource.Version, namespaceParameter: name, plural: FederatedJobResource.Plural, cancellationToken: cancellationToken);
        return [.. list.Items.Select(JobObject.Of)];
    }

    /// <summary>How many pods and events there are, at next to no cost for the API server.</summary>
    public async Task<(int Pods, int Events)> CountAsync(CancellationToken cancellationToken)
    {
        var pods = await client.CoreV1.ListNamespacedPodAsync(namespaceParameter: name, limit: 1, cancellationToken: cancellationToken);
        var events = await client.CoreV1.ListNamespacedEventAsync(namespaceParameter: name, limit: 1, cancellationToken: cancellationToken);
        return (Count(pods, pods.Metadata), Count(events, events.Metadata));
    }

    /// <summary>One pod.</summary>
    public Task<V1Pod> PodAsync(string pod, CancellationToken cancellationToken) => client.CoreV1.ReadNamespacedPodAsync(name: pod, namespaceParameter: name, cancellationToken: cancellationToken);

    private static int Count<T>(IItems<T> page, V1ListMeta metadata) => page.Items.Count + (int)(metadata.RemainingItemCount ?? 0);

    // Pods are refused before.
    private async Task HasServiceAccountAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                await client.CustomObjects.GetNamespacedCustomObjectAsync<JsonElement>(group: "", version: "v1", namespaceParameter: name, plural: "serviceaccounts", name: "default", cancellationToken: cancellationToken);
                return;
            }
            catch (HttpOperationException e) when (e.Response.StatusCode == System.Net.HttpStatusCode.NotFound && i < 300)
            {
                await Task.Delay(100, cancellationToken);
            }
        }
    }

    private static JsonObject Manifest(string job, int clients) => new()
    {
        ["apiVersion"] = FederatedJob.Version,
        ["kind"] = FederatedJob.KindName,
        ["metadata"] = new JsonObject { ["name"] = job },
        ["spec"] = new JsonObject
        {
            ["rounds"] = 20,
            ["model"] = new JsonObject { ["architecture"] = "resnet20", ["width"] = 16, ["classes"] = 10, ["inputShape"] = new JsonArray(1, 28, 28) },
            ["data"] = new JsonObject { ["format"] = "idx", ["path"] = "/data", ["volume"] = new JsonObject { ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = "data" } } },
            ["training"] = new JsonObject { ["localSteps"] = 10, ["batchSize"] = 32, ["optimizer"] = new JsonObject { ["name"] = "sgd", ["learningRate"] = 0.05, ["momentum"] = 0.9 } },
            ["normalization"] = new JsonObject { ["layer"] = "batch", ["training"] = "federated" },
            ["clients"] = new JsonArray(new JsonObject { ["name"] = "edge", ["replicas"] = clients }),
            ["storage"] = new JsonObject { ["volume"] = new JsonObject { ["claimName"] = ScaleOptions.Claim } },
        },
    };
}
