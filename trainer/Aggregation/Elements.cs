using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using FedOperator.Core.Tensors;

namespace FedOperator.Trainer.Aggregation;

/// <summary>Conversions between the element types of a model and fp64, and the weighted sum. Element-wise, so the same bits whatever the vector width.</summary>
internal static class Elements
{
    /// <summary>acc = x * weight + acc for each element, each a single fused operation.</summary>
    public static void AddWeighted(DType type, ReadOnlySpan<byte> x, double weight, Span<double> acc)
    {
        switch (type)
        {
            case DType.F32:
                AddWeighted(MemoryMarshal.Cast<byte, float>(x), weight, acc);
                break;
            case DType.F64:
                AddWeighted(MemoryMarshal.Cast<byte, double>(x), weight, acc);
                break;
            default:
                for (var i = 0; i < acc.Length; i++)
                    acc[i] = Math.FusedMultiplyAdd(Get(type, x, i), weight, acc[i]);
                break;
        }
    }

    /// <summary>The same for four clients in turn, with one pass over the sum: the same bits as four calls of the other.</summary>
    public static void AddWeighted(ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, ReadOnlySpan<float> d, ReadOnlySpan<double> weights, Span<double> acc)
    {
        var (wa, wb, wc, wd) = (Vector512.Create(weights[0]), Vector512.Create(weights[1]), Vector512.Create(weights[2]), Vector512.Create(weights[3]));
        ref var sa = ref MemoryMarshal.GetReference(a);
        ref var sb = ref MemoryMarshal.GetReference(b[..a.Length]);
        ref var sc = ref MemoryMarshal.GetReference(c[..a.Length]);
        ref var sd = ref MemoryMarshal.GetReference(d[..a.Length]);
        ref var sum = ref MemoryMarshal.GetReference(acc[..a.Length]);
        var i = 0;
        for (; i <= a.Length - 16; i += 16)
        {
            var at = (nuint)i;
            var low = Vector512.LoadUnsafe(ref sum, at);
            var high = Vector512.LoadUnsafe(ref sum, at + 8);
            Step(ref sa, at, wa, ref low, ref high);
            Step(ref sb, at, wb, ref low, ref high);
            Step(ref sc, at, wc, ref low, ref high);
            Step(ref sd, at, wd, ref low, ref high);
            low.StoreUnsafe(ref sum, at);
            high.StoreUnsafe(ref sum, at + 8);
        }
        for (; i < a.Length; i++)
        {
            var total = Math.FusedMultiplyAdd(a[i], weights[0], acc[i]);
            total = Math.FusedMultiplyAdd(b[i], weights[1], total);
            total = Math.FusedMultiplyAdd(c[i], weights[2], total);
            acc[i] = Math.FusedMultiplyAdd(d[i], weights[3], total);
        }
    }

    /// <summary>values / divisor, correctly rounded, without the slow division.</summary>
    /// <remarks>P. W. Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor" (1990): a quotient corrected by its exact remainder.</remarks>
    public static void Divide(Span<double> values, double divisor)
    {
        var reciprocal = 1 / divisor;
        var (d, r) = (Vector512.Create(-divisor), Vector512.Create(reciprocal));
        ref var start = ref MemoryMarshal.GetReference(values);
        var i = 0;
        for (; i <= values.Length - 8; i += 8)
        {
            var value = Vector512.LoadUnsafe(ref start, (nuint)i);
            var quotient = value * r;
            Vector512.FusedMultiplyAdd(Vector512.FusedMultiplyAdd(quotient, d, value), r, quotient).StoreUnsafe(ref start, (nuint)i);
        }
        for (; i < values.Length; i++)
        {
            var quotient = values[i] * reciprocal;
            values[i] = Math.FusedMultiplyAdd(Math.FusedMultiplyAdd(quotient, -divisor, values[i]), reciprocal, quotient);
        }
    }

    /// <summary>Each element as fp64.</summary>
    public static void Widen(DType type, ReadOnlySpan<byte> x, Span<double> result)
    {
        for (var i = 0; i < result.Length; i++)
            result[i] = Get(type, x, i);
    }

