using System.Text.Json.Nodes;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Kubernetes.Http;

/// <summary>For crash tests: ends or stops this process before or after a write to the cluster. See docs/reliability.md.</summary>
/// <param name="switches">Those that are armed.</param>
internal sealed class KillingHandler(IReadOnlyList<KillSwitch> switches) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { } uri || PointOf(request.Method, uri.AbsolutePath) is not { } point)
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var name = uri.AbsolutePath + "/" + await BodysNameAsync(request, cancellationToken).ConfigureAwait(false);
        return await KillSwitch.RunAsync(switches, point, name, () => base.SendAsync(request, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Which write a request is; null: none of those that a job's state depends on.</summary>
    internal static WritePoint? PointOf(HttpMethod method, string path)
    {
        // .../namespaces/NAMESPACE/PLURAL[/NAME[/SUBRESOURCE]]
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var at = Array.IndexOf(parts, "namespaces");
        if (at < 0 || parts.Length < at + 3)
            return null;
        return (method.Method, parts[at + 2], parts.Length > at + 4 ? parts[at + 4] : "") switch
        {
            ("POST", "pods", "") => WritePoint.PodCreate,
            ("DELETE", "pods", "") => WritePoint.PodDelete,
            ("POST" or "PUT", "secrets", "") => WritePoint.Secret,
            ("PATCH", FederatedJobResource.Plural, "status") => WritePoint.Status,
            ("PATCH", FederatedJobResource.Plural, "") => WritePoint.Finalizer,
            ("DELETE", FederatedJobResource.Plural, "") => WritePoint.JobDelete,
            ("POST" or "PATCH", "events", "") => WritePoint.Event,
            _ => null,
        };
    }

    private static async Task<string?> BodysNameAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Post || request.Content is null)
            return null;
        var body = JsonNode.Parse(await request.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false));
        return (string?)body?["metadata"]?["name"];
    }
}
