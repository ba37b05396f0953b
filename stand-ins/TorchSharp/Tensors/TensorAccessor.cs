using System.Collections;

namespace TorchSharp.Utils;

/// <summary>The elements of a tensor in main memory, in row-major order whatever its strides.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly torch.Tensor tensor;
    private readonly T* data;
    private readonly long[] shape;
    private readonly long[] strides;
    private readonly bool contiguous;

    internal TensorAccessor(torch.Tensor tensor)
    {
        this.tensor = tensor;
        data = (T*)tensor.DataPointer();
        shape = tensor.shape;
        strides = tensor.stride();
        contiguous = tensor.is_contiguous();
        Count = tensor.numel();
    }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>False.</summary>
    public bool IsReadOnly => false;

    /// <summary>One element.</summary>
    public T this[params long[] indices]
    {
        get => *At(indices);
        set => *At(indices) = value;
    }

    /// <summary>A copy.</summary>
    public T[] ToArray()
    {
        var copy = new T[Count];
        CopyTo(copy.AsSpan());
        return copy;
    }

    /// <summary>Copies elements from the one of number <paramref name="tensorIndex"/> on.</summary>
    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    /// <summary>Copies elements from the one of number <paramref name="tensorIndex"/> on.</summary>
    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var length = (int)Math.Min(Count - tensorIndex, array.Length - arrayIndex);
        if (contiguous)
            new ReadOnlySpan<T>(data + tensorIndex, length).CopyTo(array[arrayIndex..]);
        else
            for (var i = 0; i < length; i++)
                array[arrayIndex + i] = *Nth(tensorIndex + i);
        GC.KeepAlive(tensor);
    }

    /// <summary>Copies into the tensor from the element of number <paramref name="tensorIndex"/> on.</summary>
    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    /// <summary>Copies into the tensor from the element of number <paramref name="tensorIndex"/> on.</summary>
    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var length = (int)Math.Min(Count - tensorIndex, array.Length - arrayIndex);
        for (var i = 0; i < length; i++)
            *Nth(tensorIndex + i) = array[arrayIndex + i];
        GC.KeepAlive(tensor);
    }

    /// <summary>Over all elements.</summary>
    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++)
            yield return Read(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Does nothing here: the tensor is its owner's.</summary>
    public void Dispose() { }

    private T Read(long i)
    {
        var value = *Nth(i);
        GC.KeepAlive(tensor);
        return value;
    }

    private T* At(long[] indices)
    {
        _ = tensor.Handle; // disposed memory is not read
        long offset = 0;
        if (indices.Length == 1 && shape.Length != 1)
            return Nth(indices[0]);
        for (var d = 0; d < indices.Length; d++)
        {
            if (indices[d] < 0 || indices[d] >= shape[d])
                throw new IndexOutOfRangeException($"Index {indices[d]} is out of range for dimension {d} of size {shape[d]}.");
            offset += indices[d] * strides[d];
        }
        return data + offset;
    }

    private T* Nth(long i)
    {
        _ = tensor.Handle;
        if (i < 0 || i >= Count)
            throw new IndexOutOfRangeException($"Element {i} of {Count}.");
        if (contiguous)
            return data + i;
        long offset = 0;
        for (var d = shape.Length - 1; d >= 0; d--)
        {
            offset += i % shape[d] * strides[d];
            i /= shape[d];
        }
        return data + offset;
    }
}