    /// <summary>Each fp64 value rounded once, to nearest even.</summary>
    public static void Narrow(DType type, ReadOnlySpan<double> values, Span<byte> result)
    {
        switch (type)
        {
            case DType.F32:
                var singles = MemoryMarshal.Cast<byte, float>(result);
                var i = 0;
                ref var source = ref MemoryMarshal.GetReference(values);
                ref var target = ref MemoryMarshal.GetReference(singles[..values.Length]);
                for (; i <= values.Length - 16; i += 16)
                    Vector512.Narrow(Vector512.LoadUnsafe(ref source, (nuint)i), Vector512.LoadUnsafe(ref source, (nuint)i + 8)).StoreUnsafe(ref target, (nuint)i);
                for (; i < values.Length; i++)
                    singles[i] = (float)values[i];
                break;
            case DType.F64:
                MemoryMarshal.AsBytes(values).CopyTo(result);
                break;
            case DType.F16:
                for (var j = 0; j < values.Length; j++)
                    BinaryPrimitives.WriteHalfLittleEndian(result[(2 * j)..], (Half)values[j]);
                break;
            case DType.BF16:
                for (var j = 0; j < values.Length; j++)
                    BinaryPrimitives.WriteUInt16LittleEndian(result[(2 * j)..], ToBFloat16(values[j]));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "a mean has a floating-point type");
        }
    }

    /// <summary>True if any element is NaN or infinite.</summary>
    public static bool AnyNonFinite(DType type, ReadOnlySpan<byte> x) => type switch
    {
        DType.F32 => AnyWith(MemoryMarshal.Cast<byte, uint>(x), 0x7F80_0000u),
        DType.F64 => AnyWith(MemoryMarshal.Cast<byte, ulong>(x), 0x7FF0_0000_0000_0000u),
        DType.F16 => AnyWith(MemoryMarshal.Cast<byte, ushort>(x), (ushort)0x7C00),
        DType.BF16 => AnyWith(MemoryMarshal.Cast<byte, ushort>(x), (ushort)0x7F80),
        _ => false,
    };

    /// <summary>bfloat16 of a double, rounded once: to float by rounding to odd, whose last bit then decides no tie wrongly.</summary>
    internal static ushort ToBFloat16(double value)
    {
        if (double.IsNaN(value))
            return 0x7FC0;
        var single = (float)value;
        var bits = BitConverter.SingleToUInt32Bits(single);
        if (single != value && !float.IsInfinity(single))
        {
            // truncate toward zero, then mark inexactness in the last bit
            if (Math.Abs((double)single) > Math.Abs(value))
                bits--;
            bits |= 1;
        }
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    internal static double Get(DType type, ReadOnlySpan<byte> x, int i) => type switch
    {
        DType.F32 => BinaryPrimitives.ReadSingleLittleEndian(x[(4 * i)..]),
        DType.F64 => BinaryPrimitives.ReadDoubleLittleEndian(x[(8 * i)..]),
        DType.F16 => (double)BinaryPrimitives.ReadHalfLittleEndian(x[(2 * i)..]),
        DType.BF16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(x[(2 * i)..]) << 16),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "a mean has a floating-point type"),
    };

    private static void Step(ref float x, nuint at, Vector512<double> weight, ref Vector512<double> low, ref Vector512<double> high)
    {
        var (l, h) = Vector512.Widen(Vector512.LoadUnsafe(ref x, at));
        low = Vector512.FusedMultiplyAdd(l, weight, low);
        high = Vector512.FusedMultiplyAdd(h, weight, high);
    }

    private static void AddWeighted(ReadOnlySpan<float> x, double weight, Span<double> acc)
    {
        var w = Vector512.Create(weight);
        ref var source = ref MemoryMarshal.GetReference(x);
        ref var sum = ref MemoryMarshal.GetReference(acc[..x.Length]);
        var i = 0;
        for (; i <= x.Length - 16; i += 16)
        {
            var low = Vector512.LoadUnsafe(ref sum, (nuint)i);
            var high = Vector512.LoadUnsafe(ref sum, (nuint)i + 8);
            Step(ref source, (nuint)i, w, ref low, ref high);
            low.StoreUnsafe(ref sum, (nuint)i);
            high.StoreUnsafe(ref sum, (nuint)i + 8);
        }
        for (; i < x.Length; i++)
            acc[i] = Math.FusedMultiplyAdd(x[i], weight, acc[i]);
    }

    private static void AddWeighted(ReadOnlySpan<double> x, double weight, Span<double> acc)
    {
        var w = Vector512.Create(weight);
        ref var source = ref MemoryMarshal.GetReference(x);
        ref var sum = ref MemoryMarshal.GetReference(acc[..x.Length]);
        var i = 0;
        for (; i <= x.Length - 8; i += 8)
            Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref source, (nuint)i), w, Vector512.LoadUnsafe(ref sum, (nuint)i)).StoreUnsafe(ref sum, (nuint)i);
        for (; i < x.Length; i++)
            acc[i] = Math.FusedMultiplyAdd(x[i], weight, acc[i]);
    }

    private static bool AnyWith<T>(ReadOnlySpan<T> x, T exponent)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        var mask = Vector512.Create(exponent);
        ref var source = ref MemoryMarshal.GetReference(x);
        var found = Vector512<T>.Zero;
        var i = 0;
        for (; i <= x.Length - Vector512<T>.Count; i += Vector512<T>.Count)
            found |= Vector512.Equals(Vector512.LoadUnsafe(ref source, (nuint)i) & mask, mask);
        var any = found != Vector512<T>.Zero;
        for (; i < x.Length; i++)
            any |= (x[i] & exponent) == exponent;
        return any;
    }
}
