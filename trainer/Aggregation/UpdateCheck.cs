using System.Security.Cryptography;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Core.Tensors;

namespace FedOperator.Trainer.Aggregation;

/// <summary>Reads an update once, front to back, and says whether it may count: length, header, hash, finiteness, plausible moments.</summary>
/// <remarks>Whatever a client did wrong is a <see cref="UpdateVerdict.Rejected"/>; an exception means that the store failed.</remarks>
public static class UpdateCheck
{
    private const int ChunkLength = 1 << 18;

    /// <summary>Checks an update.</summary>
    /// <param name="store">The client's exchange container.</param>
    /// <param name="blob">The update's name.</param>
    /// <param name="sha256">SHA-256 that the content must have, in lowercase hex.</param>
    /// <param name="length">Length that the report declares, in bytes.</param>
    /// <param name="expected">The tensors that it must have, in order (<see cref="UpdateLayout"/>).</param>
    /// <param name="cancellationToken">Cancels the reads.</param>
    /// <exception cref="BlobStoreException">The store failed.</exception>
    public static async Task<UpdateVerdict> RunAsync(
        IBlobStore store, string blob, string sha256, long length, IReadOnlyList<UpdateTensor> expected, CancellationToken cancellationToken)
    {
        var file = $"{store.Name}/{blob}";
        var shape = new UpdateShape(expected);
        var headers = expected.Select(t => new TensorHeader(t.Name, t.DType, t.Shape)).ToList();
        // others' writers may add white space and metadata, but not without end
        var longestHeader = (2 * SafetensorsWriter.Header(headers).Length) + (1 << 16);
        if (await store.StatAsync(blob, cancellationToken) is not { } there)
            return new UpdateVerdict.Rejected(ExclusionReason.Truncated, $"{file}: no such blob");
        if (there.Length < length)
            return new UpdateVerdict.Rejected(ExclusionReason.Truncated, $"{file}: {there.Length} bytes, the report says {length}");
        if (there.Length > length || length > 8 + longestHeader + shape.DataLength)
            return new UpdateVerdict.Rejected(ExclusionReason.Misshapen, $"{file}: {there.Length} bytes, the report says {length}, the model implies {shape.DataLength} and a header");
        if (length < 8 + shape.DataLength)
            return new UpdateVerdict.Rejected(ExclusionReason.Truncated, $"{file}: {length} bytes, the model implies {shape.DataLength} and a header");
        try
        {
            using var reader = await SafetensorsReader.OpenAsync(store, blob, there.ETag, longestHeader, cancellationToken);
            return Misshape(reader, expected) is { } reason
                ? new UpdateVerdict.Rejected(ExclusionReason.Misshapen, reason)
                : await ContentAsync(store, blob, sha256, there, reader, shape, cancellationToken);
        }
        catch (SafetensorsException fault)
        {
            return new UpdateVerdict.Rejected(ExclusionReason.Misshapen, fault.Message);
        }
        catch (BlobStoreException fault) when (fault.Fault is BlobFault.Changed or BlobFault.Missing)
        {
            return new UpdateVerdict.Rejected(ExclusionReason.Truncated, $"{file}: replaced or removed while it was checked");
        }
    }

    private static string? Misshape(SafetensorsReader reader, IReadOnlyList<UpdateTensor> expected)
    {
        for (var i = 0; i < Math.Max(reader.Entries.Count, expected.Count); i++)
        {
            if (i >= expected.Count)
                return $"{reader.File}: tensor {SafetensorsException.Quote(reader.Entries[i].Name)} is not expected";
            var want = expected[i];
            if (i >= reader.Entries.Count)
                return $"{reader.File}: tensor '{want.Name}' is missing";
            var got = reader.Entries[i];
            if (got.Name != want.Name || got.DType != want.DType || !got.Shape.SequenceEqual(want.Shape))
            {
                return $"{reader.File}: tensor {i} is {SafetensorsException.Quote(got.Name)} {got.DType} [{string.Join(", ", got.Shape.Take(8))}],"
                    + $" the model implies '{want.Name}' {want.DType} [{string.Join(", ", want.Shape)}]";
            }
        }
        return null;
    }

    private static async Task<UpdateVerdict> ContentAsync(
        IBlobStore store, string blob, string sha256, BlobProperties there, SafetensorsReader reader, UpdateShape shape, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var scan = new FiniteScan(reader.Entries);
        var statistics = new byte[shape.DataLength - shape.StatisticsOffset];
        var statisticsStart = reader.DataStart + shape.StatisticsOffset;
        // two buffers: the next range is on its way while this one is hashed
        var (current, next) = (new byte[ChunkLength], new byte[ChunkLength]);
        var reading = ReadAsync(store, blob, there, 0, current, cancellationToken);
        for (var offset = 0L; offset < there.Length; offset += ChunkLength)
        {
            var count = await reading;
            reading = ReadAsync(store, blob, there, offset + ChunkLength, next, cancellationToken);
            hash.AppendData(current, 0, count);
            scan.Next(offset, current.AsSpan(0, count));
            var from = Math.Max(statisticsStart, offset);
            if (from < offset + count)
                current.AsSpan((int)(from - offset), (int)(offset + count - from)).CopyTo(statistics.AsSpan((int)(from - statisticsStart)));
            (current, next) = (next, current);
        }
        await reading;
        var actual = Convert.ToHexStringLower(hash.GetCurrentHash());
        if (actual != sha256)
            return new UpdateVerdict.Rejected(ExclusionReason.HashMismatch, $"{reader.File}: the content's SHA-256 is {actual}, not {SafetensorsException.Quote(sha256)}");
        if (scan.Found is { } tensor)
            return new UpdateVerdict.Rejected(ExclusionReason.NonFinite, $"{reader.File}: tensor '{tensor}' holds NaN or infinity");
        foreach (var (layer, moments) in LayerMoments.Parse(statistics, shape.StatisticsTensors))
        {
            if (moments.Implausibility() is { } reason)
                return new UpdateVerdict.Rejected(ExclusionReason.Implausible, $"{reader.File}: layer '{layer}': {reason}");
        }
        return new UpdateVerdict.Accepted(there.ETag, there.Length);
    }

    private static async Task<int> ReadAsync(IBlobStore store, string blob, BlobProperties there, long offset, byte[] buffer, CancellationToken cancellationToken)
    {
        var count = (int)Math.Clamp(there.Length - offset, 0, buffer.Length);
        if (count > 0)
            await store.ReadRangeAsync(blob, offset, buffer.AsMemory(0, count), there.ETag, cancellationToken);
        return count;
    }
}
