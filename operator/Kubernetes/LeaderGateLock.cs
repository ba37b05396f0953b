using System.Net;
using k8s.Autorest;
using k8s.LeaderElection;

namespace FedOperator.Operator.Kubernetes;

/// <summary>A lock whose faults are tries that failed.</summary>
/// <remarks>
/// The elector takes an answer of the server that says no as a failed try, but gives up at any other exception: a refused connection would cost a leader its lead, and a waiting process its election.
/// So here every fault becomes such an answer, and every try ends in time for another one.
/// </remarks>
/// <param name="inner">The lock.</param>
/// <param name="tryTimeout">Longest time for one request.</param>
/// <param name="time">The clock.</param>
internal sealed class LeaderGateLock(ILock inner, TimeSpan tryTimeout, TimeProvider time) : ILock
{
    /// <inheritdoc/>
    public string Identity => inner.Identity;

    /// <inheritdoc/>
    public string Describe() => inner.Describe();

    /// <inheritdoc/>
    public Task<LeaderElectionRecord> GetAsync(CancellationToken cancellationToken = default) => TryAsync(inner.GetAsync, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> CreateAsync(LeaderElectionRecord record, CancellationToken cancellationToken = default) => WriteAsync(token => inner.CreateAsync(record, token), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> UpdateAsync(LeaderElectionRecord record, CancellationToken cancellationToken = default) => WriteAsync(token => inner.UpdateAsync(record, token), cancellationToken);

    /// <summary>Lets go of the lock, if it is ours: then the next process need not wait for its end.</summary>
    public async Task<bool> ReleaseAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var held = await inner.GetAsync(cancellationToken).ConfigureAwait(false);
        if (held.HolderIdentity != Identity)
            return false;
        // As client-go: an empty holder, not an absent one. The elector would take a Lease without a holder for none, and try in vain to create it.
        var released = new LeaderElectionRecord { HolderIdentity = "", LeaseDurationSeconds = 1, AcquireTime = now.UtcDateTime, RenewTime = now.UtcDateTime, LeaderTransitions = held.LeaderTransitions };
        return await inner.UpdateAsync(released, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> WriteAsync(Func<CancellationToken, Task<bool>> write, CancellationToken cancellationToken)
    {
        try
        {
            return await TryAsync(write, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpOperationException)
        {
            return false;
        }
    }

    private async Task<T> TryAsync<T>(Func<CancellationToken, Task<T>> request, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(tryTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await request(both.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not HttpOperationException && !cancellationToken.IsCancellationRequested)
        {
            using var answer = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
            throw new HttpOperationException(limit.IsCancellationRequested ? $"no answer within {tryTimeout.TotalSeconds} s" : e.Message, e) { Response = new HttpResponseMessageWrapper(answer, "") };
        }
    }
}
