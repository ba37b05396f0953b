using FedOperator.Core.Storage;

namespace FedOperator.Bench;

/// <summary>A store that reads, and forgets what is written: the disk's speed at writing the one checkpoint is not what is measured. (The hash of the checkpoint is still computed.)</summary>
internal sealed class Discarding(IBlobStore inner) : ForwardingBlobStore(inner)
{
    public override Task<string?> CreateAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => Task.FromResult<string?>("discarded");

    public override Task<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, string? ifMatch, CancellationToken cancellationToken) => Task.FromResult<string?>("discarded");

    public override Task<IBlobDraft> DraftAsync(CancellationToken cancellationToken) => Task.FromResult<IBlobDraft>(new Draft());

    public override Task DeleteAsync(string name, CancellationToken cancellationToken) => Task.CompletedTask;

    private sealed class Draft : IBlobDraft
    {
        public Stream Content => Stream.Null;

        public Task<string?> CommitAsync(string name, CancellationToken cancellationToken) => Task.FromResult<string?>("discarded");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
