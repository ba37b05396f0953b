using System.Buffers.Binary;
using FedOperator.Core.Tensors;

namespace FedOperator.Trainer.Aggregation;

/// <summary>The updates of a round in client-name order, each of the accepted version, with the same tensors at the same places of their data.</summary>
internal sealed class UpdateFiles
{
    private readonly ClientUpdate[] _updates;
    private readonly long[] _dataStarts;

    private UpdateFiles(ClientUpdate[] updates, long[] dataStarts) => (_updates, _dataStarts) = (updates, dataStarts);

    public int Count => _updates.Length;

    public ClientUpdate this[int client] => _updates[client];

    /// <summary>Finds where each update's data begin. Their headers were checked when they were accepted.</summary>
    /// <exception cref="ArgumentException">No updates, or two of one client.</exception>
    /// <exception cref="SafetensorsException">A file that cannot be the accepted one.</exception>
    public static async Task<UpdateFiles> OpenAsync(IReadOnlyList<ClientUpdate> updates, UpdateShape shape, CancellationToken cancellationToken)
    {
        var ordered = updates.OrderBy(u => u.Client, StringComparer.Ordinal).ToArray();
        if (ordered.Length == 0)
            throw new ArgumentException("no updates to reduce", nameof(updates));
        for (var i = 1; i < ordered.Length; i++)
        {
            if (ordered[i].Client == ordered[i - 1].Client)
                throw new ArgumentException($"two updates of client '{ordered[i].Client}'", nameof(updates));
        }
        var starts = new long[ordered.Length];
        var prefix = new byte[8];
        for (var i = 0; i < ordered.Length; i++)
        {
            var update = ordered[i];
            await update.Store.ReadRangeAsync(update.Blob, 0, prefix, update.ETag, cancellationToken);
            starts[i] = 8 + (long)BinaryPrimitives.ReadUInt64LittleEndian(prefix);
            if (starts[i] < 8 || starts[i] + shape.DataLength != update.Length)
                throw new SafetensorsException($"{update.Store.Name}/{update.Blob}", $"{update.Length} bytes, and {shape.DataLength} of data from byte {starts[i]} on: not the update that was accepted");
        }
        return new UpdateFiles(ordered, starts);
    }

    /// <summary>Reads a range of a client's data.</summary>
    public Task ReadAsync(int client, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        _updates[client].Store.ReadRangeAsync(_updates[client].Blob, _dataStarts[client] + offset, destination, _updates[client].ETag, cancellationToken);

    /// <summary>The weights, all scaled by the same power of two (exactly, and sums do not overflow), and their sum.</summary>
    /// <exception cref="ArgumentException">A weight is negative or not finite, or all are zero.</exception>
    public (double[] Weights, double Total) ScaledWeights()
    {
        foreach (var update in _updates)
        {
            if (!double.IsFinite(update.Weight) || update.Weight < 0)
                throw new ArgumentException($"client '{update.Client}' has weight {update.Weight:R}");
        }
        var total = _updates.Sum(u => u.Weight);
        if (!(total > 0) || !double.IsFinite(total))
            throw new ArgumentException($"the weights of {_updates.Length} updates sum to {total:R}: there is no mean");
        var shift = -Math.ILogB(total) - 1;
        return ([.. _updates.Select(u => Math.ScaleB(u.Weight, shift))], Math.ScaleB(total, shift));
    }
}
