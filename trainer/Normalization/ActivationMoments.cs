using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Normalization;

/// <summary>Moments per channel of one activation, in one pass over its memory with float64 accumulators.</summary>
/// <remarks>
/// Sums of (x - s) and (x - s)^2 with s the channel's first value: no cancellation where the mean is large beside the deviation. Vectors of a fixed width, so the result does not depend on the machine's.
/// </remarks>
internal static class ActivationMoments
{
    /// <summary>Adds the moments of <paramref name="x"/>, (N, C) or (N, C, H, W), float32 or float64, to <paramref name="moments"/>.</summary>
    public static void Add(ChannelMoments moments, Tensor x)
    {
        using var host = x.device_type == TorchSharp.DeviceType.CPU ? null : x.cpu();
        using var dense = (host ?? x).is_contiguous() ? null : (host ?? x).contiguous();
        var memory = dense ?? host ?? x;
        var shape = memory.shape;
        var row = shape.Length == 4 ? checked((int)(shape[2] * shape[3])) : 1;
        var sums = new Sums((int)shape[1]);
        if (memory.dtype == ScalarType.Float32)
            sums.Add(MemoryMarshal.Cast<byte, float>(memory.bytes), row);
        else if (memory.dtype == ScalarType.Float64)
            sums.Add(MemoryMarshal.Cast<byte, double>(memory.bytes), row);
        else
            throw new ArgumentException($"moments of {memory.dtype}: only Float32 and Float64", nameof(x));
        sums.MergeInto(moments, shape[0] * row);
    }

    private sealed class Sums(int channels)
    {
        private readonly double[] _shift = new double[channels];
        private readonly double[] _sum = new double[channels];
        private readonly double[] _squares = new double[channels];

        // x: (N, C, row)
        public void Add<T>(ReadOnlySpan<T> x, int row)
            where T : unmanaged, INumberBase<T>
        {
            for (var c = 0; c < _shift.Length && x.Length > 0; c++)
                _shift[c] = double.CreateTruncating(x[c * row]);
            for (var (start, c) = (0, 0); start < x.Length; start += row, c = c + 1 == _shift.Length ? 0 : c + 1)
            {
                var (sum, squares) = row >= 8 ? Vectors(x.Slice(start, row), _shift[c]) : Scalars(x.Slice(start, row), _shift[c]);
                _sum[c] += sum;
                _squares[c] += squares;
            }
        }

        public void MergeInto(ChannelMoments moments, long count)
        {
            if (count == 0)
                return;
            var mean = new double[_shift.Length];
            var m2 = new double[_shift.Length];
            for (var c = 0; c < mean.Length; c++)
            {
                mean[c] = _shift[c] + (_sum[c] / count);
                m2[c] = _squares[c] - (_sum[c] * _sum[c] / count);

                // Rounding may leave a tiny negative number; NaN stays NaN, for the aggregator to refuse.
                if (m2[c] < 0)
                    m2[c] = 0;
            }
            moments.Merge(count, mean, m2);
        }

        private static (double Sum, double Squares) Scalars<T>(ReadOnlySpan<T> x, double shift)
            where T : unmanaged, INumberBase<T>
        {
            var (sum, squares) = (0.0, 0.0);
            foreach (var value in x)
            {
                var d = double.CreateTruncating(value) - shift;
                sum += d;
                squares += d * d;
            }
            return (sum, squares);
        }

        private static (double Sum, double Squares) Vectors<T>(ReadOnlySpan<T> x, double shift)
            where T : unmanaged, INumberBase<T>
        {
            var (sum0, sum1, squares0, squares1) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
            var shifts = Vector256.Create(shift);
            var i = 0;
            for (; i + 8 <= x.Length; i += 8)
            {
                var (d0, d1) = Eight(x.Slice(i, 8));
                d0 -= shifts;
                d1 -= shifts;
                sum0 += d0;
                sum1 += d1;
                squares0 += d0 * d0;
                squares1 += d1 * d1;
            }
            var (sum, squares) = Scalars(x[i..], shift);
            return (Vector256.Sum(sum0 + sum1) + sum, Vector256.Sum(squares0 + squares1) + squares);
        }

        private static (Vector256<double> Low, Vector256<double> High) Eight<T>(ReadOnlySpan<T> x)
            where T : unmanaged
        {
            if (typeof(T) == typeof(float))
                return Vector256.Widen(Vector256.Create(MemoryMarshal.Cast<T, float>(x)));
            var doubles = MemoryMarshal.Cast<T, double>(x);
            return (Vector256.Create(doubles), Vector256.Create(doubles[4..]));
        }
    }
}
