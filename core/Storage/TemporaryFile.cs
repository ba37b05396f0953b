namespace FedOperator.Core.Storage;

/// <summary>A file being written, locked by this process. Disposing it removes its temporary name; whatever was linked or renamed stays.</summary>
internal sealed class TemporaryFile(string container, string path, int fd) : IAsyncDisposable
{
    private static long s_clock;
    private bool _closed;

    public string Path => path;

    /// <summary>How much was written, in bytes.</summary>
    public long Length => LibC.Stat(fd, out var status) ? status.Length : throw TemporaryFiles.Failed(container, ".tmp", "stat a file in");

    public static string ETagOf(in LibC.Status status) => $"{status.Inode:x}-{status.ModifiedNanoseconds:x}-{status.Length:x}";

    public void Append(ReadOnlySpan<byte> data)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (!LibC.Write(fd, data))
            throw TemporaryFiles.Failed(container, ".tmp", "write to");
    }

    /// <summary>Makes the content durable.</summary>
    /// <returns>The ETag that the file has under any name.</returns>
    public string Seal()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        // A coarse file system clock and a reused inode could repeat an ETag; a time of our own, never given twice, cannot.
        if (!LibC.Touch(fd, NextTime()) || !LibC.Stat(fd, out var status))
            throw TemporaryFiles.Failed(container, ".tmp", "set the time of");
        if (LibC.Fsync(fd) != 0)
            throw TemporaryFiles.Failed(container, ".tmp", "sync");
        return ETagOf(status);
    }

    public ValueTask DisposeAsync()
    {
        if (_closed)
            return ValueTask.CompletedTask;
        _closed = true;
        _ = LibC.Unlink(path);
        // Closing is not enough: a process that this one is just starting may still share the descriptor, and a locked file reads as "in use".
        _ = LibC.Flock(fd, LibC.LOCK_UN);
        _ = LibC.Close(fd);
        return ValueTask.CompletedTask;
    }

    private static long NextTime()
    {
        var now = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        while (true)
        {
            var last = Interlocked.Read(ref s_clock);
            var next = Math.Max(now, last + 1);
            if (Interlocked.CompareExchange(ref s_clock, next, last) == last)
                return next;
        }
    }
}
