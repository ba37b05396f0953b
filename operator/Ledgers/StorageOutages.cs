using System.Collections.Concurrent;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Ledgers;

/// <summary>Which storages do not answer. While one does not, a single caller tries it at a time, and the others are told at once: a dead account holds up one worker, not all.</summary>
internal sealed class StorageOutages(TimeProvider time)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_forgotten = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, Outage> _outages = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Calls a storage.</summary>
    /// <param name="storage">Which.</param>
    /// <param name="limit">For so long at most.</param>
    /// <param name="call">The call.</param>
    /// <param name="isAnswer">Whether what it returned came from the storage: only that ends an outage.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LedgerAccessException">It gave no answer, or is known to give none.</exception>
    public async Task<T> RunAsync<T>(StorageSpec storage, TimeSpan limit, Func<CancellationToken, Task<T>> call, Func<T, bool> isAnswer, CancellationToken cancellationToken)
    {
        var place = LedgerAccess.Place(storage);
        var outage = _outages.GetValueOrDefault(place);
        if (outage is not null && !outage.MayTry(time.GetUtcNow()))
            throw new LedgerAccessException(outage.Trouble);
        using var limited = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limited.Token);
        // A folder's calls are synchronous underneath, and a dead mount does not return: this worker does.
        var calling = Task.Run(() => call(both.Token), CancellationToken.None);
        try
        {
            var result = await calling.WaitAsync(both.Token).ConfigureAwait(false);
            if (isAnswer(result))
                _outages.TryRemove(place, out _);
            else
                outage?.GiveUp();
            return result;
        }
        catch (OperationCanceledException) when (limited.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Noted(place, LedgerTroubles.Silent(storage), calling);
        }
        catch (BlobStoreException e) when (e.Fault == BlobFault.Unavailable)
        {
            throw Noted(place, LedgerTroubles.Away(e, storage), calling, e);
        }
        catch (Exception e) when (e is LedgerException or InvalidDataException or BlobStoreException { Fault: not BlobFault.BadName })
        {
            // It answered, if not as hoped.
            _outages.TryRemove(place, out _);
            throw;
        }
        catch
        {
            // Cancelled; or there is no key to ask it with.
            outage?.GiveUp();
            throw;
        }
    }

    private LedgerAccessException Noted(string place, LedgerTrouble trouble, Task calling, Exception? cause = null)
    {
        var now = time.GetUtcNow();
        foreach (var (old, _) in _outages.Where(o => o.Value.NextTry + s_forgotten < now))
            _outages.TryRemove(old, out _);
        _outages[place] = new Outage(trouble, now + s_pause, calling);
        return new LedgerAccessException(trouble, cause);
    }

    private sealed class Outage(LedgerTrouble trouble, DateTimeOffset nextTry, Task last)
    {
        private int _trying;

        public LedgerTrouble Trouble => trouble;

        public DateTimeOffset NextTry => nextTry;

        public bool MayTry(DateTimeOffset now) => now >= nextTry && last.IsCompleted && Interlocked.Exchange(ref _trying, 1) == 0;

        public void GiveUp() => Volatile.Write(ref _trying, 0);
    }
}
