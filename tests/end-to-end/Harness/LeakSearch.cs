using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FedOperator.Core.Tensors;

namespace FedOperator.EndToEnd.Tests.Harness;

/// <summary>Looks for tensors' values in blobs: for pieces of 32 bytes, at any offset, as they are and, of float32 tensors, as doubles too.</summary>
internal sealed class LeakSearch
{
    private const int Piece = 32;

    // Shorter ones, and pieces of few different bytes (zeros, ones), are found by chance.
    private const int Shortest = 16;
    private const int FewestBytes = 6;

    private readonly Dictionary<ulong, List<(byte[] Bytes, string Of)>> _pieces = [];

    /// <summary>How many pieces are looked for.</summary>
    public int Count => _pieces.Values.Sum(p => p.Count);

    /// <summary>Looks for a tensor too.</summary>
    public void Add(string name, DType type, ReadOnlySpan<byte> data)
    {
        AddPieces(name, data);
        if (type == DType.F32)
            AddPieces(name + " as doubles", MemoryMarshal.AsBytes(Array.ConvertAll(MemoryMarshal.Cast<byte, float>(data).ToArray(), v => (double)v).AsSpan()));
    }

    /// <summary>The tensors of which a piece is in a blob.</summary>
    public IReadOnlyList<string> FoundIn(ReadOnlySpan<byte> blob)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        for (var i = 0; i + Shortest <= blob.Length; i++)
        {
            if (!_pieces.TryGetValue(BinaryPrimitives.ReadUInt64LittleEndian(blob[i..]), out var candidates))
                continue;
            foreach (var (bytes, of) in candidates)
            {
                if (blob[i..].StartsWith(bytes))
                    found.Add(of);
            }
        }
        return [.. found];
    }

    private void AddPieces(string name, ReadOnlySpan<byte> data)
    {
        for (var from = 0; from + Shortest <= data.Length; from += Piece)
        {
            var piece = data.Slice(from, Math.Min(Piece, data.Length - from)).ToArray();
            if (piece.Distinct().Count() < FewestBytes)
                continue;
            CollectionsMarshal.GetValueRefOrAddDefault(_pieces, BinaryPrimitives.ReadUInt64LittleEndian(piece), out _) ??= [];
            _pieces[BinaryPrimitives.ReadUInt64LittleEndian(piece)].Add((piece, name));
        }
    }
}
