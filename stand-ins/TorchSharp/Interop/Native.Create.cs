using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>native/create.cpp.</summary>
internal static unsafe partial class Native
{
    [LibraryImport(Library)]
    internal static partial IntPtr ts_empty(long* sizes, int n, int dtype, int device, int index, int grad);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_zeros(long* sizes, int n, int dtype, int device, int index, int grad);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_ones(long* sizes, int n, int dtype, int device, int index, int grad);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_full(long* sizes, int n, ScalarArg v, int dtype, int device, int index, int grad);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_rand(long* sizes, int n, int dtype, int device, int index, int grad, IntPtr g);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_randn(long* sizes, int n, int dtype, int device, int index, int grad, IntPtr g);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_randint(long low, long high, long* sizes, int n, int dtype, int device, int index, int grad, IntPtr g);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_randperm(long n, int dtype, int device, int index, int grad, IntPtr g);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_arange(ScalarArg start, ScalarArg stop, ScalarArg step, int dtype, int device, int index, int grad);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_zeros_like(IntPtr t, int dtype, int device, int index, int grad);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_ones_like(IntPtr t, int dtype, int device, int index, int grad);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_empty_like(IntPtr t, int dtype, int device, int index, int grad);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_full_like(IntPtr t, ScalarArg v, int dtype, int device, int index, int grad);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_from_bytes(void* bytes, long count, long* sizes, int n, int source, int dtype, int device, int index, int grad);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_from_blob(void* data, long elements, int dtype, int grad, delegate* unmanaged[Cdecl]<IntPtr, void> release, void* context);
    [LibraryImport(Library)]
    internal static partial int ts_uniform_(IntPtr t, double low, double high, IntPtr g);
    [LibraryImport(Library)]
    internal static partial int ts_normal_(IntPtr t, double mean, double std, IntPtr g);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_bernoulli(IntPtr t, IntPtr g);
    [LibraryImport(Library)]
    internal static partial int ts_bernoulli_(IntPtr t, double p, IntPtr g);
}
