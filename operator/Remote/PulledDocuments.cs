using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;

namespace FedOperator.Operator.Remote;

/// <summary>Copies a ledger's documents into a folder of the same layout, and checks that each round's cut is of its opening, and its close of its cut.</summary>
/// <param name="from">The job's global container.</param>
/// <param name="to">The same, as a folder.</param>
/// <param name="progress">Told how many are there.</param>
internal sealed class PulledDocuments(IBlobStore from, IBlobStore to, PullProgress progress)
{
    private const int AtOnce = 16;

    /// <summary>Copies what is new.</summary>
    /// <returns>How many documents the ledger has.</returns>
    public async Task<int> CopyAsync(CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var blob in from.ListAsync("", cancellationToken).ConfigureAwait(false))
        {
            if (blob.Name.EndsWith(".json", StringComparison.Ordinal) && blob.Length <= LedgerPaths.MaximumDocumentLength)
                names.Add(blob.Name);
        }
        var done = 0;
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (name, token) =>
        {
            await CopyAsync(name, token).ConfigureAwait(false);
            lock (names)
                progress.Part("documents", ++done, names.Count);
        }).ConfigureAwait(false);
        return names.Count;
    }

    /// <summary>Checks the rounds that were closed.</summary>
    /// <exception cref="LedgerException">A document is not the one that the next one was made from.</exception>
    public async Task CheckAsync(IReadOnlyList<ClosedDocument> rounds, CancellationToken cancellationToken)
    {
        foreach (var closed in rounds)
        {
            var cut = Check(await to.ReadDocumentAsync(LedgerPaths.Cut(closed.Round), LedgerJson.Default.CutDocument, cancellationToken).ConfigureAwait(false), LedgerPaths.Cut(closed.Round), closed.Cut, LedgerPaths.Closed(closed.Round));
            Check(await to.ReadDocumentAsync(LedgerPaths.Open(closed.Round), LedgerJson.Default.OpenDocument, cancellationToken).ConfigureAwait(false), LedgerPaths.Open(closed.Round), cut.Open, LedgerPaths.Cut(closed.Round));
        }
    }

    private T Check<T>(Stored<T>? seen, string name, string sha256, string namedBy) => seen?.Sha256 == sha256
        ? seen.Document
        : throw new LedgerException($"{to.Name}/{name} {(seen is null ? "is missing" : "has SHA-256 " + seen.Sha256)}, and {namedBy} names {sha256}: the store has lost or changed it");

    private async Task CopyAsync(string name, CancellationToken cancellationToken)
    {
        // What lies under rounds/ is written once.
        if (name.StartsWith("rounds/", StringComparison.Ordinal) && await to.StatAsync(name, cancellationToken).ConfigureAwait(false) is not null)
            return;
        var read = await from.ReadAsync(name, LedgerPaths.MaximumDocumentLength, ifNoneMatch: null, cancellationToken).ConfigureAwait(false);
        if (read.Status == BlobReadStatus.Found)
            await to.WriteAsync(name, read.Content, ifMatch: null, cancellationToken).ConfigureAwait(false);
    }
}
