using System.Net;
using System.Security.Cryptography;
using k8s.Autorest;

namespace k8s.LeaderElection;

/// <summary>
/// Competes for a lock and holds it. As in the package: a fault other than an answer of the server ends the wait for the lock with that exception, and ends leadership at once;
/// after the renew deadline a renewal that hangs is left running.
/// </summary>
public class LeaderElector : IDisposable
{
    private readonly LeaderElectionConfig _config;
    private volatile LeaderElectionRecord _observed;
    private DateTimeOffset _observedAt = DateTimeOffset.MinValue;
    private string _reported;

    /// <summary>Makes one; it does nothing yet.</summary>
    public LeaderElector(LeaderElectionConfig config) => _config = config;

    /// <summary>This process leads now.</summary>
    public event Action OnStartedLeading;

    /// <summary>This process leads no longer.</summary>
    public event Action OnStoppedLeading;

    /// <summary>Another leader was seen.</summary>
    public event Action<string> OnNewLeader;

    /// <summary>A try failed.</summary>
    public event Action<Exception> OnError;

    /// <summary>Whether the record that was last seen names this process.</summary>
    public bool IsLeader() => _observed?.HolderIdentity is { } holder && holder == _config.Lock.Identity;

    /// <summary>Who led when the record was last seen.</summary>
    public string GetLeader() => _observed?.HolderIdentity;

    /// <summary>Waits for the lock, holds it, and ends when it is lost.</summary>
    public async Task RunUntilLeadershipLostAsync(CancellationToken cancellationToken = default)
    {
        await AcquireAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            OnStartedLeading?.Invoke();
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var renewal = Task.Run(() => RenewAsync(cancellationToken), CancellationToken.None);
                var deadline = Task.Delay(_config.RenewDeadline, cancellationToken);
                if (await Task.WhenAny(renewal, deadline).ConfigureAwait(false) != renewal || !await renewal.ConfigureAwait(false))
                    return;
                await Task.Delay(_config.RetryPeriod, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            OnStoppedLeading?.Invoke();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>There is nothing to end.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    private async Task<bool> RenewAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!await TryAcquireOrRenewAsync(cancellationToken).ConfigureAwait(false))
            {
                await Task.Delay(_config.RetryPeriod, cancellationToken).ConfigureAwait(false);
                ReportLeader();
            }
            return true;
        }
        catch (Exception e)
        {
            OnError?.Invoke(e);
            return false;
        }
    }

    private async Task AcquireAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var attempt = TryAcquireOrRenewAsync(cancellationToken);
                // Between 1.2 and 2.4 retry periods, so that waiting processes do not try in step.
                var patience = _config.RetryPeriod * (1.2 * (1 + (RandomNumberGenerator.GetInt32(1000) / 1000.0)));
                if (await Task.WhenAny(attempt, Task.Delay(patience, cancellationToken)).ConfigureAwait(false) != attempt)
                {
                    _ = attempt.ContinueWith(t => OnError?.Invoke(t.Exception), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                    continue;
                }
                if (await attempt.ConfigureAwait(false))
                    return;
                await Task.Delay(_config.RetryPeriod, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                ReportLeader();
            }
        }
    }

    private async Task<bool> TryAcquireOrRenewAsync(CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        var mine = new LeaderElectionRecord
        {
            HolderIdentity = _config.Lock.Identity,
            LeaseDurationSeconds = (int)_config.LeaseDuration.TotalSeconds,
            AcquireTime = now.UtcDateTime,
            RenewTime = now.UtcDateTime,
        };
        LeaderElectionRecord found = null;
        try
        {
            found = await _config.Lock.GetAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode != HttpStatusCode.NotFound)
        {
            OnError?.Invoke(e);
            return false;
        }
        catch (HttpOperationException)
        {
            // There is no lock yet.
        }

        if (found is not { AcquireTime: not null, RenewTime: not null, HolderIdentity: not null })
            return await _config.Lock.CreateAsync(mine, cancellationToken).ConfigureAwait(false) && Observe(mine);

        if (!Equals(_observed, found))
            Observe(found);
        // What counts is for how long this process has seen no renewal by its own clock: clocks of machines differ.
        var expires = _observedAt + TimeSpan.FromSeconds(found.LeaseDurationSeconds);
        if (found.HolderIdentity.Length > 0 && expires > TimeProvider.System.GetUtcNow() && !IsLeader())
            return false;

        (mine.AcquireTime, mine.LeaderTransitions) = IsLeader() ? (found.AcquireTime, found.LeaderTransitions) : (mine.AcquireTime, found.LeaderTransitions + 1);
        return await _config.Lock.UpdateAsync(mine, cancellationToken).ConfigureAwait(false) && Observe(mine);
    }

    private bool Observe(LeaderElectionRecord record)
    {
        _observed = record;
        _observedAt = TimeProvider.System.GetUtcNow();
        return true;
    }

    private void ReportLeader()
    {
        if (_observed is not { } record || record.HolderIdentity == _reported)
            return;
        _reported = record.HolderIdentity;
        OnNewLeader?.Invoke(_reported);
    }
}
