using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using FedOperator.Trainer.Training;
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
        if (x.device_type != TorchSharp.DeviceType.CPU)
        {
            AddWhereItLies(moments, x);
            return;
        }

        var shape = x.shape;
        // Channels last in memory: (N H W, C), rows of one value a channel.
        using var last = shape.Length == 4 && !x.is_contiguous() ? x.permute(0, 2, 3, 1) : null;
        using var dense = (last ?? x).is_contiguous() ? null : x.contiguous();
        var memory = dense ?? last ?? x;
        var values = shape.Length == 4 ? checked((int)(shape[2] * shape[3])) : 1;
        var row = ReferenceEquals(memory, last) ? 1 : values;
        var sums = new Sums((int)shape[1]);
        if (memory.dtype == ScalarType.Float32)
            sums.Add(MemoryMarshal.Cast<byte, float>(memory.bytes), row);
        else if (memory.dtype == ScalarType.Float64)
            sums.Add(MemoryMarshal.Cast<byte, double>(memory.bytes), row);
        else
            throw new ArgumentException($"moments of {memory.dtype}: only Float32 and Float64", nameof(x));
        sums.MergeInto(moments, shape[0] * values);
    }

    /// <summary>The same by libtorch's sums, on whatever device: what leaves a GPU is three numbers a channel, not the activation.</summary>
    internal static void AddWhereItLies(ChannelMoments moments, Tensor x)
    {
        using var nothing = no_grad();
        using var scope = NewDisposeScope();
        var values = x.detach().to(ScalarType.Float64);
        var count = x.numel() / moments.Channels;
        if (count == 0)
            return;
        long[] others = x.ndim == 4 ? [0, 2, 3] : [0];
        var shift = x.ndim == 4 ? values.narrow(0, 0, 1).narrow(2, 0, 1).narrow(3, 0, 1) : values.narrow(0, 0, 1); // (1, C, 1, 1) or (1, C)
        var centred = values - shift;
        var sums = TensorContent.Doubles(stack([shift.reshape(-1), centred.sum(others), centred.square().sum(others)])); // (3, C)
        MergeInto(moments, sums.AsSpan(0, moments.Channels), sums.AsSpan(moments.Channels, moments.Channels), sums.AsSpan(2 * moments.Channels), count);
    }

    // Of the sums of x - shift and of their squares.
    private static void MergeInto(ChannelMoments moments, ReadOnlySpan<double> shift, ReadOnlySpan<double> sum, ReadOnlySpan<double> squares, long count)
    {
        var mean = new double[shift.Length];
        var m2 = new double[shift.Length];
        for (var c = 0; c < mean.Length; c++)
        {
            mean[c] = shift[c] + (sum[c] / count);
            m2[c] = squares[c] - (sum[c] * sum[c] / count);

            // Rounding may leave a tiny negative number; NaN stays NaN, for the aggregator to refuse.
            if (m2[c] < 0)
                m2[c] = 0;
        }
        moments.Merge(count, mean, m2);
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
            if (row == 1)
            {
                // As much at a time as a core's first cache holds: each channel's values are added in their order all the same.
                var tile = Math.Max(1, 4096 / _shift.Length) * _shift.Length;
                for (var start = 0; start < x.Length; start += tile)
                    AddRows(x.Slice(start, Math.Min(tile, x.Length - start)));
                return;
            }
            for (var (start, c) = (0, 0); start < x.Length; start += row, c = c + 1 == _shift.Length ? 0 : c + 1)
            {
                var (sum, squares) = row >= 8 ? Vectors(x.Slice(start, row), _shift[c]) : Scalars(x.Slice(start, row), _shift[c]);
                _sum[c] += sum;
                _squares[c] += squares;
            }
        }

        public void MergeInto(ChannelMoments moments, long count)
        {
            if (count > 0)
                ActivationMoments.MergeInto(moments, _shift, _sum, _squares, count);
        }

        // x: (rows, C)
        private void AddRows<T>(ReadOnlySpan<T> x)
            where T : unmanaged, INumberBase<T>
        {
            var c = 0;
            for (; c + 8 <= _shift.Length; c += 8)
            {
                var (shift0, shift1) = (Vector256.Create(_shift.AsSpan(c)), Vector256.Create(_shift.AsSpan(c + 4)));
                var (sum0, sum1) = (Vector256.Create(_sum.AsSpan(c)), Vector256.Create(_sum.AsSpan(c + 4)));
                var (squares0, squares1) = (Vector256.Create(_squares.AsSpan(c)), Vector256.Create(_squares.AsSpan(c + 4)));
                for (var i = c; i < x.Length; i += _shift.Length)
                {
                    var (d0, d1) = Eight(x.Slice(i, 8));
                    d0 -= shift0;
                    d1 -= shift1;
                    sum0 += d0;
                    sum1 += d1;
                    squares0 += d0 * d0;
                    squares1 += d1 * d1;
                }
                sum0.CopyTo(_sum, c);
                sum1.CopyTo(_sum, c + 4);
                squares0.CopyTo(_squares, c);
                squares1.CopyTo(_squares, c + 4);
            }
            for (; c < _shift.Length; c++)
            {
                for (var i = c; i < x.Length; i += _shift.Length)
                {
                    var d = double.CreateTruncating(x[i]) - _shift[c];
                    _sum[c] += d;
                    _squares[c] += d * d;
                }
            }
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
