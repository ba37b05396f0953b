namespace FedOperator.Core.Tensors;

/// <summary>A tensor to be written: name, element type and shape.</summary>
/// <param name="Name">Unique in its file; not `__metadata__`.</param>
/// <param name="DType">Element type.</param>
/// <param name="Shape">Empty for a scalar; no dimension is negative.</param>
public sealed record TensorHeader(string Name, DType DType, long[] Shape)
{
    /// <summary>Elements of a tensor of that shape: 1 for a scalar.</summary>
    /// <exception cref="OverflowException">The product, taken from left to right, exceeds 2^63 - 1, or a dimension is negative.</exception>
    public static long Elements(ReadOnlySpan<long> shape)
    {
        var elements = 1L;
        foreach (var dimension in shape)
        {
            if (dimension < 0)
                throw new OverflowException("negative dimension");
            elements = checked(elements * dimension);
        }
        return elements;
    }

    /// <summary>Bytes of the tensor's data.</summary>
    /// <exception cref="OverflowException">More than 2^63 - 1, or a dimension is negative.</exception>
    public long ByteLength => checked(Elements(Shape) * DType.Size());
}

/// <summary>A tensor of a safetensors file.</summary>
/// <param name="Name">Unique in its file.</param>
/// <param name="DType">Element type.</param>
/// <param name="Shape">Empty for a scalar.</param>
/// <param name="Offset">First byte of the data, from the start of the FILE.</param>
/// <param name="Length">Bytes of data: elements x element size.</param>
public sealed record SafetensorsEntry(string Name, DType DType, long[] Shape, long Offset, long Length);
