using System.Buffers.Binary;
using FedOperator.Core.Storage;
using Microsoft.Win32.SafeHandles;

namespace FedOperator.Core.Tensors;

/// <summary>Reads a safetensors file by range: the header at opening, then whatever part of whatever tensor is asked for.</summary>
/// <remarks>A file that is malformed is refused at opening, before anything of the sizes that it claims is allocated.</remarks>
public sealed class SafetensorsReader : IDisposable
{
    /// <summary>Longest header that is accepted by default, in bytes; the reference implementation's limit.</summary>
    public const int MaximumHeaderLength = 100_000_000;

    private readonly Func<long, Memory<byte>, CancellationToken, Task> _read;
    private readonly SafeFileHandle? _handle;
    private readonly Dictionary<string, SafetensorsEntry> _byName;

    private SafetensorsReader(string file, long length, SafetensorsHeader header, Func<long, Memory<byte>, CancellationToken, Task> read, SafeFileHandle? handle)
    {
        File = file;
        Length = length;
        Entries = header.Entries;
        Metadata = header.Metadata;
        DataStart = header.DataStart;
        _read = read;
        _handle = handle;
        _byName = Entries.ToDictionary(e => e.Name, StringComparer.Ordinal);
    }

    /// <summary>The file or blob, for messages.</summary>
    public string File { get; }

    /// <summary>Bytes of the whole file.</summary>
    public long Length { get; }

    /// <summary>First byte of the first tensor, from the start of the file.</summary>
    public long DataStart { get; }

    /// <summary>The tensors, in the order of their data.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>`__metadata__`; empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensor of that name.</summary>
    /// <exception cref="SafetensorsException">There is none.</exception>
    public SafetensorsEntry this[string name] => Find(name) ?? throw new SafetensorsException(File, name, "is not in the file");

    /// <summary>Opens a blob. Every later read is of the same version (If-Match).</summary>
    /// <param name="store">Where it lies.</param>
    /// <param name="name">The blob.</param>
    /// <param name="eTag">The version to open; null: whichever is there now.</param>
    /// <param name="maximumHeaderLength">Longest header accepted, in bytes.</param>
    /// <param name="cancellationToken">Cancels the reads.</param>
    /// <exception cref="SafetensorsException">Malformed.</exception>
    /// <exception cref="BlobStoreException">Absent, changed, or unreadable.</exception>
    public static async Task<SafetensorsReader> OpenAsync(
        IBlobStore store, string name, string? eTag = null, int maximumHeaderLength = MaximumHeaderLength, CancellationToken cancellationToken = default)
    {
        var file = $"{store.Name}/{name}";
        var blob = await store.StatAsync(name, cancellationToken) ?? throw new BlobStoreException(BlobFault.Missing, $"{file}: no such blob");
        if (eTag is not null && eTag != blob.ETag)
            throw new BlobStoreException(BlobFault.Changed, $"{file}: no longer the version that was asked for");
        Task Read(long offset, Memory<byte> destination, CancellationToken token) => store.ReadRangeAsync(name, offset, destination, blob.ETag, token);
        var header = await ReadHeaderAsync(file, blob.Length, maximumHeaderLength, Read, cancellationToken);
        return new SafetensorsReader(file, blob.Length, header, Read, null);
    }

    /// <summary>Opens a local file; it stays open until the reader is disposed.</summary>
    /// <exception cref="SafetensorsException">Malformed.</exception>
    /// <exception cref="IOException">Absent or unreadable.</exception>
    public static async Task<SafetensorsReader> OpenFileAsync(string path, int maximumHeaderLength = MaximumHeaderLength, CancellationToken cancellationToken = default)
    {
        var handle = System.IO.File.OpenHandle(path);
        try
        {
            var length = RandomAccess.GetLength(handle);
            Task Read(long offset, Memory<byte> destination, CancellationToken token) => ReadHandle(path, handle, offset, destination.Span);
            var header = await ReadHeaderAsync(path, length, maximumHeaderLength, Read, cancellationToken);
            return new SafetensorsReader(path, length, header, Read, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>The tensor of that name, or null.</summary>
    public SafetensorsEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Fills <paramref name="destination"/> with the bytes of a tensor from <paramref name="offset"/> (in bytes, from the tensor's start) on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range reaches out of the tensor.</exception>
    /// <exception cref="BlobStoreException">The blob changed, or is unreadable.</exception>
    public Task ReadAsync(SafetensorsEntry entry, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (offset < 0 || offset > entry.Length - destination.Length)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"{destination.Length} bytes from there do not lie in '{entry.Name}' of {entry.Length} bytes");
        return destination.IsEmpty ? Task.CompletedTask : _read(entry.Offset + offset, destination, cancellationToken);
    }

    /// <summary>Reads a whole tensor. For small ones: at most 2^31 - 57 bytes.</summary>
    public async Task<byte[]> ReadAllAsync(SafetensorsEntry entry, CancellationToken cancellationToken)
    {
        var data = new byte[entry.Length];
        await ReadAsync(entry, 0, data, cancellationToken);
        return data;
    }

    /// <summary>Closes the local file, if it is one.</summary>
    public void Dispose() => _handle?.Dispose();

    private static async Task<SafetensorsHeader> ReadHeaderAsync(
        string file, long length, int maximum, Func<long, Memory<byte>, CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        if (length < SafetensorsHeader.Prefix)
            throw new SafetensorsException(file, $"truncated: {length} bytes, and the header's length alone takes 8");
        var prefix = new byte[SafetensorsHeader.Prefix];
        await read(0, prefix, cancellationToken);
        var headerLength = SafetensorsHeader.CheckLength(file, BinaryPrimitives.ReadUInt64LittleEndian(prefix), length, maximum);
        var json = new byte[headerLength];
        await read(SafetensorsHeader.Prefix, json, cancellationToken);
        return SafetensorsHeader.Parse(file, json, length);
    }

    private static Task ReadHandle(string path, SafeFileHandle handle, long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var read = RandomAccess.Read(handle, destination, offset);
            if (read == 0)
                throw new SafetensorsException(path, $"became shorter while it was read: nothing at byte {offset}");
            destination = destination[read..];
            offset += read;
        }
        return Task.CompletedTask;
    }
}
