using System.Collections.Concurrent;
using FedOperator.Core.Storage;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Ledgers;

/// <summary>Which storages do not answer. While one does not, a single caller tries it at a time, and the others are told at once: a dead account holds up one worker, not all.</summary>
internal sealed class StorageOutages(TimeProvider time)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_forgotten = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, Outage> _outages = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Calls a storage, for so long at most.</summary>
    /// <exception cref="LedgerAccessException">It gave no answer in time, or is known to give none.</exception>
    public async Task<T> RunAsync<T>(string place, TimeSpan limit, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
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
            _outages.TryRemove(place, out _);
            return result;
        }
        catch (OperationCanceledException) when (limited.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var trouble = LedgerTroubles.Silent(place, limit);
            Note(place, trouble, calling);
            throw new LedgerAccessException(trouble);
        }
        catch (BlobStoreException e) when (e.Fault == BlobFault.Unavailable)
        {
            Note(place, new LedgerTrouble(LedgerTroubles.StorageUnavailable, $"{place}: {e.Message}."), calling);
            throw;
        }
        catch (OperationCanceledException)
        {
            outage?.GiveUp();
            throw;
        }
        catch
        {
            // It answered, if not as hoped.
            _outages.TryRemove(place, out _);
            throw;
        }
    }

    private void Note(string place, LedgerTrouble trouble, Task calling)
    {
        var now = time.GetUtcNow();
        foreach (var (old, _) in _outages.Where(o => o.Value.NextTry + s_forgotten < now))
            _outages.TryRemove(old, out _);
        _outages[place] = new Outage(trouble, now + s_pause, calling);
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
