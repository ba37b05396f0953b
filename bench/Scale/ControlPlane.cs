using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using FedOperator.Operator.Kubernetes;
using k8s;
using k8s.Autorest;

namespace FedOperator.Bench.Scale;

/// <summary>etcd, kube-apiserver and kube-controller-manager (the garbage collector follows each pod, as anywhere) of this run's own, in a temporary folder, on free ports. No scheduler, no node: pods stay pending.</summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-bench-operator-").FullName;
    private readonly Dictionary<string, string> _environment;

    private ControlPlane()
    {
        var (api, etcd) = FreePorts();
        _environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["FED_TEST_BED"] = Bed,
            ["FED_API_PORT"] = api.ToString(CultureInfo.InvariantCulture),
            ["FED_ETCD_PORT"] = etcd.ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>The kubeconfig of somebody who may do everything.</summary>
    public string Kubeconfig => Path.Join(Bed, "etc", "admin.kubeconfig");

    /// <summary>An empty folder, gone with the rest.</summary>
    public string Storage => Directory.CreateDirectory(Path.Join(_folder, "storage")).FullName;

    /// <summary>Where operators log to.</summary>
    public string Log => Path.Join(_folder, "operator.log");

    private string Bed => Path.Join(_folder, "bed");

    /// <summary>Starts it, with the CustomResourceDefinition installed.</summary>
    public static async Task<ControlPlane> StartAsync(CancellationToken cancellationToken)
    {
        var plane = new ControlPlane();
        try
        {
            plane.Guard();
            await plane.ScriptAsync("up.sh", ["kcm"], cancellationToken);
            await plane.ScriptAsync("program.sh", ["stop", "kube-scheduler"], cancellationToken);
            await plane.InstallAsync(cancellationToken);
            return plane;
        }
        catch
        {
            await plane.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client.</summary>
    public IKubernetes Connect() => new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(Kubeconfig));

    /// <summary>Processor time that its programs have used so far.</summary>
    public TimeSpan ProcessorTime()
    {
        var sum = TimeSpan.Zero;
        foreach (var name in (string[])["etcd", "kube-apiserver", "kube-controller-manager"])
        {
            using var program = Process.GetProcessById(int.Parse(File.ReadAllText(Path.Join(Bed, "run", name + ".pid")), CultureInfo.InvariantCulture));
            sum += program.TotalProcessorTime;
        }
        return sum;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Also after ctrl-C: it is stopped to the end.
        await ScriptAsync("down.sh", [], CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Should this process be killed, somebody else stops what it started.</summary>
    private void Guard()
    {
        var variables = string.Join(' ', _environment.Select(v => $"{v.Key}={v.Value}"));
        using var guard = Process.Start(new ProcessStartInfo("setsid", ["bash", "-c", $"exec </dev/null >/dev/null 2>&1; tail --pid={Environment.ProcessId} -f /dev/null; {variables} '{Script("down.sh")}'; rm -rf '{_folder}'"]) { UseShellExecute = false });
    }

    private async Task InstallAsync(CancellationToken cancellationToken)
    {
        // Kubernetes 1.20 drops CEL rules, but kubectl's own check of the file would trip over them.
        await ShellCommand.RunAsync("kubectl", ["--kubeconfig", Kubeconfig, "apply", "--validate=false", "-f", Path.Join(BenchResult.Repository(), "crds", "federatedjobs.fedoperator.io.yaml")], null, cancellationToken);
        using var client = Connect();
        for (var i = 0; ; i++)
        {
            try
            {
                await client.CustomObjects.ListClusterCustomObjectAsync<JsonElement>(group: FederatedJobResource.Group, version: FederatedJobResource.Version, plural: FederatedJobResource.Plural, limit: 1, cancellationToken: cancellationToken);
                return;
            }
            catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound && i < 300)
            {
                await Task.Delay(100, cancellationToken);
            }
        }
    }

    private Task ScriptAsync(string script, IEnumerable<string> arguments, CancellationToken cancellationToken) => ShellCommand.RunAsync(Script(script), arguments, _environment, cancellationToken);

    private static string Script(string name) => Path.Join(BenchResult.Repository(), "tests", "cluster", name);

    private static (int, int) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}
