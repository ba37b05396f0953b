using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>native/functional.cpp.</summary>
internal static unsafe partial class Native
{
    [LibraryImport(Library)]
    internal static partial IntPtr ts_conv2d(IntPtr x, IntPtr w, IntPtr b, long* stride, long* padding, long* dilation, long groups);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_conv2d_same(IntPtr x, IntPtr w, IntPtr b, long* stride, int same, long* dilation, long groups);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_linear(IntPtr x, IntPtr w, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_batch_norm(IntPtr x, IntPtr mean, IntPtr var, IntPtr w, IntPtr b, int training, double momentum, double eps);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_group_norm(IntPtr x, long groups, IntPtr w, IntPtr b, double eps);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_layer_norm(IntPtr x, long* shape, int n, IntPtr w, IntPtr b, double eps);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_softmax(IntPtr x, long dim, int dtype);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_log_softmax(IntPtr x, long dim, int dtype);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_cross_entropy(IntPtr x, IntPtr target, IntPtr weight, long reduction, long ignore, double smoothing);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_nll_loss(IntPtr x, IntPtr target, IntPtr weight, long reduction, long ignore);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_mse_loss(IntPtr x, IntPtr target, long reduction);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_l1_loss(IntPtr x, IntPtr target, long reduction);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_max_pool2d(IntPtr x, long* kernel, long* stride, long* padding, long* dilation, int ceil);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_avg_pool2d(IntPtr x, long* kernel, long* stride, long* padding, int ceil, int includePad, long divisor);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_adaptive_avg_pool2d(IntPtr x, long* size);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_dropout(IntPtr x, double p, int training);
    [LibraryImport(Library)]
    internal static partial int ts_dropout_(IntPtr x, double p, int training);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_one_hot(IntPtr x, long classes);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_pad(IntPtr x, long* pad, int n, int mode, double value);
}
