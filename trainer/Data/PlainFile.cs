using Microsoft.Win32.SafeHandles;

namespace FedOperator.Trainer.Data;

/// <summary>A file that is read by position, and no more of it than is asked for.</summary>
internal sealed class PlainFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    /// <summary>Opens it.</summary>
    /// <exception cref="IOException">Absent or unreadable.</exception>
    public PlainFile(string path)
    {
        Path = path;
        _handle = File.OpenHandle(path);
        Length = RandomAccess.GetLength(_handle);
    }

    /// <summary>Where it lies.</summary>
    public string Path { get; }

    /// <summary>Its bytes when it was opened.</summary>
    public long Length { get; }

    /// <summary>Fills <paramref name="bytes"/> from <paramref name="offset"/> on.</summary>
    /// <exception cref="InvalidDataException">The file ends before.</exception>
    public void Read(long offset, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var read = RandomAccess.Read(_handle, bytes, offset);
            if (read == 0)
                throw new InvalidDataException($"{Path}: became shorter while it was read: nothing at byte {offset}");
            bytes = bytes[read..];
            offset += read;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
