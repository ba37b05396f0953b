using System.Buffers.Binary;

namespace FedOperator.Core.Tensors;

/// <summary>A whole safetensors file in memory, for processes that hold the model anyway.</summary>
public static class SafetensorsContent
{
    /// <summary>The tensors of a file, in the order of their data; the data are slices of <paramref name="content"/>.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="content">The whole file.</param>
    /// <exception cref="SafetensorsException">Malformed.</exception>
    public static IReadOnlyList<(SafetensorsEntry Entry, ReadOnlyMemory<byte> Data)> Parse(string file, ReadOnlyMemory<byte> content)
    {
        if (content.Length < SafetensorsHeader.Prefix)
            throw new SafetensorsException(file, $"truncated: {content.Length} bytes, and the header's length alone takes 8");
        var length = SafetensorsHeader.CheckLength(file, BinaryPrimitives.ReadUInt64LittleEndian(content.Span), content.Length, SafetensorsReader.MaximumHeaderLength);
        var header = SafetensorsHeader.Parse(file, content.Span.Slice(SafetensorsHeader.Prefix, length), content.Length);
        return [.. header.Entries.Select(e => (e, content.Slice((int)e.Offset, (int)e.Length)))];
    }

    /// <summary>What a local file holds, in the order of its data, of which nothing is read.</summary>
    /// <exception cref="SafetensorsException">Malformed.</exception>
    /// <exception cref="IOException">Absent or unreadable.</exception>
    public static IReadOnlyList<SafetensorsEntry> Entries(string path)
    {
        // Not buffered: what lies behind the header is left where it is.
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (file.Length < SafetensorsHeader.Prefix)
            throw new SafetensorsException(path, $"truncated: {file.Length} bytes, and the header's length alone takes 8");
        var prefix = new byte[SafetensorsHeader.Prefix];
        file.ReadExactly(prefix);
        var json = new byte[SafetensorsHeader.CheckLength(path, BinaryPrimitives.ReadUInt64LittleEndian(prefix), file.Length, SafetensorsReader.MaximumHeaderLength)];
        file.ReadExactly(json);
        return SafetensorsHeader.Parse(path, json, file.Length).Entries;
    }

    /// <summary>The bytes of a file with these tensors, in this order.</summary>
    /// <exception cref="ArgumentException">A name appears twice, or a tensor's data do not have its length.</exception>
    public static byte[] Write(IReadOnlyList<(TensorHeader Header, ReadOnlyMemory<byte> Data)> tensors)
    {
        var header = SafetensorsWriter.Header([.. tensors.Select(t => t.Header)]);
        var content = new byte[header.Length + tensors.Sum(t => (long)t.Data.Length)];
        header.CopyTo(content, 0);
        var offset = header.Length;
        foreach (var (tensor, data) in tensors)
        {
            if (data.Length != tensor.ByteLength)
                throw new ArgumentException($"tensor '{tensor.Name}': {data.Length} bytes for {tensor.ByteLength}", nameof(tensors));
            data.CopyTo(content.AsMemory(offset));
            offset += data.Length;
        }

        return content;
    }
}
