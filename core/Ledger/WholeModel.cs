using FedOperator.Core.Tensors;

namespace FedOperator.Core.Ledger;

/// <summary>A client's complete model as one safetensors file: the shared tensors of a checkpoint or result, and the client's own. Under the standard names and in the layout's order, so that any framework takes it as it is.</summary>
/// <remarks>Left out: an optimizer's state, gradient statistics and mixing, which only training needs.</remarks>
public static class WholeModel
{
    /// <summary>In `__metadata__`: whose model it is, where something of it stays with the client.</summary>
    public const string Client = "client";

    /// <summary>In `__metadata__`: the modules that stay with the client, with commas between them.</summary>
    public const string PersonalModules = "personal";

    /// <summary>The tensors that such a file has, in its order.</summary>
    public static IReadOnlyList<TensorEntry> Tensors(ModelLayout layout) => [.. layout.Tensors.Where(t => t.IsForInference)];

    /// <summary>Those of them that stay with the client; none: the file is the same for all.</summary>
    public static IReadOnlyList<TensorEntry> Personal(ModelLayout layout) => [.. Tensors(layout).Where(t => t.Placement == TensorPlacement.Personal)];

    /// <summary>Writes the file, in constant memory.</summary>
    /// <param name="layout">Of model.json.</param>
    /// <param name="shared">A checkpoint, or a result.</param>
    /// <param name="personal">The client's personal state that goes with it; null where nothing stays with clients.</param>
    /// <param name="destination">Written front to back; not closed.</param>
    /// <param name="metadata">`__metadata__`: where the file comes from.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    /// <exception cref="SafetensorsException">A tensor is missing, or has another type or shape than the model's: one of the files is of another job.</exception>
    public static async Task WriteAsync(
        ModelLayout layout, SafetensorsReader shared, SafetensorsReader? personal, Stream destination, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var parts = Tensors(layout).Select(t => (Tensor: t, From: From(t, shared, personal))).ToList();
        foreach (var (tensor, from) in parts)
            Check(tensor, from);
        var writer = await SafetensorsWriter.StartAsync(destination, [.. parts.Select(p => new TensorHeader(p.Tensor.Name, p.Tensor.DType, p.Tensor.Shape))], metadata, cancellationToken).ConfigureAwait(false);
        foreach (var (tensor, from) in parts)
            await writer.CopyAsync(from, from[tensor.Name], cancellationToken).ConfigureAwait(false);
        await writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
    }

    private static SafetensorsReader From(TensorEntry tensor, SafetensorsReader shared, SafetensorsReader? personal) => tensor.Placement == TensorPlacement.Shared
        ? shared
        : personal ?? throw new ArgumentNullException(nameof(personal), $"{tensor.Name} stays with the client: a whole model needs its personal state");

    private static void Check(TensorEntry expected, SafetensorsReader from)
    {
        var seen = from[expected.Name];
        if (seen.DType != expected.DType || !seen.Shape.AsSpan().SequenceEqual(expected.Shape))
            throw new SafetensorsException(from.File, expected.Name, $"is {seen.DType} [{string.Join(", ", seen.Shape)}], and the model has {expected.DType} [{string.Join(", ", expected.Shape)}]");
    }
}
