using System.Net;
using FedOperator.Operator.Commands;

namespace FedOperator.Operator.Tests.Commands;

/// <summary>`fed check`, against a listener on this machine.</summary>
public sealed class CheckCommandTests : IAsyncLifetime
{
    private readonly HttpListener _listener = new();
    private readonly HttpClient _http;
    private readonly Dictionary<string, Queue<(int Code, string Text)>> _answers = new(StringComparer.Ordinal);
    private readonly Task _serving;

    public CheckCommandTests()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        probe.Stop();
        _listener.Prefixes.Add(address);
        _listener.Start();
        _http = new HttpClient { BaseAddress = new Uri(address) };
        _serving = ServeAsync();
    }

    [Fact]
    public async Task An_operator_that_becomes_ready_is_well()
    {
        Answers("/healthz", (200, "ok"));
        Answers("/readyz", (503, "caches are not filled"), (503, "caches are not filled"), (200, "ok"));
        Answers("/metrics", (200, "leader_election_renewal_age_seconds{name=\"a\"} 31.5\n"), (200, "# TYPE leader_election_renewal_age_seconds gauge\nleader_election_renewal_age_seconds{name=\"a\"} 1.5\n"));
        var (code, output, errors) = await CheckAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((ExitCode.Done, "/healthz: ok\n/readyz: ok\n/metrics: ok\n", ""), (code, output, errors));
    }

    [Theory]
    [InlineData("/readyz", 503, "the watch is stale", "/readyz: 503 the watch is stale; the operator's log says more.\n")]
    [InlineData("/metrics", 200, "# TYPE leader_election_renewal_age_seconds gauge\n", "/metrics: has no leader_election_renewal_age_seconds: no operator leads; the operator's log says more.\n")]
    [InlineData("/metrics", 200, "leader_election_renewal_age_seconds{name=\"a\"} 31.5\n", "/metrics: no operator leads: the lease was last renewed 32 s ago; the operator's log says more.\n")]
    public async Task What_is_wrong_is_said(string path, int code, string text, string said)
    {
        Answers("/healthz", (200, "ok"));
        Answers("/readyz", (200, "ok"));
        Answers(path, (code, text));
        var (exit, _, errors) = await CheckAsync(TimeSpan.Zero);
        Assert.Equal((ExitCode.Failed, said), (exit, errors));
    }

    [Fact]
    public async Task An_operator_that_nobody_reaches_is_not_well()
    {
        _listener.Stop();
        var (exit, _, errors) = await CheckAsync(TimeSpan.Zero);
        Assert.Equal(ExitCode.Failed, exit);
        Assert.StartsWith("/healthz: Connection refused", errors, StringComparison.Ordinal);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _listener.Close();
        await _serving;
        _http.Dispose();
    }

    private void Answers(string path, params (int Code, string Text)[] answers) => _answers[path] = new(answers);

    private async Task<(int Code, string Output, string Errors)> CheckAsync(TimeSpan patience)
    {
        using StringWriter output = new() { NewLine = "\n" }, errors = new() { NewLine = "\n" };
        var code = await CheckCommand.RunAsync(_http, patience, TimeProvider.System, output, errors, default);
        return (code, output.ToString(), errors.ToString());
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var asked = await _listener.GetContextAsync();
                var answers = _answers[asked.Request.Url!.AbsolutePath];
                var (code, text) = answers.Count > 1 ? answers.Dequeue() : answers.Peek();
                asked.Response.StatusCode = code;
                await asked.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text));
                asked.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
