using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;

namespace FedOperator.Trainer.Aggregation;

/// <summary>A part of one model tensor.</summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="First">First element.</param>
/// <param name="Count">Elements.</param>
/// <param name="UpdateOffset">First byte, from the start of an update's data.</param>
/// <param name="BaseOffset">First byte, from the start of the checkpoint's data.</param>
internal readonly record struct Piece(TensorEntry Tensor, long First, int Count, long UpdateOffset, long BaseOffset)
{
    public int Bytes => Count * Tensor.DType.Size();
}

/// <summary>Neighbouring pieces that are read, reduced and written together.</summary>
/// <param name="Pieces">In the order of the update.</param>
/// <param name="FirstValue">Averaged elements in the chunks before this one.</param>
internal sealed record Chunk(IReadOnlyList<Piece> Pieces, long FirstValue)
{
    /// <summary>The pieces that are averaged: all but the counters.</summary>
    public IEnumerable<Piece> Averaged => Pieces.Where(p => p.Tensor.Role != TensorRole.Counter);

    /// <summary>Averaged elements.</summary>
    public int Values { get; } = Pieces.Where(p => p.Tensor.Role != TensorRole.Counter).Sum(p => p.Count);

    public long UpdateStart => Pieces[0].UpdateOffset;

    public int UpdateBytes => (int)(Pieces[^1].UpdateOffset + Pieces[^1].Bytes - UpdateStart);

    public long BaseStart => Pieces[0].BaseOffset;

    public int BaseBytes => (int)(Pieces[^1].BaseOffset + Pieces[^1].Bytes - BaseStart);
}

/// <summary>Cuts the model tensors of an update into chunks. A function of model.json alone: sums of squares are taken chunk by chunk, so the cuts are part of the result.</summary>
internal static class ChunkPlan
{
    /// <summary>Elements of a chunk at most. Four clients' float32 and the fp64 sum fit a core's cache.</summary>
    public const int Elements = 1 << 15;

    /// <summary>Bytes that a chunk spans at most, in update or checkpoint; small tensors that are not reduced may lie between its pieces.</summary>
    public const int Span = 1 << 18;

    public static List<Chunk> Of(ModelLayout model)
    {
        var chunks = new List<Chunk>();
        var values = 0L;
        var open = new List<Piece>();
        var elements = 0;
        foreach (var piece in Pieces(model))
        {
            if (open.Count > 0 && (elements + piece.Count > Elements || End(piece.UpdateOffset, piece) - open[0].UpdateOffset > Span || End(piece.BaseOffset, piece) - open[0].BaseOffset > Span))
            {
                chunks.Add(new Chunk([.. open], values));
                values += chunks[^1].Values;
                open.Clear();
                elements = 0;
            }
            open.Add(piece);
            elements += piece.Count;
        }
        if (open.Count > 0)
            chunks.Add(new Chunk([.. open], values));
        return chunks;
    }

    private static IEnumerable<Piece> Pieces(ModelLayout model)
    {
        var (updateOffset, baseOffset) = (0L, 0L);
        foreach (var tensor in model.Tensors)
        {
            var length = new TensorHeader(tensor.Name, tensor.DType, tensor.Shape).ByteLength;
            if (tensor.Placement == TensorPlacement.Shared && tensor.Role != TensorRole.BnStatistic)
            {
                var size = tensor.DType.Size();
                for (var first = 0L; first < length / size; first += Elements)
                    yield return new Piece(tensor, first, (int)Math.Min(Elements, (length / size) - first), updateOffset + (first * size), baseOffset + (first * size));
                updateOffset += length;
            }
            baseOffset += length;
        }
    }

    private static long End(long offset, Piece piece) => offset + piece.Bytes;
}
