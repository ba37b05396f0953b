using static TorchSharp.Interop.Native;

namespace TorchSharp;

public static unsafe partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>The greatest of each window.</summary>
            public static Tensor max_pool2d(Tensor input, long[] kernel_size, long[]? strides = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false)
            {
                long* k = stackalloc long[2], s = stackalloc long[2], p = stackalloc long[2], d = stackalloc long[2];
                Pair(kernel_size, 1, k);
                Pair(strides ?? kernel_size, 1, s);
                Pair(padding, 0, p);
                Pair(dilation, 1, d);
                return Take(ts_max_pool2d(input.Handle, k, s, p, d, ceil_mode ? 1 : 0), input);
            }

            /// <summary>The greatest of each window.</summary>
            public static Tensor max_pool2d(Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                max_pool2d(input, [kernel_size, kernel_size], Twice(stride), Twice(padding), Twice(dilation), ceil_mode);

            /// <summary>The greatest of each window.</summary>
            public static Tensor max_pool2d(Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, bool ceil_mode = false) =>
                max_pool2d(input, [kernel_size.Item1, kernel_size.Item2], Both(stride), Both(padding), Both(dilation), ceil_mode);

            /// <summary>The mean of each window.</summary>
            public static Tensor avg_pool2d(Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
            {
                long* k = stackalloc long[2], s = stackalloc long[2], p = stackalloc long[2];
                Pair(kernel_size, 1, k);
                Pair(stride ?? kernel_size, 1, s);
                Pair(padding, 0, p);
                return Take(ts_avg_pool2d(input.Handle, k, s, p, ceil_mode ? 1 : 0, count_include_pad ? 1 : 0, divisor_override ?? 0), input);
            }

            /// <summary>The mean of each window.</summary>
            public static Tensor avg_pool2d(Tensor input, long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                avg_pool2d(input, [kernel_size, kernel_size], Twice(stride), [padding, padding], ceil_mode, count_include_pad, divisor_override);

            /// <summary>The mean of each window.</summary>
            public static Tensor avg_pool2d(Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                avg_pool2d(input, [kernel_size.Item1, kernel_size.Item2], Both(stride), Both(padding), ceil_mode, count_include_pad, divisor_override);

            /// <summary>Means over as many windows as the output has elements.</summary>
            public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size)
            {
                var size = stackalloc long[2];
                Pair(output_size, 1, size);
                return Take(ts_adaptive_avg_pool2d(input.Handle, size), input);
            }

            /// <summary>Means over as many windows as the output has elements.</summary>
            public static Tensor adaptive_avg_pool2d(Tensor input, (long, long) output_size) => adaptive_avg_pool2d(input, [output_size.Item1, output_size.Item2]);

            /// <summary>Means over as many windows as the output has elements.</summary>
            public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) => adaptive_avg_pool2d(input, [output_size, output_size]);

            internal static long[]? Twice(long? value) => value is { } v ? [v, v] : null;

            internal static long[]? Both((long, long)? value) => value is { } v ? [v.Item1, v.Item2] : null;
        }
    }
}
