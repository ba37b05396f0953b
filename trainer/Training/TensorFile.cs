using FedOperator.Core.Tensors;

namespace FedOperator.Trainer.Training;

/// <summary>Tensor contents in and out of safetensors files. The same contents give the same bytes.</summary>
public static class TensorFile
{
    /// <summary>Reads every tensor of a file, one at a time, in the file's order.</summary>
    public static async IAsyncEnumerable<TensorContent> ReadAsync(SafetensorsReader reader, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var entry in reader.Entries)
            yield return new TensorContent(entry.Name, entry.DType, entry.Shape, await reader.ReadAllAsync(entry, cancellationToken));
    }

    /// <summary>Writes tensors as they come; the header needs their names, types and shapes beforehand.</summary>
    /// <param name="destination">Written front to back; not closed.</param>
    /// <param name="tensors">What <paramref name="contents"/> will bring, in that order.</param>
    /// <param name="contents">May be produced lazily.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    public static async Task WriteAsync(Stream destination, IReadOnlyList<TensorHeader> tensors, IEnumerable<TensorContent> contents, CancellationToken cancellationToken)
    {
        var writer = await SafetensorsWriter.StartAsync(destination, tensors, metadata: null, cancellationToken);
        foreach (var content in contents)
            await writer.WriteAsync(content.Name, content.Bytes, cancellationToken);
        await writer.CompleteAsync(cancellationToken);
    }

    /// <summary>Writes tensors that are all at hand (checkpoint 0, personal state).</summary>
    public static Task WriteAsync(Stream destination, IReadOnlyList<TensorContent> contents, CancellationToken cancellationToken) =>
        WriteAsync(destination, [.. contents.Select(c => new TensorHeader(c.Name, c.DType, c.Shape))], contents, cancellationToken);
}
