using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FedOperator.Core.Tensors;

/// <summary>Writes a safetensors file front to back: the header first, then each tensor's data in the order given, in chunks of any size.</summary>
/// <remarks>The same tensors and metadata give the same bytes. The header is padded with spaces to a multiple of 8, as the reference implementation's.</remarks>
public sealed class SafetensorsWriter
{
    private const int ChunkLength = 1 << 20;

    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Stream _destination;
    private readonly IReadOnlyList<TensorHeader> _tensors;
    private int _current;
    private long _written;

    private SafetensorsWriter(Stream destination, IReadOnlyList<TensorHeader> tensors) => (_destination, _tensors) = (destination, tensors);

    /// <summary>Writes the header.</summary>
    /// <param name="destination">Written front to back; not closed.</param>
    /// <param name="tensors">In the order in which their data will come.</param>
    /// <param name="metadata">`__metadata__`, written in ordinal order of its keys; null: none.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    /// <exception cref="ArgumentException">A name appears twice or is `__metadata__`, or a shape overflows.</exception>
    public static async Task<SafetensorsWriter> StartAsync(
        Stream destination, IReadOnlyList<TensorHeader> tensors, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
    {
        var header = Header(tensors, metadata);
        await destination.WriteAsync(header, cancellationToken);
        return new SafetensorsWriter(destination, tensors);
    }

    /// <summary>The bytes in front of the first tensor: length field and padded header.</summary>
    public static byte[] Header(IReadOnlyList<TensorHeader> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + (tensors.Count * 96));
        buffer.Advance(Zeroed(buffer.GetSpan(8)));
        using (var json = new Utf8JsonWriter(buffer, s_json))
            WriteJson(json, tensors, metadata);
        var padding = (8 - (buffer.WrittenCount % 8)) % 8;
        buffer.GetSpan(8)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        var header = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)(header.Length - 8));
        return header;
    }

    /// <summary>Writes the next bytes of a tensor, which must be the one whose turn it is.</summary>
    /// <exception cref="InvalidOperationException">Another tensor's turn, or more data than the tensor has.</exception>
    public async ValueTask WriteAsync(string tensor, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        while (_current < _tensors.Count && _written == _tensors[_current].ByteLength && _tensors[_current].Name != tensor)
            (_current, _written) = (_current + 1, 0);
        if (_current == _tensors.Count)
            throw new InvalidOperationException($"tensor '{tensor}': the file has no more tensors");
        var expected = _tensors[_current];
        if (expected.Name != tensor)
            throw new InvalidOperationException($"tensor '{tensor}' is out of order: '{expected.Name}' has {_written} of {expected.ByteLength} bytes");
        if (data.Length > expected.ByteLength - _written)
            throw new InvalidOperationException($"tensor '{tensor}': {_written + data.Length} bytes for {expected.ByteLength}");
        await _destination.WriteAsync(data, cancellationToken);
        _written += data.Length;
    }

    /// <summary>Writes a whole tensor, copied out of another file in chunks.</summary>
    /// <param name="from">That file.</param>
    /// <param name="tensor">One of its tensors: the one whose turn it is here, of the same length.</param>
    /// <param name="cancellationToken">Cancels the copy.</param>
    /// <exception cref="InvalidOperationException">Another tensor's turn, or another length.</exception>
    public async Task CopyAsync(SafetensorsReader from, SafetensorsEntry tensor, CancellationToken cancellationToken)
    {
        var chunk = new byte[Math.Min(ChunkLength, tensor.Length)];
        for (var offset = 0L; offset < tensor.Length; offset += chunk.Length)
        {
            var part = chunk.AsMemory(0, (int)Math.Min(chunk.Length, tensor.Length - offset));
            await from.ReadAsync(tensor, offset, part, cancellationToken);
            await WriteAsync(tensor.Name, part, cancellationToken);
        }
    }

    /// <summary>Checks that all data came, and flushes the stream.</summary>
    /// <exception cref="InvalidOperationException">A tensor lacks data.</exception>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        while (_current < _tensors.Count && _written == _tensors[_current].ByteLength)
            (_current, _written) = (_current + 1, 0);
        if (_current < _tensors.Count)
            throw new InvalidOperationException($"tensor '{_tensors[_current].Name}' has {_written} of {_tensors[_current].ByteLength} bytes");
        await _destination.FlushAsync(cancellationToken);
    }

    private static void WriteJson(Utf8JsonWriter json, IReadOnlyList<TensorHeader> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        json.WriteStartObject();
        if (metadata is { Count: > 0 })
        {
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
                json.WriteString(key, value);
            json.WriteEndObject();
        }
        var names = new HashSet<string>(StringComparer.Ordinal) { "__metadata__" };
        var end = 0L;
        foreach (var tensor in tensors)
        {
            if (!names.Add(tensor.Name))
                throw new ArgumentException($"tensor '{tensor.Name}': the name is taken", nameof(tensors));
            var begin = end;
            end = checked(begin + Length(tensor));
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", tensor.DType.Name());
            json.WriteStartArray("shape");
            foreach (var dimension in tensor.Shape)
                json.WriteNumberValue(dimension);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(begin);
            json.WriteNumberValue(end);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static long Length(TensorHeader tensor)
    {
        try
        {
            return tensor.ByteLength;
        }
        catch (OverflowException fault)
        {
            throw new ArgumentException($"tensor '{tensor.Name}': the shape [{string.Join(", ", tensor.Shape)}] overflows", nameof(tensor), fault);
        }
    }

    private static int Zeroed(Span<byte> span)
    {
        span[..8].Clear();
        return 8;
    }
}
