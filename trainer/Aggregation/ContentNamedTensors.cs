using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Core.Tensors;

namespace FedOperator.Trainer.Aggregation;

/// <summary>A safetensors blob that is named by its own SHA-256, written front to back.</summary>
internal sealed class ContentNamedTensors : IAsyncDisposable
{
    private readonly IBlobDraft _draft;
    private readonly Sha256Stream _hash;
    private readonly SafetensorsWriter _writer;

    private ContentNamedTensors(IBlobDraft draft, Sha256Stream hash, SafetensorsWriter writer) => (_draft, _hash, _writer) = (draft, hash, writer);

    public static async Task<ContentNamedTensors> StartAsync(
        IBlobStore store, IReadOnlyList<TensorHeader> tensors, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var draft = await store.DraftAsync(cancellationToken);
        var hash = new Sha256Stream(draft.Content);
        return new ContentNamedTensors(draft, hash, await SafetensorsWriter.StartAsync(hash, tensors, metadata, cancellationToken));
    }

    public ValueTask WriteAsync(string tensor, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => _writer.WriteAsync(tensor, data, cancellationToken);

    /// <summary>Makes it durable as PREFIX-SHA256.safetensors.</summary>
    public async Task<BlobReference> CommitAsync(string prefix)
    {
        // a commit is not broken off half-way; the name holds the content's hash, so a blob that is there already is this one
        await _writer.CompleteAsync(CancellationToken.None);
        var sha256 = _hash.Hex;
        var name = $"{prefix}-{sha256}.safetensors";
        await _draft.CommitAsync(name, CancellationToken.None);
        return new BlobReference(name, sha256, _hash.Length);
    }

    public async ValueTask DisposeAsync()
    {
        await _draft.DisposeAsync();
        await _hash.DisposeAsync();
    }
}
