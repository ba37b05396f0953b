using FedOperator.Core.Storage;

namespace FedOperator.Bench;

/// <summary>A store that reads, and forgets what is written: the disk's speed at writing the one checkpoint is not what is measured. (The hash of the checkpoint is still computed.)</summary>
internal sealed class Discarding(IBlobStore inner) : IBlobStore
{
    public string Name => inner.Name;

    public Task<BlobProperties?> StatAsync(string name, CancellationToken cancellationToken) => inner.StatAsync(name, cancellationToken);

    public Task<BlobRead> ReadAsync(string name, long maximumLength, string? ifNoneMatch, CancellationToken cancellationToken) =>
        inner.ReadAsync(name, maximumLength, ifNoneMatch, cancellationToken);

    public Task ReadRangeAsync(string name, long offset, Memory<byte> destination, string? ifMatch, CancellationToken cancellationToken) =>
        inner.ReadRangeAsync(name, offset, destination, ifMatch, cancellationToken);

    public Task<string?> CreateAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => Task.FromResult<string?>("discarded");

    public Task<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, string? ifMatch, CancellationToken cancellationToken) => Task.FromResult<string?>("discarded");

    public Task<IBlobDraft> DraftAsync(CancellationToken cancellationToken) => Task.FromResult<IBlobDraft>(new Draft());

    public IAsyncEnumerable<BlobItem> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);

    public Task DeleteAsync(string name, CancellationToken cancellationToken) => Task.CompletedTask;

    private sealed class Draft : IBlobDraft
    {
        public Stream Content => Stream.Null;

        public Task<string?> CommitAsync(string name, CancellationToken cancellationToken) => Task.FromResult<string?>("discarded");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
