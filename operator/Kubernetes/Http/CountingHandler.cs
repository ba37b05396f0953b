using System.Globalization;
using FedOperator.Operator.Metrics;

namespace FedOperator.Operator.Kubernetes.Http;

/// <summary>Counts requests by method and status, as client-go does.</summary>
/// <param name="metrics">The counter.</param>
internal sealed class CountingHandler(ControllerMetrics metrics) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var host = request.RequestUri?.Authority ?? "";
        try
        {
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            metrics.Request(((int)response.StatusCode).ToString(CultureInfo.InvariantCulture), request.Method.Method, host);
            return response;
        }
        // A request that ran into its time limit, or was broken off, had no answer either.
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            metrics.Request("<error>", request.Method.Method, host);
            throw;
        }
    }
}
