using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using FedOperator.Tests.Cluster;
using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FedOperator.OperatorCluster.Tests;

/// <summary>The log endpoint of a kubelet, for an API server that has none: it asks us where a node says that we are, as it would ask a kubelet.</summary>
internal sealed class KubeletLogs : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, PodLines> _pods = new(StringComparer.Ordinal);
    private readonly WebApplication _server;
    private readonly TestNamespace _namespace;

    private KubeletLogs(WebApplication server, TestNamespace @namespace, string node) => (_server, _namespace, Node) = (server, @namespace, node);

    /// <summary>Name of the node that it serves.</summary>
    public string Node { get; }

    /// <summary>Serves, and registers its node.</summary>
    public static async Task<KubeletLogs> StartAsync(TestNamespace @namespace)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var certificate = Certificate();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var server = builder.Build();
        var logs = new KubeletLogs(server, @namespace, "node-" + @namespace.Name);
        server.MapGet("/containerLogs/{ns}/{pod}/{container}", logs.SendAsync);
        await server.StartAsync();
        var port = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        await @namespace.Client.CustomObjects.CreateClusterCustomObjectAsync<JsonElement>(
            body: new
            {
                apiVersion = "v1",
                kind = "Node",
                metadata = new { name = logs.Node },
                status = new { addresses = new[] { new { type = "InternalIP", address = "127.0.0.1" } }, daemonEndpoints = new { kubeletEndpoint = new Dictionary<string, int>(StringComparer.Ordinal) { ["Port"] = port } } },
            },
            group: "", version: "v1", plural: "nodes");
        return logs;
    }

    /// <summary>A container starts to write.</summary>
    public void Starts(string pod, string container) => _pods[$"{pod}/{container}"] = new PodLines();

    /// <summary>It writes a line.</summary>
    public void Writes(string pod, string container, string line) => _pods[$"{pod}/{container}"].Add(line);

    /// <summary>It ends, and with it what follows its log.</summary>
    public void Ends(string pod, string container) => _pods[$"{pod}/{container}"].End();

    /// <summary>All connections break.</summary>
    public void Breaks(string pod, string container) => _pods[$"{pod}/{container}"].Break();

    public async ValueTask DisposeAsync()
    {
        foreach (var pod in _pods.Values)
            pod.End();
        await _namespace.Client.CustomObjects.DeleteClusterCustomObjectAsync<JsonElement>(group: "", version: "v1", plural: "nodes", name: Node);
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
    }

    private async Task SendAsync(HttpContext context, string pod, string container)
    {
        if (!_pods.TryGetValue($"{pod}/{container}", out var lines))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync($"container \"{container}\" in pod \"{pod}\" is waiting to start: ContainerCreating");
            return;
        }
        var query = context.Request.Query;
        var (follow, stamps) = (query["follow"] == "true", query["timestamps"] == "true");
        var from = query.TryGetValue("tailLines", out var tail) ? Math.Max(lines.Count - int.Parse(tail!, System.Globalization.CultureInfo.InvariantCulture), 0) : 0;
        await foreach (var (stamp, line) in lines.ReadAsync(from, follow, context.RequestAborted))
        {
            await context.Response.WriteAsync((stamps ? stamp + " " : "") + line + "\n");
            await context.Response.Body.FlushAsync();
        }
    }

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddHours(-1), now.AddHours(12));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    /// <summary>What one container wrote.</summary>
    private sealed class PodLines
    {
        private readonly List<(string Stamp, string Line)> _lines = [];
        private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _ended;
        private int _breaks;

        public int Count
        {
            get
            {
                lock (_lines)
                    return _lines.Count;
            }
        }

        public void Add(string line) => Change(() => _lines.Add((TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffffff'00Z'", System.Globalization.CultureInfo.InvariantCulture), line)));

        public void End() => Change(() => _ended = true);

        public void Break() => Change(() => _breaks++);

        public async IAsyncEnumerable<(string Stamp, string Line)> ReadAsync(int from, bool follow, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var breaks = _breaks;
            for (var next = from; ;)
            {
                (string, string)? line;
                Task changed;
                bool over;
                lock (_lines)
                {
                    line = next < _lines.Count ? _lines[next++] : null;
                    changed = _changed.Task;
                    over = _ended || !follow || _breaks != breaks;
                }
                if (line is { } written)
                    yield return written;
                else if (over)
                    yield break;
                else
                    await changed.WaitAsync(cancellationToken);
            }
        }

        private void Change(Action change)
        {
            lock (_lines)
            {
                change();
                var before = _changed;
                _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
                before.SetResult();
            }
        }
    }
}
