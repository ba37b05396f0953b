using System.Net;

namespace FedOperator.Operator.Kubernetes.Http;

/// <summary>Sends a request again where the server was too busy to take it (429), or the connection broke and a repetition does no harm.</summary>
/// <remarks>A POST or PATCH whose answer was lost is not repeated: the pass fails, and the next one sees what came of it.</remarks>
/// <param name="time">For the waits.</param>
internal sealed class RetryHandler(TimeProvider time) : DelegatingHandler
{
    private const int Attempts = 6;

    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan wait;
            try
            {
                var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
                if (response.StatusCode != HttpStatusCode.TooManyRequests || attempt == Attempts)
                    return response;
                wait = Asked(response) ?? Backoff(attempt);
                response.Dispose();
            }
            catch (HttpRequestException) when (attempt < Attempts && IsIdempotent(request.Method))
            {
                wait = Backoff(attempt);
            }
            await Task.Delay(wait < s_longestWait ? wait : s_longestWait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsIdempotent(HttpMethod method) => method == HttpMethod.Get || method == HttpMethod.Put || method == HttpMethod.Delete;

    // 50, 100, 200 ... ms: a server that restarts is the backoff of the passes' matter.
    private static TimeSpan Backoff(int attempt) => TimeSpan.FromMilliseconds(50 << (attempt - 1));

    private static TimeSpan? Asked(HttpResponseMessage response) => response.Headers.RetryAfter?.Delta;
}
