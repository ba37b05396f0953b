using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;

namespace FedOperator.Trainer.Rounds;

/// <summary>Where a job stands, read from the ledger alone.</summary>
/// <param name="Closed">The newest round that closed; null before the first.</param>
/// <param name="Next">The round to work on; null where the job has ended.</param>
internal sealed record Position(Stored<ClosedDocument>? Closed, RoundKey? Next)
{
    /// <summary>Why the job failed, if it did.</summary>
    public Failure? Failure => Closed?.Document.Failure;

    /// <summary>Follows the closed rounds to the newest one.</summary>
    /// <param name="global">The job's global container.</param>
    /// <param name="first">The job's first round.</param>
    /// <param name="cancellationToken">Cancels the reads.</param>
    public static async Task<Position> FindAsync(IBlobStore global, RoundKey first, CancellationToken cancellationToken)
    {
        var position = new Position(null, first);
        // progress.json may be old, never wrong about what has closed: a place to start walking from.
        var hint = await HintAsync(global, cancellationToken).ConfigureAwait(false);
        if (hint?.Closed is { } closed && await ReadClosedAsync(global, closed, cancellationToken).ConfigureAwait(false) is { } known)
            position = await AfterAsync(global, known, cancellationToken).ConfigureAwait(false);
        while (position.Next is { } next && await ReadClosedAsync(global, next, cancellationToken).ConfigureAwait(false) is { } later)
            position = await AfterAsync(global, later, cancellationToken).ConfigureAwait(false);
        return position;
    }

    /// <summary>The position after a round closed: a job that had ended goes on where control.json names more rounds.</summary>
    public static async Task<Position> AfterAsync(IBlobStore global, Stored<ClosedDocument> closed, CancellationToken cancellationToken)
    {
        var document = closed.Document;
        if (document.Next is not null || document.Failure is not null)
            return new Position(closed, document.Next);
        var target = (await ReadControlAsync(global, cancellationToken).ConfigureAwait(false)).Rounds ?? 0;
        return new Position(closed, document.Round.Number < target ? new RoundKey(document.Round.Number + 1, RoundKind.Train) : null);
    }

    /// <summary>The operator's hints; an empty document where there is none.</summary>
    /// <exception cref="JobEndedException">They say that the job has ended.</exception>
    public static async Task<ControlDocument> ReadControlAsync(IBlobStore global, CancellationToken cancellationToken)
    {
        var control = (await global.ReadDocumentAsync(LedgerPaths.Control, LedgerJson.Default.ControlDocument, cancellationToken).ConfigureAwait(false))?.Document ?? new ControlDocument();
        return control.Ended is { } ended ? throw new JobEndedException(ended) : control;
    }

    private static async Task<ProgressDocument?> HintAsync(IBlobStore global, CancellationToken cancellationToken)
    {
        try
        {
            return (await global.ReadDocumentAsync(LedgerPaths.Progress, LedgerJson.Default.ProgressDocument, cancellationToken).ConfigureAwait(false))?.Document;
        }
        catch (LedgerException)
        {
            return null;
        }
    }

    private static Task<Stored<ClosedDocument>?> ReadClosedAsync(IBlobStore global, RoundKey round, CancellationToken cancellationToken) =>
        global.ReadDocumentAsync(LedgerPaths.Closed(round), LedgerJson.Default.ClosedDocument, cancellationToken);
}
