using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;

namespace FedOperator.Trainer.Rounds.Exact;

/// <summary>Deletes what clients exchanged within steps, once their round has closed: the reports and attempts stay, as every document.</summary>
/// <remarks>In the background of the next round: these are many small blobs. What a crash or a client that was stopped for long leaves behind goes at the job's end.</remarks>
internal sealed class ExchangeRetention(JobContext job)
{
    private const int DeletionsAtATime = 4;

    private Task _deleting = Task.CompletedTask;

    /// <summary>Begins with a closed round; the one before is done first.</summary>
    public async Task ClosedAsync(RoundKey round, CancellationToken cancellationToken)
    {
        await _deleting.ConfigureAwait(false);
        _deleting = Task.Run(() => DeleteAsync(LedgerPaths.Attempts(round), before: null, cancellationToken), cancellationToken);
    }

    /// <summary>At the job's end: finishes, and deletes what is left of any round.</summary>
    /// <param name="last">The job's last round.</param>
    /// <param name="cancellationToken">Stops between deletions.</param>
    public async Task SweepAsync(RoundKey last, CancellationToken cancellationToken)
    {
        await _deleting.ConfigureAwait(false);
        if (job.Plan.Normalization is not { Layer: NormalizationLayer.Batch, Training: NormalizationTraining.Exact })
            return;
        // The job may have grown, and another aggregator gone on with it: its round is not this one's to sweep.
        var next = new RoundKey(last.Number + 1, RoundKind.Train).Folder;
        await DeleteAsync(LedgerPaths.Rounds, next, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes the exchanges whose names begin so and, in ordinal order, come before another.</summary>
    private async Task DeleteAsync(string prefix, string? before, CancellationToken cancellationToken)
    {
        var spent = new List<(IBlobStore Store, string Name)>();
        foreach (var store in job.Plan.Clients.Select(c => job.Ledger.Exchange(c.Name)).Prepend(job.Ledger.Global))
        {
            await foreach (var blob in store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            {
                if (LedgerPaths.IsExchange(blob.Name) && (before is null || string.CompareOrdinal(blob.Name, before) < 0))
                    spent.Add((store, blob.Name));
            }
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = DeletionsAtATime, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(spent, options, async (blob, token) => await blob.Store.DeleteAsync(blob.Name, token).ConfigureAwait(false)).ConfigureAwait(false);
    }
}
