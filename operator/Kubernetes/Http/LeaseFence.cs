namespace FedOperator.Operator.Kubernetes.Http;

/// <summary>Lets a process write to the cluster only while its lease is surely its own: one that was stopped for a minute and wakes up in the middle of a pass writes nothing before it notices.</summary>
/// <param name="duration">Others may take the lease so long after its last renewal.</param>
/// <param name="time">A clock that goes on while the process is stopped.</param>
internal sealed class LeaseFence(TimeSpan duration, TimeProvider time)
{
    private long _renewed = time.GetTimestamp();
    private volatile bool _isClosed;

    /// <summary>For the client that renews the lease.</summary>
    public DelegatingHandler Renewals() => new RenewalHandler(this);

    /// <summary>For the client that does the work.</summary>
    public DelegatingHandler Writes() => new WriteHandler(this);

    /// <summary>Another holds the lease: nothing is written any more, whatever time is left.</summary>
    public void Close() => _isClosed = true;

    private sealed class RenewalHandler(LeaseFence fence) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // From before the request: others count from when they see it.
            var sent = fence.Now();
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode && request.Method != HttpMethod.Get)
                Interlocked.Exchange(ref fence._renewed, sent);
            return response;
        }
    }

    private sealed class WriteHandler(LeaseFence fence) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method != HttpMethod.Get && (fence._isClosed || fence.Elapsed() >= fence.Duration()))
                throw new HttpRequestException("the lease was lost, or not renewed in time: another operator may be at work, so nothing is written");
            return base.SendAsync(request, cancellationToken);
        }
    }

    private long Now() => time.GetTimestamp();

    private TimeSpan Duration() => duration;

    private TimeSpan Elapsed() => time.GetElapsedTime(Interlocked.Read(ref _renewed));
}
