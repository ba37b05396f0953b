using System.Buffers.Binary;
using FedOperator.Core.Tensors;

namespace FedOperator.Trainer.Aggregation;

/// <summary>Counter tensors: base + largest increment is the largest value, unless all are below the base.</summary>
internal static class Counters
{
    /// <summary>largest = max(largest, x), element by element; the type stays.</summary>
    public static void Raise(DType type, ReadOnlySpan<byte> x, Span<byte> largest)
    {
        var size = type.Size();
        for (var at = 0; at < largest.Length; at += size)
        {
            if (Get(type, x[at..]) > Get(type, largest[at..]))
                x.Slice(at, size).CopyTo(largest[at..]);
        }
    }

    private static long Get(DType type, ReadOnlySpan<byte> x) => type switch
    {
        DType.I64 => BinaryPrimitives.ReadInt64LittleEndian(x),
        DType.I32 => BinaryPrimitives.ReadInt32LittleEndian(x),
        DType.U8 => x[0],
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "a counter has an integer type"),
    };
}
