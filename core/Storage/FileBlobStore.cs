using System.Runtime.InteropServices;

namespace FedOperator.Core.Storage;

/// <summary>A folder as a container. Several processes, and machines that share a file system with link(2) and flock(2), may use it at once.</summary>
/// <remarks>
/// A blob is written to a file in the hidden folder `.tmp`, synced, and then linked (create) or renamed (replace) to its name; the folder is synced after it.
/// A process holds a lock on its temporary files, so what a killed one left behind is told apart, and swept by the next that opens the container.
/// Calls are synchronous underneath: on a local file system that is several times cheaper than a detour through the thread pool.
/// </remarks>
public sealed class FileBlobStore : IBlobStore
{
    private static readonly TimeSpan s_lockTimeout = TimeSpan.FromSeconds(10);
    private readonly RecentlyRead _recent = new();
    private readonly TemporaryFiles _temporary;
    private readonly FileRights _rights;

    /// <summary>Opens (and creates, where it is missing) the container's folder.</summary>
    /// <param name="folder">The container; its last segment is its name.</param>
    /// <param name="rights">Who may read what is created in it. Default: whom the umask lets.</param>
    /// <exception cref="BlobStoreException">The folder cannot be created.</exception>
    public FileBlobStore(string folder, FileRights rights = FileRights.Umask)
    {
        Folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        Name = Path.GetFileName(Folder);
        _rights = rights;
        _temporary = new TemporaryFiles(Name, Path.Join(Folder, ".tmp"), rights);
        _temporary.Sweep();
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The folder's absolute path.</summary>
    public string Folder { get; }

    /// <inheritdoc/>
    public Task<BlobProperties?> StatAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Stat(name, PathOf(name)) is { } status ? new BlobProperties(status.Length, ETagOf(status)) : null);
    }

    /// <inheritdoc/>
    public Task<BlobRead> ReadAsync(string name, long maximumLength, string? ifNoneMatch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(name);
        if (ifNoneMatch is not null && Stat(name, path) is { } known && ETagOf(known) == ifNoneMatch)
            return Task.FromResult(new BlobRead(BlobReadStatus.NotModified, default, ifNoneMatch));
        var fd = OpenForReading(name, path);
        if (fd < 0)
            return Task.FromResult(new BlobRead(BlobReadStatus.Absent, default, null));
        try
        {
            var status = Stat(name, fd);
            if (status.Length > maximumLength)
                throw new BlobStoreException(BlobFault.TooLong, $"{Name}/{name}: {status.Length} bytes, at most {maximumLength} are accepted");
            var content = new byte[status.Length];
            ReadWhole(name, fd, 0, content);
            return Task.FromResult(new BlobRead(BlobReadStatus.Found, content, ETagOf(status)));
        }
        finally
        {
            _ = LibC.Close(fd);
        }
    }

    /// <inheritdoc/>
    public Task ReadRangeAsync(string name, long offset, Memory<byte> destination, string? ifMatch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var path = PathOf(name);
        if (ifMatch is not null && _recent.TryRead(name, ifMatch, offset, destination.Span))
            return Task.CompletedTask;
        var fd = OpenForReading(name, path);
        if (fd < 0)
            throw new BlobStoreException(BlobFault.Missing, $"{Name}/{name}: no such blob");
        var keep = false;
        try
        {
            if (ifMatch is not null && ETagOf(Stat(name, fd)) != ifMatch)
                throw new BlobStoreException(BlobFault.Changed, $"{Name}/{name}: no longer the version that was asked for");
            ReadWhole(name, fd, offset, destination.Span);
            keep = ifMatch is not null;
            return Task.CompletedTask;
        }
        finally
        {
            if (keep)
                _recent.Keep(name, ifMatch!, fd);
            else
                _ = LibC.Close(fd);
        }
    }

    /// <inheritdoc/>
    public async Task<string?> CreateAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        PathOf(name);
        await using var file = _temporary.Create(content.Span);
        return Link(name, file);
    }

    /// <inheritdoc/>
    public async Task<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, string? ifMatch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(name);
        await using var file = _temporary.Create(content.Span);
        var eTag = file.Seal();
        var created = EnsureFolder(path);
        // Only a condition needs the lock: who replaces or deletes without one must not wait for a process that was stopped with the lock in its hand.
        using (ifMatch is null ? null : await _temporary.LockAsync(s_lockTimeout, cancellationToken))
        {
            if (ifMatch is not null && (Stat(name, path) is not { } now || ETagOf(now) != ifMatch))
                return null;
            if (LibC.Rename(file.Path, path) != 0)
                throw Failed(name, "rename");
        }
        SyncFolders(path, created);
        return eTag;
    }

    /// <inheritdoc/>
    public Task<IBlobDraft> DraftAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<IBlobDraft>(new FileBlobDraft(this, _temporary.Create([])));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobItem> ListAsync(string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        BlobNames.CheckPrefix(Name, prefix);
        await Task.CompletedTask;
        foreach (var item in FolderListing.Under(Folder, prefix))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return item;
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(name);
        if (Stat(name, path) is null)
            return Task.CompletedTask;
        if (LibC.Unlink(path) != 0 && LibC.Error != LibC.ENOENT)
            throw Failed(name, "delete");
        SyncFolder(Path.GetDirectoryName(path)!);
        return Task.CompletedTask;
    }

    /// <summary>Gives a sealed temporary file its name, if that is free.</summary>
    internal string? Link(string name, TemporaryFile file)
    {
        var path = PathOf(name);
        var eTag = file.Seal();
        var linked = LibC.Link(file.Path, path) == 0;
        var created = 0;
        if (!linked && LibC.Error == LibC.ENOENT)
        {
            created = EnsureFolder(path);
            linked = LibC.Link(file.Path, path) == 0;
        }
        if (!linked)
            return LibC.Error == LibC.EEXIST ? null : throw Failed(name, "link");
        SyncFolders(path, created);
        return eTag;
    }

    private static string ETagOf(in LibC.Status status) => TemporaryFile.ETagOf(status);

    private string PathOf(string name)
    {
        BlobNames.Check(Name, name);
        return string.Concat(Folder, "/", name);
    }

    private LibC.Status? Stat(string name, string path)
    {
        if (LibC.Stat(path, out var status))
            return status.IsFolder ? null : status;
        return LibC.Error is LibC.ENOENT or LibC.ENOTDIR ? null : throw Failed(name, "stat");
    }

    private LibC.Status Stat(string name, int fd) => LibC.Stat(fd, out var status) ? status : throw Failed(name, "stat");

    private int OpenForReading(string name, string path)
    {
        int fd;
        do
            fd = LibC.Open(path, LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
        while (fd < 0 && LibC.Error == LibC.EINTR);
        return fd >= 0 || LibC.Error is LibC.ENOENT or LibC.ENOTDIR ? fd : throw Failed(name, "open");
    }

    private void ReadWhole(string name, int fd, long offset, Span<byte> destination)
    {
        var read = LibC.Read(fd, destination, offset);
        if (read < 0)
            throw LibC.Error == LibC.EISDIR ? new BlobStoreException(BlobFault.Missing, $"{Name}/{name}: no such blob") : Failed(name, "read");
        if (read < destination.Length)
            throw new BlobStoreException(BlobFault.Missing, $"{Name}/{name}: ends at byte {offset + read}, {offset + destination.Length} were asked for");
    }

    /// <summary>Creates the folders that a path needs.</summary>
    /// <returns>How many; they are not yet synced.</returns>
    private int EnsureFolder(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (LibC.Stat(folder, out _))
            return 0;
        var created = LibC.Error == LibC.ENOENT ? EnsureFolder(folder) : 0;
        if (LibC.Mkdir(folder, _rights.OfFolders()) != 0 && LibC.Error != LibC.EEXIST)
            throw TemporaryFiles.Failed(Name, Path.GetRelativePath(Folder, folder), "mkdir");
        return created + 1;
    }

    /// <summary>Syncs a blob's folder and the parents of those created for it: innermost first, for a journal that commits the first commits all.</summary>
    private void SyncFolders(string path, int created)
    {
        for (var folder = Path.GetDirectoryName(path)!; created >= 0; created--, folder = Path.GetDirectoryName(folder)!)
            SyncFolder(folder);
    }

    private void SyncFolder(string folder)
    {
        var fd = LibC.Open(folder, LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
        var synced = fd >= 0 && LibC.Fsync(fd) == 0;
        var error = LibC.Error;
        if (fd >= 0)
            _ = LibC.Close(fd);
        Marshal.SetLastPInvokeError(error);
        // EINVAL: a file system whose folders cannot be synced, and need not be
        if (!synced && error != LibC.EINVAL)
            throw TemporaryFiles.Failed(Name, Path.GetRelativePath(Folder, folder), "sync");
    }

    private BlobStoreException Failed(string name, string call) => TemporaryFiles.Failed(Name, name, call);
}
