using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;

namespace FedOperator.Trainer.Rounds;

/// <summary>A client's personal state in its private container: named by content, so that an attempt never overwrites another's.</summary>
internal sealed class PersonalStates(IBlobStore store)
{
    private const long MaximumLength = 1L << 34;

    private string? _previous;
    private string? _beforePrevious;

    /// <summary>Reads the state that open.json names.</summary>
    /// <returns>Null where it names none: the client starts from the initial model.</returns>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(string? sha256, CancellationToken cancellationToken)
    {
        if (sha256 is null)
            return null;
        var name = LedgerPaths.State(sha256);
        var read = await store.ReadAsync(name, MaximumLength, ifNoneMatch: null, cancellationToken).ConfigureAwait(false);
        if (read.Status != BlobReadStatus.Found)
            throw new LedgerException($"{store.Name}/{name} is missing, and this client cannot go on without it: its newest admitted report names it. Give --state the folder that it had before, or restore what was deleted from the private container; where it is lost, start a new job (model.initialCheckpoint: from a result of this one)");
        return LedgerJson.Sha256(read.Content.Span) == sha256 ? read.Content : throw new LedgerException($"{store.Name}/{name} does not have the content that its name promises: it was changed, or is damaged. Restore it from a copy; where it is lost, start a new job (model.initialCheckpoint: from a result of this one)");
    }

    /// <summary>Writes a state.</summary>
    /// <returns>Its SHA-256.</returns>
    public async Task<string> WriteAsync(ReadOnlyMemory<byte> state, CancellationToken cancellationToken)
    {
        var sha256 = LedgerJson.Sha256(state.Span);
        await store.CreateAsync(LedgerPaths.State(sha256), state, cancellationToken).ConfigureAwait(false);
        return sha256;
    }

    /// <summary>Deletes the state that two rounds ago was still named: no later round can start from it.</summary>
    /// <remarks>Never a younger one: a stale process of this client computes the same bytes as its successor, whose report may name them.</remarks>
    public async Task NamedAsync(string? sha256, CancellationToken cancellationToken)
    {
        if (sha256 == _previous)
            return;
        if (_beforePrevious is { } old && old != sha256 && old != _previous)
            await store.DeleteAsync(LedgerPaths.State(old), cancellationToken).ConfigureAwait(false);
        (_beforePrevious, _previous) = (_previous, sha256);
    }
}
