using System.Buffers.Binary;
using System.IO.Compression;
using FedOperator.Core.Api;

namespace FedOperator.Trainer.Data;

/// <summary>Reads MNIST's idx files of unsigned bytes, plain or gzipped, front to back; of plain files any part.</summary>
/// <remarks>Layout: two zero bytes, the element type (8: unsigned byte), the number of dimensions, each dimension as a big-endian int32, then the elements (yann.lecun.com/exdb/mnist).</remarks>
public sealed class IdxReader : IDisposable
{
    private const byte UnsignedByte = 8;
    private const int LargestItem = 1 << 26;
    private readonly Stream _stream;

    private IdxReader(string path, Stream stream, int[] shape)
    {
        (Path, _stream, Shape) = (path, stream, shape);
    }

    /// <summary>The file that is read.</summary>
    public string Path { get; }

    /// <summary>The dimensions; the first is the number of items.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Bytes of one item.</summary>
    public int ItemLength => Shape.Skip(1).Aggregate(1, (product, size) => product * size);

    /// <summary>Opens <paramref name="name"/> or <paramref name="name"/>.gz in a folder and reads its header.</summary>
    /// <param name="folder">Where the files lie.</param>
    /// <param name="name">File name without `.gz`.</param>
    /// <param name="dimensions">The numbers of dimensions that the caller can use.</param>
    /// <exception cref="InvalidDataException">No such file, or not an idx file of that kind; the message names the file.</exception>
    public static IdxReader Open(string folder, string name, params ReadOnlySpan<int> dimensions)
    {
        var path = DataFiles.Find(DataFormat.Idx, folder, name);
        // A plain file is read item by item, at any place: a buffer would fetch what nobody asked for.
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: path.EndsWith(".gz", StringComparison.Ordinal) ? 1 << 16 : 0);
        try
        {
            Stream stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
            var shape = ReadHeader(path, stream, dimensions);
            if (ReferenceEquals(stream, file))
                CheckLength(path, file.Length, shape);
            return new IdxReader(path, stream, shape);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Fills <paramref name="item"/> with the next item's bytes.</summary>
    /// <exception cref="InvalidDataException">The file ends too early.</exception>
    public void Read(Span<byte> item) => ReadExactly(Path, _stream, item);

    /// <summary>Goes past items: in a plain file without reading them.</summary>
    /// <exception cref="InvalidDataException">The file ends too early.</exception>
    public void Skip(long items)
    {
        var bytes = items * ItemLength;
        if (_stream is FileStream)
        {
            _stream.Seek(bytes, SeekOrigin.Current);
            return;
        }
        Span<byte> scratch = stackalloc byte[4096];
        for (; bytes > 0; bytes -= Math.Min(bytes, scratch.Length))
            Read(scratch[..(int)Math.Min(bytes, scratch.Length)]);
    }

    /// <summary>Checks that nothing follows the last item.</summary>
    /// <exception cref="InvalidDataException">Something does.</exception>
    public void End()
    {
        if (_stream.ReadByte() >= 0)
            throw new InvalidDataException($"{Path}: more bytes than its header announces");
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static int[] ReadHeader(string path, Stream stream, ReadOnlySpan<int> dimensions)
    {
        Span<byte> word = stackalloc byte[4];
        ReadExactly(path, stream, word);
        if (word[0] != 0 || word[1] != 0 || word[2] != UnsignedByte || !dimensions.Contains(word[3]))
            throw new InvalidDataException($"{path}: magic 0x{Convert.ToHexString(word)}, not an idx file of unsigned bytes with {string.Join(" or ", dimensions.ToArray())} dimensions");
        var shape = new int[word[3]];
        long item = 1;
        for (var i = 0; i < shape.Length; i++)
        {
            ReadExactly(path, stream, word);
            shape[i] = BinaryPrimitives.ReadInt32BigEndian(word);
            if (shape[i] < (i == 0 ? 0 : 1) || (i > 0 && (item *= shape[i]) > LargestItem))
                throw new InvalidDataException($"{path}: dimension {i} is {shape[i]}");
        }
        return shape;
    }

    private static void CheckLength(string path, long length, int[] shape)
    {
        var expected = 4 + (4L * shape.Length) + shape.Aggregate(1L, (product, size) => product * size);
        if (length != expected)
            throw new InvalidDataException($"{path}: {length} bytes, but its header [{string.Join(", ", shape)}] announces {expected}");
    }

    private static void ReadExactly(string path, Stream stream, Span<byte> bytes)
    {
        try
        {
            stream.ReadExactly(bytes);
        }
        catch (EndOfStreamException end)
        {
            throw new InvalidDataException($"{path}: ends too early", end);
        }
        catch (InvalidDataException broken)
        {
            throw new InvalidDataException($"{path}: {broken.Message}", broken);
        }
    }
}
