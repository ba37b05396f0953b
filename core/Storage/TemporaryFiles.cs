using System.Globalization;
using System.Runtime.InteropServices;

namespace FedOperator.Core.Storage;

/// <summary>The hidden folder of a <see cref="FileBlobStore"/>: files being written, and the lock of those who replace blobs.</summary>
internal sealed class TemporaryFiles
{
    private const string LockName = "lock";
    private static long s_serial;
    private readonly string _container;
    private readonly string _folder;
    private readonly FileRights _rights;
    private readonly string _prefix = Path.DirectorySeparatorChar + Convert.ToHexStringLower(Guid.NewGuid().ToByteArray().AsSpan(0, 8)) + "-";

    public TemporaryFiles(string container, string folder, FileRights rights)
    {
        (_container, _folder, _rights) = (container, folder, rights);
        try
        {
            CreateFolder();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BlobStoreException(fault is IOException ? BlobFault.Unavailable : BlobFault.Denied, $"{container}: {fault.Message}", fault);
        }
    }

    /// <summary>A new file with that content, locked by this process.</summary>
    public TemporaryFile Create(ReadOnlySpan<byte> content)
    {
        while (true)
        {
            var path = string.Concat(_folder, _prefix, Interlocked.Increment(ref s_serial).ToString(CultureInfo.InvariantCulture));
            var fd = LibC.Open(path, LibC.O_WRONLY | LibC.O_CREAT | LibC.O_EXCL | LibC.O_CLOEXEC, _rights.OfFiles());
            if (fd < 0 && LibC.Error == LibC.ENOENT)
            {
                // the container was deleted under us, and is made anew
                CreateFolder();
                continue;
            }
            if (fd < 0)
                throw Failed(_container, ".tmp", "create a file in");
            _ = LibC.Flock(fd, LibC.LOCK_EX);
            if (!LibC.Write(fd, content))
            {
                var fault = Failed(_container, ".tmp", "write to");
                _ = LibC.Unlink(path);
                _ = LibC.Close(fd);
                throw fault;
            }
            // a sweeper may have come between open and lock
            if (LibC.Stat(fd, out var status) && status.Links > 0)
                return new TemporaryFile(_container, path, fd);
            _ = LibC.Close(fd);
        }
    }

    private string[] Files()
    {
        try
        {
            return Directory.GetFiles(_folder);
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new BlobStoreException(BlobFault.Denied, $"{_container}: {fault.Message}", fault);
        }
    }

    private void CreateFolder()
    {
        // The system calls of this store are Unix's in any case.
        if (OperatingSystem.IsWindows())
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(_folder)!, (UnixFileMode)_rights.OfFolders());
        Directory.CreateDirectory(_folder, (UnixFileMode)_rights.OfFolders());
    }

    /// <summary>Removes the files of processes that are no more: those whose lock is free.</summary>
    /// <exception cref="BlobStoreException">The folder cannot be read: it is another user's.</exception>
    public void Sweep()
    {
        foreach (var path in Files())
        {
            if (Path.GetFileName(path) == LockName)
                continue;
            var fd = LibC.Open(path, LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
            if (fd < 0)
                continue;
            if (LibC.Flock(fd, LibC.LOCK_EX | LibC.LOCK_NB) == 0)
                _ = LibC.Unlink(path);
            _ = LibC.Close(fd);
        }
    }

    /// <summary>The container's lock, for the instant between looking at a blob's ETag and replacing it.</summary>
    /// <exception cref="BlobStoreException">Somebody (a stopped process?) holds it for longer than the timeout.</exception>
    public async ValueTask<IDisposable> LockAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var path = Path.Join(_folder, LockName);
        var fd = LibC.Open(path, LibC.O_RDONLY | LibC.O_CREAT | LibC.O_CLOEXEC, _rights.OfFiles());
        if (fd < 0)
            throw Failed(_container, ".tmp/lock", "open");
        var held = new Held(fd);
        for (var waited = TimeSpan.Zero; LibC.Flock(fd, LibC.LOCK_EX | LibC.LOCK_NB) != 0; waited += TimeSpan.FromMilliseconds(1))
        {
            if (LibC.Error is not (LibC.EWOULDBLOCK or LibC.EINTR) || waited > timeout)
            {
                held.Dispose();
                throw new BlobStoreException(BlobFault.Unavailable, $"{_container}: another process has held the container's lock for {timeout.TotalSeconds:0} s");
            }
            try
            {
                await Task.Delay(1, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                held.Dispose();
                throw;
            }
        }
        return held;
    }

    /// <summary>The last system call's error as an exception.</summary>
    public static BlobStoreException Failed(string container, string name, string call)
    {
        var error = LibC.Error;
        var fault = error switch
        {
            LibC.EACCES or LibC.EPERM or LibC.EROFS => BlobFault.Denied,
            LibC.ENOENT => BlobFault.Missing,
            LibC.ENOTDIR or LibC.EISDIR or LibC.ENAMETOOLONG => BlobFault.BadName,
            _ => BlobFault.Unavailable,
        };
        return new BlobStoreException(fault, $"{container}/{name}: cannot {call} it: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    private sealed class Held(int fd) : IDisposable
    {
        // closing the only descriptor of this open file releases the lock
        public void Dispose() => _ = LibC.Close(fd);
    }
}
