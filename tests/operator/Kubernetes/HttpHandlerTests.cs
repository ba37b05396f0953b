using System.Net;
using System.Net.Sockets;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Kubernetes.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FedOperator.Operator.Tests.Kubernetes;

public sealed class HttpHandlerTests
{
    [Fact]
    public async Task A_busy_server_is_asked_again_with_the_same_body_once_the_time_it_named_is_over()
    {
        var bodies = new List<string>();
        await using var server = await Server.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            bodies.Add(await reader.ReadToEndAsync());
            if (bodies.Count > 2)
                return;
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "1";
        });
        var clock = new Waits();
        using var http = new HttpClient(new RetryHandler(clock) { InnerHandler = new SocketsHttpHandler() });
        using var response = await http.PostAsync(server.Url, new StringContent("pod"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["pod", "pod", "pod"], bodies);
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)], clock.Seen);
    }

    [Fact]
    public async Task A_server_that_stays_busy_is_not_asked_for_ever()
    {
        var requests = 0;
        await using var server = await Server.StartAsync(context =>
        {
            Interlocked.Increment(ref requests);
            context.Response.StatusCode = 429;
            return Task.CompletedTask;
        });
        using var http = new HttpClient(new RetryHandler(new Waits()) { InnerHandler = new SocketsHttpHandler() });
        using var response = await http.GetAsync(server.Url);

        Assert.Equal((HttpStatusCode.TooManyRequests, 6), (response.StatusCode, requests));
    }

    [Theory]
    [InlineData("GET", 6)]
    [InlineData("PUT", 6)]
    [InlineData("DELETE", 6)]
    [InlineData("POST", 1)]
    [InlineData("PATCH", 1)]
    public async Task A_broken_connection_is_tried_again_only_where_a_repetition_does_no_harm(string method, int attempts)
    {
        var tries = 0;
        using var sockets = new SocketsHttpHandler
        {
            ConnectCallback = (_, _) =>
            {
                tries++;
                throw new SocketException((int)SocketError.ConnectionRefused);
            },
        };
        using var http = new HttpClient(new RetryHandler(new Waits()) { InnerHandler = sockets });
        await Assert.ThrowsAsync<HttpRequestException>(() => http.SendAsync(new HttpRequestMessage(new HttpMethod(method), "http://127.0.0.1:9/")));

        Assert.Equal(attempts, tries);
    }

    [Fact]
    public async Task No_more_requests_are_under_way_than_allowed()
    {
        int now = 0, most = 0;
        var gate = new Lock();
        await using var server = await Server.StartAsync(async _ =>
        {
            var mine = Interlocked.Increment(ref now);
            lock (gate)
                most = Math.Max(most, mine);
            await Task.Delay(20);
            Interlocked.Decrement(ref now);
        });
        using var http = new HttpClient(new InFlightHandler(3) { InnerHandler = new SocketsHttpHandler() });
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => http.GetAsync(server.Url)));

        Assert.Equal(3, most);
    }

    [Theory]
    [InlineData("POST", "/api/v1/namespaces/a/pods", WritePoint.PodCreate)]
    [InlineData("DELETE", "/api/v1/namespaces/a/pods/x", WritePoint.PodDelete)]
    [InlineData("POST", "/api/v1/namespaces/a/secrets", WritePoint.Secret)]
    [InlineData("PUT", "/api/v1/namespaces/a/secrets/x", WritePoint.Secret)]
    [InlineData("POST", "/api/v1/namespaces/a/events", WritePoint.Event)]
    [InlineData("PATCH", "/apis/fedoperator.io/v1alpha1/namespaces/a/federatedjobs/x", WritePoint.Finalizer)]
    [InlineData("PATCH", "/apis/fedoperator.io/v1alpha1/namespaces/a/federatedjobs/x/status", WritePoint.Status)]
    [InlineData("DELETE", "/apis/fedoperator.io/v1alpha1/namespaces/a/federatedjobs/x", WritePoint.JobDelete)]
    [InlineData("GET", "/api/v1/namespaces/a/pods/x", null)]
    [InlineData("GET", "/api/v1/pods", null)]
    [InlineData("PUT", "/apis/coordination.k8s.io/v1/namespaces/a/leases/x", null)]
    public void Every_write_of_the_operator_has_its_point(string method, string path, WritePoint? point) => Assert.Equal(point, KillingHandler.PointOf(new HttpMethod(method), path));

    /// <summary>Notes the waits, and lets them pass at once.</summary>
    private sealed class Waits : TimeProvider
    {
        public List<TimeSpan> Seen { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != Timeout.InfiniteTimeSpan)
                Seen.Add(dueTime);
            return System.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
        }
    }

    private sealed class Server(WebApplication app) : IAsyncDisposable
    {
        public Uri Url { get; } = new(app.Urls.Single());

        public static async Task<Server> StartAsync(RequestDelegate answer)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            app.Run(answer);
            await app.StartAsync();
            return new Server(app);
        }

        public async ValueTask DisposeAsync() => await app.DisposeAsync();
    }
}
