using FedOperator.Operator.Commands;
using FedOperator.Operator.Jobs;
using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Prometheus;

namespace FedOperator.Operator.Kubernetes;

/// <summary>The operator's process: its log, its endpoints, its signals; and the controller between them.</summary>
internal static partial class OperatorHost
{
    /// <summary>Runs until SIGTERM, or until it cannot go on.</summary>
    /// <param name="settings">Checked.</param>
    /// <param name="cluster">Where the API server is, and who asks.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops as SIGTERM does.</param>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(OperatorSettings settings, KubernetesClientConfiguration cluster, TimeProvider time, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders()
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddJsonConsole(console => (console.UseUtcTimestamp, console.TimestampFormat) = (true, "O"))
            .Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.WebHost.ConfigureKestrel(server => server.ListenAnyIP(settings.Listen));
        await using var app = builder.Build();
        var log = app.Services.GetRequiredService<ILoggerFactory>();
        var logger = log.CreateLogger("fed-operator");

        // Not the default registry: that one also exports every event counter and meter of .NET and of the web server.
        var registry = Prometheus.Metrics.NewCustomRegistry();
        DotNetStats.Register(registry);
        var controller = Controller.Create(settings, cluster, registry, time, log);
        // Request delegates: handlers with bound parameters are compiled at run time, by libraries that nothing else here loads.
        app.MapGet("/healthz", request => AnswerAsync(request, controller.Health.NotLive()));
        app.MapGet("/readyz", request => AnswerAsync(request, controller.Health.NotReady()));
        app.MapMetrics("/metrics", registry);
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            LogPort(logger, settings.Listen, e.Message);
            return ExitCode.Invalid;
        }
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(app.Lifetime.ApplicationStopping, cancellationToken);
        var code = await controller.RunAsync(stop.Token).ConfigureAwait(false);
        // Work that was cut off is not waited for, and must not see its clients go: the process ends under it.
        if (code == ExitCode.LeaseLost)
            return code;
        controller.Dispose();
        // Nothing but scrapes and probes are under way: they are not worth a wait.
        using var atOnce = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await app.StopAsync(atOnce.Token).ConfigureAwait(false);
        return code;
    }

    private static Task AnswerAsync(HttpContext request, string? trouble)
    {
        request.Response.StatusCode = trouble is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        request.Response.ContentType = "text/plain; charset=utf-8";
        return request.Response.WriteAsync((trouble ?? "ok") + "\n", request.RequestAborted);
    }

    [LoggerMessage(111, LogLevel.Critical, "--listen: {Port} cannot be listened on: {Problem}; give another port")]
    private static partial void LogPort(ILogger log, int port, string problem);
}
