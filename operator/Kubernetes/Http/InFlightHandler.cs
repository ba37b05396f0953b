namespace FedOperator.Operator.Kubernetes.Http;

/// <summary>Bounds the requests that are under way at the same time in this process, first come first served. A watch counts until its headers are there.</summary>
/// <param name="most">How many.</param>
internal sealed class InFlightHandler(int most) : DelegatingHandler
{
    private readonly SemaphoreSlim _free = new(most);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _free.Dispose();
        base.Dispose(disposing);
    }
}
