using static TorchSharp.Interop.Native;

namespace TorchSharp;

public static unsafe partial class torch
{
    public static partial class nn
    {
        /// <summary>How the elements of a loss become one.</summary>
        public enum Reduction : long
        {
            /// <summary>They do not.</summary>
            None = 0,
            /// <summary>Their mean.</summary>
            Mean = 1,
            /// <summary>Their sum.</summary>
            Sum = 2,
        }

        /// <summary>Operators without state.</summary>
        public static partial class functional
        {
            /// <summary>max(x, 0).</summary>
            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_() : x.relu();

            /// <summary>Exponentials that sum to one.</summary>
            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            /// <summary>Their logarithms.</summary>
            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            /// <summary>x W' + b.</summary>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) =>
                Take(ts_linear(input.Handle, weights.Handle, H(bias)), input, weights, bias);

            /// <summary>(N, C, H, W) with (Out, C / groups, h, w).</summary>
            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1)
            {
                long* s = stackalloc long[2], p = stackalloc long[2], d = stackalloc long[2];
                Pair(strides, 1, s);
                Pair(padding, 0, p);
                Pair(dilation, 1, d);
                return Take(ts_conv2d(input.Handle, weight.Handle, H(bias), s, p, d, groups), input, weight, bias);
            }

            internal static Tensor conv2d_named(Tensor input, Tensor weight, Tensor? bias, long[] strides, Padding padding, long[] dilation, long groups)
            {
                long* s = stackalloc long[2], d = stackalloc long[2];
                Pair(strides, 1, s);
                Pair(dilation, 1, d);
                return Take(ts_conv2d_same(input.Handle, weight.Handle, H(bias), s, padding == Padding.Same ? 1 : 0, d, groups), input, weight, bias);
            }

            /// <summary>(x - mean) / sqrt(var + eps), per channel; in training by the batch's own moments, which then move the running ones.</summary>
            public static Tensor batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null, bool training = false, double momentum = 0.1, double eps = 1e-05)
            {
                var result = Take(ts_batch_norm(input.Handle, H(running_mean), H(running_var), H(weight), H(bias), training ? 1 : 0, momentum, eps), input, weight, bias);
                GC.KeepAlive(running_mean);
                GC.KeepAlive(running_var);
                return result;
            }

            /// <summary>Normalized per sample and group of channels.</summary>
            public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05) =>
                Take(ts_group_norm(input.Handle, num_groups, H(weight), H(bias), eps), input, weight, bias);

            /// <summary>Normalized over the last dimensions.</summary>
            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05)
            {
                fixed (long* p = normalized_shape)
                    return Take(ts_layer_norm(input.Handle, p, normalized_shape.Length, H(weight), H(bias), eps), input, weight, bias);
            }

            /// <summary>Zeroes elements with probability p and scales the others by 1 / (1 - p).</summary>
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
            {
                if (!inplace)
                    return Take(ts_dropout(input.Handle, p, training ? 1 : 0), input);
                Check(ts_dropout_(input.Handle, p, training ? 1 : 0), input);
                return input.alias();
            }

            /// <summary>A row of zeros and a one per element.</summary>
            public static Tensor one_hot(Tensor x, long num_classes = -1) => Take(ts_one_hot(x.Handle, num_classes), x);

            /// <summary>With a border; pairs from the last dimension.</summary>
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => functional.pad(input, (ReadOnlySpan<long>)pad, mode, value);

            /// <summary>With a border; pairs from the last dimension.</summary>
            public static Tensor pad(Tensor input, ReadOnlySpan<long> pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
            {
                fixed (long* p = pad)
                    return Take(ts_pad(input.Handle, p, pad.Length, (int)mode, mode == PaddingModes.Constant ? value : 0), input);
            }

            /// <summary>With a border left and right.</summary>
            public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, (ReadOnlySpan<long>)[pad.Item1, pad.Item2], mode, value);

            /// <summary>With a border left, right, above and below.</summary>
            public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, (ReadOnlySpan<long>)[pad.Item1, pad.Item2, pad.Item3, pad.Item4], mode, value);

            internal static IntPtr H(Tensor? t) => t is null ? IntPtr.Zero : t.Handle;

            internal static void Pair(long[]? values, long standard, long* to)
            {
                to[0] = values is { Length: > 0 } ? values[0] : standard;
                to[1] = values is { Length: > 1 } ? values[1] : to[0];
            }
        }
    }
}
