using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Prometheus;

/// <summary>A small web server that serves metrics and nothing else, on all addresses.</summary>
public sealed class KestrelMetricServer : MetricHandler
{
    private readonly string hostname;
    private readonly int port;
    private readonly string url;
    private readonly CollectorRegistry registry;

    public KestrelMetricServer(int port, string url = "/metrics", CollectorRegistry? registry = null, X509Certificate2? certificate = null)
        : this("+", port, url, registry, certificate)
    {
    }

    public KestrelMetricServer(string hostname, int port, string url = "/metrics", CollectorRegistry? registry = null, X509Certificate2? certificate = null)
    {
        if (certificate is not null)
            throw new NotSupportedException("The stand-in serves plain HTTP.");
        (this.hostname, this.port, this.url, this.registry) = (hostname, port, url, registry ?? Metrics.DefaultRegistry);
    }

    protected override Task StartServer(CancellationToken cancel)
    {
#pragma warning disable ASPDEPR004, ASPDEPR008 // as the package: its host has no configuration and no logs, and binds before this returns
        var host = new WebHostBuilder().UseKestrel().UseUrls($"http://{hostname}:{port}").Configure(app =>
        {
            app.Map(url, metrics => metrics.Run(context => MetricServerMiddlewareExtensions.ExportAsync(context, registry)));
            app.Run(context =>
            {
                if (context.Request.Path.Value is null or "" or "/")
                    context.Response.Redirect(url);
                else
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            });
        }).Build();
        host.Start();
        return host.WaitForShutdownAsync(cancel);
#pragma warning restore ASPDEPR004, ASPDEPR008
    }
}
