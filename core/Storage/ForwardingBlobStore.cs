namespace FedOperator.Core.Storage;

/// <summary>A container that behaves like another one, but for what is overridden.</summary>
/// <param name="inner">The other one.</param>
public abstract class ForwardingBlobStore(IBlobStore inner) : IBlobStore
{
    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public virtual Task<BlobProperties?> StatAsync(string name, CancellationToken cancellationToken) => inner.StatAsync(name, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<BlobRead> ReadAsync(string name, long maximumLength, string? ifNoneMatch, CancellationToken cancellationToken) =>
        inner.ReadAsync(name, maximumLength, ifNoneMatch, cancellationToken);

    /// <inheritdoc/>
    public virtual Task ReadRangeAsync(string name, long offset, Memory<byte> destination, string? ifMatch, CancellationToken cancellationToken) =>
        inner.ReadRangeAsync(name, offset, destination, ifMatch, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<string?> CreateAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => inner.CreateAsync(name, content, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, string? ifMatch, CancellationToken cancellationToken) =>
        inner.WriteAsync(name, content, ifMatch, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<IBlobDraft> DraftAsync(CancellationToken cancellationToken) => inner.DraftAsync(cancellationToken);

    /// <inheritdoc/>
    public virtual IAsyncEnumerable<BlobItem> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);

    /// <inheritdoc/>
    public virtual Task DeleteAsync(string name, CancellationToken cancellationToken) => inner.DeleteAsync(name, cancellationToken);
}
