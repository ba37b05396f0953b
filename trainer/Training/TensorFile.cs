using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;

namespace FedOperator.Trainer.Training;

/// <summary>Tensors outside libtorch, as the bytes of a safetensors file.</summary>
internal static class TensorFile
{
    /// <summary>The tensors of a file, in the order of their data.</summary>
    /// <exception cref="SafetensorsException">Malformed; the message has <paramref name="file"/>.</exception>
    public static IEnumerable<TensorContent> Read(string file, ReadOnlyMemory<byte> content) =>
        SafetensorsContent.Parse(file, content).Select(t => new TensorContent(t.Entry.Name, t.Entry.DType, t.Entry.Shape, t.Data));

    /// <summary>A result's tensors, with zeros for those that only training needs and results leave out (gradient statistics, mixing): the shared ones, and with personal tensors in it, as in an exported model, those that stay with the client too.</summary>
    public static IEnumerable<TensorContent> WithTrainingTensors(ModelLayout model, IEnumerable<TensorContent> tensors)
    {
        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tensor in tensors)
        {
            present.Add(tensor.Name);
            yield return tensor;
        }

        var isWhole = model.Tensors.Any(t => t.Placement == TensorPlacement.Personal && present.Contains(t.Name));
        foreach (var entry in model.Tensors.Where(t => !t.IsForInference && (isWhole || t.Placement == TensorPlacement.Shared) && !present.Contains(t.Name)))
            yield return new TensorContent(entry.Name, entry.DType, entry.Shape, new byte[new TensorHeader(entry.Name, entry.DType, entry.Shape).ByteLength]);
    }

    /// <summary>A file with these tensors, in this order: the same tensors give the same bytes.</summary>
    public static byte[] Write(IEnumerable<TensorContent> tensors) =>
        SafetensorsContent.Write([.. tensors.Select(t => (new TensorHeader(t.Name, t.DType, t.Shape), t.Bytes))]);
}
