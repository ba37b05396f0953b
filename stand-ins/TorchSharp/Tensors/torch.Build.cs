using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.Interop.Native;

namespace TorchSharp;

public static unsafe partial class torch
{
    /// <summary>A copy of an array of any rank.</summary>
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    /// <summary>A copy of an array of any rank, converted.</summary>
    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        var element = rawArray.GetType().GetElementType()!;
        var from = ElementTypes.Of(element);
        var sizes = new long[rawArray.Rank];
        for (var d = 0; d < sizes.Length; d++)
            sizes[d] = rawArray.GetLongLength(d);
        var bytes = MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(rawArray), (int)(rawArray.LongLength * SizeOf(from)));
        return FromBytes(bytes, from, sizes, dtype, device, requires_grad);
    }

    /// <summary>A tensor over a managed array's own memory, which stays pinned as long as the tensor lives.</summary>
    public static Tensor frombuffer(Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        var element = SizeOf(ElementTypes.Of(rawArray.GetType().GetElementType()!));
        var bytes = rawArray.LongLength * element;
        var start = offset * element;
        var elements = count < 0 ? (bytes - start) / SizeOf(dtype) : count;
        if (start < 0 || start + elements * SizeOf(dtype) > bytes)
            throw new ArgumentOutOfRangeException(nameof(count), $"{count} elements of {dtype} from element {offset} on do not fit an array of {bytes} bytes.");
        var pin = GCHandle.Alloc(rawArray, GCHandleType.Pinned);
        var data = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(rawArray)) + start;
        var result = ts_from_blob(data, elements, (int)dtype, requires_grad ? 1 : 0, &Unpin, (void*)GCHandle.ToIntPtr(pin));
        if (result == IntPtr.Zero)
            pin.Free();
        return Take(result);
    }

    /// <summary>From start to below stop.</summary>
    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Take(ts_arange(start.Arg, stop.Arg, step.Arg, Code(dtype), TypeCode(device), IndexCode(device), requires_grad ? 1 : 0));

    /// <summary>From start to below stop by ones.</summary>
    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    /// <summary>From 0 to below stop by ones.</summary>
    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    /// <summary>One after the other along a dimension.</summary>
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Joined(tensors, dim, stacked: false);

    /// <summary>One after the other along a dimension.</summary>
    public static Tensor cat(Tensor[] tensors, long dim = 0) => Joined(tensors, dim, stacked: false);

    /// <summary>One after the other along a dimension.</summary>
    public static Tensor cat(ReadOnlySpan<Tensor> tensors, long dim = 0) => Joined(tensors.ToArray(), dim, stacked: false);

    /// <summary>Along a new dimension.</summary>
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Joined(tensors.ToArray(), dim, stacked: true);

    private static Tensor Joined(IList<Tensor> tensors, long dim, bool stacked)
    {
        var handles = Handles(tensors);
        fixed (IntPtr* p = handles)
            return Take(stacked ? ts_stack(p, handles.Length, dim) : ts_cat(p, handles.Length, dim), tensors);
    }

    internal static Tensor FromSpan<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> sizes, ScalarType? dtype, Device? device, bool requiresGrad) where T : unmanaged =>
        FromBytes(MemoryMarshal.AsBytes(values), ElementTypes.Of(typeof(T)), sizes, dtype, device, requiresGrad);

    private static Tensor FromBytes(ReadOnlySpan<byte> bytes, ScalarType from, ReadOnlySpan<long> sizes, ScalarType? dtype, Device? device, bool requiresGrad)
    {
        fixed (byte* data = bytes)
        fixed (long* shape = sizes)
            return Take(ts_from_bytes(data, bytes.Length, shape, sizes.Length, (int)from, Code(dtype), TypeCode(device), IndexCode(device), requiresGrad ? 1 : 0));
    }

    internal static long SizeOf(ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        _ => 8,
    };

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Unpin(IntPtr handle) => GCHandle.FromIntPtr(handle).Free();
}
