using System.Text.Json.Nodes;

namespace FedOperator.ClusterEndToEnd.Harness;

/// <summary>The chart, installed by helm.</summary>
internal sealed class Release(string name, string space)
{
    private static readonly string s_chart = Programs.Source("charts/fed-operator");
    private readonly Kubectl _kubectl = new(space);

    /// <summary>kubectl in the release's namespace.</summary>
    public Kubectl Kubectl => _kubectl;

    /// <summary>Installs it, waits until it is ready, and gives its Service a name in the test bed.</summary>
    public async Task InstallAsync(params string[] values)
    {
        await HelmAsync(["install", name, s_chart, "--namespace", space, "--create-namespace", "--wait", "--timeout", "3m", .. values]);
        var service = (await _kubectl.FindAsync("service", $"{name}-metrics"))!;
        if (Environment.GetEnvironmentVariable("FED_E2E_DNS") is { Length: > 0 } folder)
            await File.WriteAllTextAsync(Path.Join(folder, $"{name}.{space}"), $"{service["spec"]!["clusterIP"]} {name}-metrics.{space}.svc.cluster.local\n");
    }

    /// <summary>`helm test`.</summary>
    public Task<string> TestAsync() => HelmAsync("test", name, "--namespace", space, "--timeout", "2m");

    /// <summary>`helm uninstall`.</summary>
    public Task<string> UninstallAsync() => HelmAsync("uninstall", name, "--namespace", space, "--wait");

    /// <summary>The operator's pods but for those that are being deleted: a kubelet keeps the object of an ended pod for half a minute, so that a release sees those of the one before it.</summary>
    public async Task<IReadOnlyList<JsonNode>> PodsAsync() =>
        [.. (await _kubectl.ListAsync("pods", "-l", "app.kubernetes.io/component=operator")).Where(p => p["metadata"]!["deletionTimestamp"] is null)];

    /// <summary>The pod that holds the lease, once there is one.</summary>
    public Task<JsonNode> LeaderAsync() => Wait.ForAsync("leader", TimeSpan.FromMinutes(2), async () =>
    {
        var holder = (string?)(await _kubectl.FindAsync("lease", name))?["spec"]?["holderIdentity"];
        var pods = await _kubectl.TryAsync("get", "pods", "-l", "app.kubernetes.io/component=operator", "-o", "json");
        return holder is null || pods.Code != 0 ? null : JsonNode.Parse(pods.Output)!["items"]!.AsArray().FirstOrDefault(p => holder.StartsWith((string)p!["metadata"]!["name"]!, StringComparison.Ordinal));
    });

    private static Task<string> HelmAsync(params string[] arguments)
    {
        var helm = Programs.Source("artifacts/tools/bin/helm");
        Assert.True(File.Exists(helm), "helm is missing: make tools");
        return Shell.RunAsync(helm, arguments);
    }
}
