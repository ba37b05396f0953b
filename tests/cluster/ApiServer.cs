using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using k8s;
using k8s.Autorest;

namespace FedOperator.Tests.Cluster;

/// <summary>
/// A real API server. Tests share the cluster that FED_TEST_KUBECONFIG names (a KUBECONFIG that merely happens to be set is left alone), and else etcd and kube-apiserver of their own:
/// on free ports, in a folder of their own, started once in a test run and stopped with it.
/// </summary>
internal sealed class ApiServer
{
    private static readonly Lazy<Task<ApiServer>> s_own = new(StartAsync);
    private static int s_namespaces;
    private readonly string? _bed;

    private ApiServer(string kubeconfig, string? bed, Uri? etcd) => (Kubeconfig, _bed, Etcd) = (kubeconfig, bed, etcd);

    /// <summary>The kubeconfig of somebody who may do everything.</summary>
    public string Kubeconfig { get; }

    /// <summary>Where its etcd is; null: not ours to touch.</summary>
    public Uri? Etcd { get; }

    /// <summary>The one that tests share.</summary>
    public static Task<ApiServer> SharedAsync() =>
        Environment.GetEnvironmentVariable("FED_TEST_KUBECONFIG") is { Length: > 0 } given ? Task.FromResult(new ApiServer(given, null, null)) : s_own.Value;

    /// <summary>One that may be stopped and compacted.</summary>
    public static Task<ApiServer> OwnAsync() => s_own.Value;

    /// <summary>How to reach it.</summary>
    public KubernetesClientConfiguration Configuration() => KubernetesClientConfiguration.BuildConfigFromConfigFile(Kubeconfig);

    /// <summary>A client.</summary>
    public Kubernetes Connect() => new(Configuration());

    /// <summary>A new namespace; it is deleted when the value is disposed.</summary>
    public async Task<TestNamespace> NamespaceAsync()
    {
        var name = $"t-{Environment.ProcessId}-{Interlocked.Increment(ref s_namespaces)}-{Guid.NewGuid().ToString("N")[..6]}";
        var client = Connect();
        // The core group by its path: the package's own namespace operations would be the only use of theirs.
        await client.CustomObjects.CreateClusterCustomObjectAsync<JsonElement>(body: new { apiVersion = "v1", kind = "Namespace", metadata = new { name } }, group: "", version: "v1", plural: "namespaces");
        return new TestNamespace(name, client);
    }

    /// <summary>Installs the CustomResourceDefinition, and waits until it is served.</summary>
    public async Task InstallAsync()
    {
        // 1.20 drops CEL rules, but kubectl's own check of the file would trip over them.
        await Programs.RunAsync("kubectl", "--kubeconfig", Kubeconfig, "apply", "--validate=false", "-f", Programs.Source("crds/federatedjobs.fedoperator.io.yaml"));
        using var client = Connect();
        for (var i = 0; i < 100; i++)
        {
            try
            {
                await client.CustomObjects.ListClusterCustomObjectAsync<JsonElement>(group: "fedoperator.io", version: "v1alpha1", plural: "federatedjobs", limit: 1);
                return;
            }
            catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
            {
                await Task.Delay(100);
            }
        }
        Assert.Fail("federatedjobs.fedoperator.io is not served after 10 s");
    }

    /// <summary>Drops all history from etcd: no state before now can be asked for. The API server still remembers the latest changes; see <see cref="RestartAsync"/>.</summary>
    public async Task CompactAsync()
    {
        using var etcd = new HttpClient { BaseAddress = Etcd };
        using var status = await etcd.PostAsJsonAsync("v3/maintenance/status", new { });
        var revision = (await status.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("header").GetProperty("revision").GetString();
        using var compaction = await etcd.PostAsJsonAsync("v3/kv/compaction", new { revision, physical = true });
        compaction.EnsureSuccessStatusCode();
    }

    /// <summary>Stops the API server and starts it again: it then knows no more than etcd does.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await ResumeAsync();
    }

    /// <summary>Ends the API server, at once: asked to stop, it would wait for the watches on it.</summary>
    public Task StopAsync() => ScriptAsync("program.sh", "kill", "kube-apiserver");

    /// <summary>Starts it again.</summary>
    public async Task ResumeAsync()
    {
        for (var i = 0; i < 600; i++)
        {
            // Once more where it has ended by itself: on a busy machine it may miss deadlines of its own.
            if (i % 50 == 0)
                await ScriptAsync("program.sh", "start", "kube-apiserver");
            try
            {
                using var client = Connect();
                using var ready = await client.HttpClient.GetAsync(new Uri(client.BaseUri, "readyz"));
                if (ready.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // not yet
            }
            await Task.Delay(100);
        }
        Assert.Fail("the API server is not ready 60 s after its start");
    }

    private static async Task<ApiServer> StartAsync()
    {
        var bed = Directory.CreateTempSubdirectory("fed-api-").FullName;
        var (api, etcd) = FreePorts();
        var server = new ApiServer($"{bed}/etc/admin.kubeconfig", bed, new Uri($"http://127.0.0.1:{etcd}/")) { _ports = (api, etcd) };
        // Also where this process is killed: `tail` waits for its end.
        using var guard = Process.Start(new ProcessStartInfo("setsid", ["bash", "-c", $"exec </dev/null >/dev/null 2>&1; tail --pid={Environment.ProcessId} -f /dev/null; {string.Join(' ', server.Variables())} {Programs.Source("tests/cluster/down.sh")}; rm -rf {bed}"])
        {
            UseShellExecute = false,
        });
        // It says itself what is missing, and which command gets it.
        await server.ScriptAsync("up.sh", "cp");
        return server;
    }

    private (int Api, int Etcd) _ports;

    private string[] Variables() => [$"FED_TEST_BED={_bed}", $"FED_API_PORT={_ports.Api}", $"FED_ETCD_PORT={_ports.Etcd}"];

    private Task ScriptAsync(string script, params string[] arguments)
    {
        Assert.True(_bed is not null, "the API server is not ours to stop");
        return Programs.RunAsync("env", [.. Variables(), Programs.Source("tests/cluster/" + script), .. arguments]);
    }

    private static (int, int) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}

/// <summary>A namespace for one test.</summary>
internal sealed class TestNamespace(string name, Kubernetes client) : IAsyncDisposable
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>A client of its API server.</summary>
    public Kubernetes Client { get; } = client;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Client.CustomObjects.DeleteClusterCustomObjectAsync<JsonElement>(group: "", version: "v1", plural: "namespaces", name: Name);
        Client.Dispose();
    }
}
