using Microsoft.Win32.SafeHandles;

namespace FedOperator.Core.Storage;

/// <summary>The blob that was last read by range, kept open: a reduction reads one update in hundreds of ranges, and opening costs more than reading one.</summary>
internal sealed class RecentlyRead
{
    private volatile OpenBlob? _blob;

    /// <summary>Fills the destination from the open blob; false: it is another blob or version, was replaced or deleted meanwhile, or is too short.</summary>
    public bool TryRead(string name, string eTag, long offset, Span<byte> destination)
    {
        var blob = _blob;
        if (blob is null || blob.Name != name || blob.ETag != eTag)
            return false;
        var held = false;
        try
        {
            blob.Handle.DangerousAddRef(ref held);
            var fd = (int)blob.Handle.DangerousGetHandle();
            // a file that was replaced or deleted has no name any more
            return LibC.Stat(fd, out var status) && status.Links > 0 && LibC.Read(fd, destination, offset) == destination.Length;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            if (held)
                blob.Handle.DangerousRelease();
        }
    }

    /// <summary>Keeps a blob open instead of the one before. Takes over the descriptor.</summary>
    public void Keep(string name, string eTag, int fd) =>
        Interlocked.Exchange(ref _blob, new OpenBlob(name, eTag, new SafeFileHandle(fd, ownsHandle: true)))?.Handle.Dispose();

    /// <summary>Closes the blob, if it is this one: a deleted file's space is free only then.</summary>
    public void Forget(string name)
    {
        var blob = _blob;
        if (blob?.Name == name && Interlocked.CompareExchange(ref _blob, null, blob) == blob)
            blob.Handle.Dispose();
    }

    private sealed record OpenBlob(string Name, string ETag, SafeFileHandle Handle);
}
