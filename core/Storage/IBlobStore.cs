namespace FedOperator.Core.Storage;

/// <summary>One container of blobs. The only seam between FedOperator and where its ledger lies.</summary>
/// <remarks>
/// Names are relative, `/`-separated, and never start with a slash. An ETag is opaque and changes whenever a blob's content is replaced.
/// Every method throws <see cref="BlobStoreException"/> when the store fails for good, after the retries of the implementation.
/// </remarks>
public interface IBlobStore
{
    /// <summary>The container's name, for messages: never a credential in it.</summary>
    string Name { get; }

    /// <summary>Length and ETag of a blob, or null where there is none.</summary>
    Task<BlobProperties?> StatAsync(string name, CancellationToken cancellationToken);

    /// <summary>Reads a small blob whole.</summary>
    /// <param name="name">The blob.</param>
    /// <param name="maximumLength">In bytes: a longer blob is not read, and throws.</param>
    /// <param name="ifNoneMatch">An ETag: a blob that still has it is not read, and the status is <see cref="BlobReadStatus.NotModified"/>.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task<BlobRead> ReadAsync(string name, long maximumLength, string? ifNoneMatch, CancellationToken cancellationToken);

    /// <summary>Fills <paramref name="destination"/> with the bytes of the blob from <paramref name="offset"/> on.</summary>
    /// <param name="name">The blob.</param>
    /// <param name="offset">First byte to read.</param>
    /// <param name="destination">Filled whole; a blob that is too short throws.</param>
    /// <param name="ifMatch">An ETag: a blob that no longer has it throws.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task ReadRangeAsync(string name, long offset, Memory<byte> destination, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>Creates a blob if the name is free: durable, and visible whole or not at all.</summary>
    /// <returns>The new blob's ETag, or null where a blob of that name exists.</returns>
    Task<string?> CreateAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Creates or replaces a blob: durable, and visible whole or not at all.</summary>
    /// <param name="name">The blob.</param>
    /// <param name="content">Its new content.</param>
    /// <param name="ifMatch">An ETag: a blob that no longer has it (or is gone) is left alone, and null is returned.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    /// <returns>The new ETag; null where <paramref name="ifMatch"/> no longer held.</returns>
    Task<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>Begins a large blob whose name is known only when its content is (content-named blobs).</summary>
    Task<IBlobDraft> DraftAsync(CancellationToken cancellationToken);

    /// <summary>The blobs whose names start with <paramref name="prefix"/>, in ordinal order of their names.</summary>
    IAsyncEnumerable<BlobItem> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Deletes a blob; one that is not there is no error.</summary>
    Task DeleteAsync(string name, CancellationToken cancellationToken);
}

/// <summary>A large blob being written. Disposing it without a commit leaves nothing behind.</summary>
public interface IBlobDraft : IAsyncDisposable
{
    /// <summary>Where the content goes, front to back.</summary>
    Stream Content { get; }

    /// <summary>Makes what was written a durable blob of that name, if the name is free.</summary>
    /// <returns>The new blob's ETag, or null where a blob of that name exists.</returns>
    Task<string?> CommitAsync(string name, CancellationToken cancellationToken);
}

/// <summary>What a blob is, without its content.</summary>
/// <param name="Length">In bytes.</param>
/// <param name="ETag">Changes with the content.</param>
public sealed record BlobProperties(long Length, string ETag);

/// <summary>A row of a listing.</summary>
/// <param name="Name">The blob's whole name.</param>
/// <param name="Length">In bytes.</param>
public sealed record BlobItem(string Name, long Length);

/// <summary>How a conditional read ended.</summary>
public enum BlobReadStatus
{
    /// <summary>The content was read.</summary>
    Found,

    /// <summary>The blob still has the ETag that the caller knows.</summary>
    NotModified,

    /// <summary>There is no such blob.</summary>
    Absent,
}

/// <summary>The outcome of <see cref="IBlobStore.ReadAsync"/>.</summary>
/// <param name="Status">Whether there is content.</param>
/// <param name="Content">Empty unless <see cref="BlobReadStatus.Found"/>.</param>
/// <param name="ETag">Null where absent.</param>
public readonly record struct BlobRead(BlobReadStatus Status, ReadOnlyMemory<byte> Content, string? ETag);
