using System.Runtime.InteropServices;
using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;

namespace FedOperator.Trainer.Aggregation;

/// <summary>The weighted mean of one chunk over the clients, in fp64: acc = 0; for each client in ordinal order of the names, acc = fma(x, w, acc); mean = acc / sum w.</summary>
/// <remarks>
/// For float32 models and integer weights (samples) below 2^29 the products are exact, so that even ties are rounded as the exact mean's.
/// Four clients' ranges are in memory at a time, whatever their number. With the default server the checkpoint has this mean rounded once to the model's type: FedAvg (arXiv 1602.05629), to the bit.
/// Counters are not averaged: the largest of the clients' and the base's, which is base + largest increment.
/// </remarks>
internal sealed class WeightedMean(UpdateFiles updates, double[] weights, double total)
{
    private const int Group = 4;

    /// <summary>Fills <see cref="ChunkBuffers.Values"/> with the means, and for counters <see cref="ChunkBuffers.CountersOf"/> with the largest value.</summary>
    public async Task ReduceAsync(Chunk chunk, ChunkBuffers buffers, CancellationToken cancellationToken)
    {
        buffers.Start(chunk);
        for (var first = 0; first < updates.Count; first += Group)
        {
            var count = Math.Min(Group, updates.Count - first);
            for (var i = 0; i < count; i++)
                buffers.Reads[i] = updates.ReadAsync(first + i, chunk.UpdateStart, buffers.Client(i, chunk.UpdateBytes), cancellationToken);
            await Task.WhenAll(buffers.Reads.AsSpan(0, count));
            Add(chunk, buffers, first, count);
        }
        Elements.Divide(buffers.Values, total);
    }

    private void Add(Chunk chunk, ChunkBuffers buffers, int first, int count)
    {
        var values = buffers.Values;
        foreach (var piece in chunk.Pieces)
        {
            var at = (int)(piece.UpdateOffset - chunk.UpdateStart);
            var type = piece.Tensor.DType;
            if (piece.Tensor.Role == TensorRole.Counter)
            {
                for (var i = 0; i < count; i++)
                    Counters.Raise(type, buffers.Client(i, chunk.UpdateBytes).Span.Slice(at, piece.Bytes), buffers.CountersOf(piece));
                continue;
            }
            var acc = values[..piece.Count];
            values = values[piece.Count..];
            if (type == DType.F32 && count == Group)
            {
                Elements.AddWeighted(Floats(0), Floats(1), Floats(2), Floats(3), weights.AsSpan(first, Group), acc);
                continue;
            }
            for (var i = 0; i < count; i++)
                Elements.AddWeighted(type, buffers.Client(i, chunk.UpdateBytes).Span.Slice(at, piece.Bytes), weights[first + i], acc);

            ReadOnlySpan<float> Floats(int i) => MemoryMarshal.Cast<byte, float>(buffers.Client(i, chunk.UpdateBytes).Span.Slice(at, piece.Bytes));
        }
    }
}
