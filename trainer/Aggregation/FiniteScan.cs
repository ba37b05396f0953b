using FedOperator.Core.Tensors;

namespace FedOperator.Trainer.Aggregation;

/// <summary>Looks for NaN and infinity in a file that comes by front to back, in chunks of which every one but the last has the same even length.</summary>
internal sealed class FiniteScan(IReadOnlyList<SafetensorsEntry> entries)
{
    private readonly byte[] _split = new byte[8];
    private int _entry;
    private int _splitLength;

    /// <summary>The first tensor with one, or null.</summary>
    public string? Found { get; private set; }

    /// <summary>The next bytes.</summary>
    /// <param name="offset">Their place in the file.</param>
    /// <param name="chunk">The bytes.</param>
    public void Next(long offset, ReadOnlySpan<byte> chunk)
    {
        for (; _entry < entries.Count && Found is null; _entry++)
        {
            var entry = entries[_entry];
            var begin = Math.Max(entry.Offset, offset);
            var end = Math.Min(entry.Offset + entry.Length, offset + chunk.Length);
            if (begin < end && entry.DType.IsFloat() && AnyIn(entry, begin, chunk[(int)(begin - offset)..(int)(end - offset)]))
                Found = entry.Name;
            if (entry.Offset + entry.Length > offset + chunk.Length)
                return;
        }
    }

    private bool AnyIn(SafetensorsEntry entry, long begin, ReadOnlySpan<byte> bytes)
    {
        var size = entry.DType.Size();
        var any = false;
        // an element that the previous chunk began
        var missing = (int)((size - ((begin - entry.Offset) % size)) % size);
        if (missing > 0)
        {
            var taken = Math.Min(missing, bytes.Length);
            bytes[..taken].CopyTo(_split.AsSpan(_splitLength));
            _splitLength += taken;
            if (_splitLength < size)
                return false;
            any = Elements.AnyNonFinite(entry.DType, _split.AsSpan(0, size));
            bytes = bytes[taken..];
        }
        var whole = bytes.Length / size * size;
        bytes[whole..].CopyTo(_split);
        _splitLength = bytes.Length - whole;
        return any | Elements.AnyNonFinite(entry.DType, bytes[..whole]);
    }
}
