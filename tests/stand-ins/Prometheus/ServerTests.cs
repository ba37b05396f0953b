using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Prometheus.Tests;

public sealed class ServerTests
{
    private readonly CollectorRegistry registry = Metrics.NewCustomRegistry();

    public ServerTests() => Metrics.WithCustomRegistry(registry).CreateCounter("n_total", "N.").Inc(7);

    [Fact]
    public async Task A_metric_server_serves_its_registry_until_it_is_stopped()
    {
        var port = FreePort();
        using var http = new HttpClient();
        using (new KestrelMetricServer(port, registry: registry).Start())
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/metrics"));
            Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
            Assert.EndsWith("\nn_total 7\n", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            using var elsewhere = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/other"));
            Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        }
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri($"http://127.0.0.1:{port}/metrics")));
    }

    [Fact]
    public async Task A_taken_port_fails_the_start()
    {
        var port = FreePort();
        await using var taken = await ServeAsync(port);
        using var server = new KestrelMetricServer(port, registry: registry);
        Assert.ThrowsAny<IOException>(server.Start);
    }

    [Fact]
    public async Task An_application_maps_metrics_beside_its_own_endpoints()
    {
        var port = FreePort();
        await using var app = await ServeAsync(port);
        using var http = new HttpClient();
        Assert.Contains("n_total 7", await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics")), StringComparison.Ordinal);
    }

    private async Task<WebApplication> ServeAsync(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls($"http://*:{port}");
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        app.UseRouting();
        app.MapMetrics(registry: registry);
        await app.StartAsync();
        return app;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
