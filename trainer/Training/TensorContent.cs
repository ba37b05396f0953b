using System.Runtime.InteropServices;
using FedOperator.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Training;

/// <summary>One tensor outside libtorch: what a file holds of it.</summary>
/// <param name="Name">In the file.</param>
/// <param name="DType">Element type.</param>
/// <param name="Shape">Empty for a scalar.</param>
/// <param name="Bytes">Little-endian elements, row by row.</param>
public sealed record TensorContent(string Name, DType DType, long[] Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>A copy of a tensor's values.</summary>
    public static TensorContent Of(string name, Tensor tensor)
    {
        using var host = OnHost(tensor);
        return new TensorContent(name, DTypeOf(tensor), tensor.shape, host.bytes.ToArray());
    }

    /// <summary>A float64 tensor of an update.</summary>
    public static TensorContent Of(string name, double[] values, params long[] shape) =>
        new(name, DType.F64, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    /// <summary>Overwrites a tensor with these values.</summary>
    /// <exception cref="InvalidDataException">Another type or shape.</exception>
    public void CopyTo(Tensor tensor)
    {
        if (DTypeOf(tensor) != DType || !tensor.shape.AsSpan().SequenceEqual(Shape))
            throw new InvalidDataException($"{Name}: {DType} [{string.Join(", ", Shape)}], but the model has {DTypeOf(tensor)} [{string.Join(", ", tensor.shape)}]");
        using var nothing = no_grad();
        using var scope = NewDisposeScope();
        var values = empty(Shape, tensor.dtype);
        Bytes.Span.CopyTo(values.bytes);
        tensor.copy_(values);
    }

    /// <summary>A tensor's values as doubles.</summary>
    public static double[] Doubles(Tensor tensor)
    {
        using var host = OnHost(tensor);
        return host.dtype == ScalarType.Float64
            ? MemoryMarshal.Cast<byte, double>(host.bytes).ToArray()
            : Array.ConvertAll(MemoryMarshal.Cast<byte, float>(host.bytes).ToArray(), value => (double)value);
    }

    /// <summary>An int64 tensor's values.</summary>
    public static long[] Integers(Tensor tensor)
    {
        using var host = OnHost(tensor);
        return MemoryMarshal.Cast<byte, long>(host.bytes).ToArray();
    }

    /// <summary>The file's name for a tensor's type.</summary>
    public static DType DTypeOf(Tensor tensor) => tensor.dtype switch
    {
        ScalarType.Float32 => DType.F32,
        ScalarType.Float64 => DType.F64,
        ScalarType.BFloat16 => DType.BF16,
        ScalarType.Int64 => DType.I64,
        var other => throw new NotSupportedException($"tensors of {other} in a model"),
    };

    private static Tensor OnHost(Tensor tensor)
    {
        var detached = tensor.detach();
        if (detached.device_type == DeviceType.CPU && detached.is_contiguous())
            return detached;
        using (detached)
        using (var host = detached.cpu())
            return host.contiguous();
    }
}
