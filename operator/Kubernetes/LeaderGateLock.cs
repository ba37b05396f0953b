using System.Net;
using k8s.Autorest;
using k8s.LeaderElection;
using Microsoft.Extensions.Logging;

namespace FedOperator.Operator.Kubernetes;

/// <summary>A lock whose faults are tries that failed, and are told of.</summary>
/// <remarks>
/// The elector takes an answer of the server that says no as a failed try, but gives up at any other exception: a refused connection would cost a leader its lead, and a waiting process its election.
/// So here every fault becomes such an answer, and every try ends in time for another one. Of a write that failed the elector says nothing at all: so faults are told of here, each once.
/// </remarks>
internal sealed class LeaderGateLock : ILock
{
    private readonly GateLease _inner;
    private readonly TimeSpan _tryTimeout;
    private readonly LeaseSight _sight;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly TaskCompletionSource<string> _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string?[] _said = new string?[2];

    // When a write of ours had succeeded; 0: none has yet.
    private long _wrote;
    private volatile bool _wasOverrun;

    /// <summary>Makes one.</summary>
    /// <param name="inner">The lock.</param>
    /// <param name="tryTimeout">Longest time for one request.</param>
    /// <param name="sight">Told of what is seen.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">For faults.</param>
    public LeaderGateLock(GateLease inner, TimeSpan tryTimeout, LeaseSight sight, TimeProvider time, ILogger log)
    {
        (_inner, _tryTimeout, _sight, _time, _log) = (inner, tryTimeout, sight, time, log);
        // The lock itself makes `false` of what the server said no to.
        inner.OnHttpError += e => Trouble(Doing.Writing, e);
    }

    private enum Doing
    {
        Reading,
        Writing,
    }

    /// <inheritdoc/>
    public string Identity => _inner.Identity;

    /// <summary>Ends, with its name, once another process is seen to hold what this one held.</summary>
    public Task<string> Taken => _taken.Task;

    /// <inheritdoc/>
    public string Describe() => _inner.Describe();

    /// <inheritdoc/>
    public async Task<LeaderElectionRecord> GetAsync(CancellationToken cancellationToken = default)
    {
        var sent = _time.GetTimestamp();
        var record = await TryAsync(Doing.Reading, _inner.GetAsync, cancellationToken).ConfigureAwait(false);
        _said[(int)Doing.Reading] = null;
        // An answer that was under way while we wrote tells of before.
        if (record.HolderIdentity.Length > 0 && record.HolderIdentity != Identity && Interlocked.Read(ref _wrote) is var wrote && wrote != 0 && sent > wrote)
            _taken.TrySetResult(record.HolderIdentity);
        _sight.Saw(record);
        return record;
    }

    /// <inheritdoc/>
    public Task<bool> CreateAsync(LeaderElectionRecord record, CancellationToken cancellationToken = default) => WriteAsync(record, token => _inner.CreateAsync(record, token), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> UpdateAsync(LeaderElectionRecord record, CancellationToken cancellationToken = default) => WriteAsync(record, token => _inner.UpdateAsync(record, token), cancellationToken);

    /// <summary>Lets go of the lock, if it is ours: then the next process need not wait for its end.</summary>
    public async Task<bool> ReleaseAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var held = await _inner.GetAsync(cancellationToken).ConfigureAwait(false);
        if (held.HolderIdentity != Identity)
            return false;
        // As client-go: an empty holder, not an absent one.
        var released = new LeaderElectionRecord { HolderIdentity = "", LeaseDurationSeconds = 1, AcquireTime = now.UtcDateTime, RenewTime = now.UtcDateTime, LeaderTransitions = held.LeaderTransitions };
        return await _inner.UpdateAsync(released, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> WriteAsync(LeaderElectionRecord record, Func<CancellationToken, Task<bool>> write, CancellationToken cancellationToken)
    {
        _wasOverrun = false;
        try
        {
            if (await TryAsync(Doing.Writing, write, cancellationToken).ConfigureAwait(false))
            {
                _said[(int)Doing.Writing] = null;
                Interlocked.Exchange(ref _wrote, _time.GetTimestamp());
                _sight.Saw(record);
                return true;
            }
            // Somebody else wrote: who leads has to know at once whether it still does, not at the next try.
            if (_wasOverrun && Interlocked.Read(ref _wrote) != 0)
                await GetAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (HttpOperationException)
        {
            // It was told of.
        }
        return false;
    }

    private async Task<T> TryAsync<T>(Doing what, Func<CancellationToken, Task<T>> request, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_tryTimeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await request(both.Token).ConfigureAwait(false);
        }
        catch (HttpOperationException e) when (!cancellationToken.IsCancellationRequested)
        {
            Trouble(what, e);
            throw;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            var problem = limit.IsCancellationRequested ? $"no answer within {_tryTimeout.TotalSeconds} s" : e.Message;
            Trouble(what, problem);
            using var answer = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
            throw new HttpOperationException(problem, e) { Response = new HttpResponseMessageWrapper(answer, "") };
        }
    }

    private void Trouble(Doing what, HttpOperationException e)
    {
        var refusal = ApiRefusal.Of(e);
        // No Lease yet, or another was quicker: that is how one competes.
        if (refusal.IsConflict || refusal.IsAlreadyExists)
            _wasOverrun = true;
        else if (what == Doing.Writing || !refusal.IsNotFound)
            Trouble(what, refusal.Message.Length > 0 ? refusal.Message : $"the API server answered {(int)refusal.Code}");
    }

    private void Trouble(Doing what, string problem)
    {
        _sight.Failed(problem);
        // Every two seconds the same: once is enough.
        if (Interlocked.Exchange(ref _said[(int)what], problem) != problem)
            LeaderGateLog.Trouble(_log, Describe(), problem);
    }
}
