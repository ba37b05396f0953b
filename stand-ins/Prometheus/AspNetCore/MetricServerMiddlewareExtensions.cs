using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Prometheus;

/// <summary>Metrics as an endpoint of an ASP.NET application.</summary>
public static class MetricServerMiddlewareExtensions
{
    public static IEndpointConventionBuilder MapMetrics(this IEndpointRouteBuilder endpoints, string pattern = "/metrics", CollectorRegistry? registry = null) =>
        endpoints.Map(pattern, context => ExportAsync(context, registry ?? Metrics.DefaultRegistry)).WithDisplayName("Prometheus metrics");

    internal static async Task ExportAsync(HttpContext context, CollectorRegistry registry)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await registry.CollectAndExportAsTextAsync(context.Response.Body, context.RequestAborted);
    }
}
