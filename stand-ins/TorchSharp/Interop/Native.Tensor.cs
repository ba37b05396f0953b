using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>native/tensor.cpp.</summary>
internal static unsafe partial class Native
{
    [LibraryImport(Library)]
    internal static partial void ts_free(IntPtr t);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_alias(IntPtr t);
    [SuppressGCTransition]
    [LibraryImport(Library)]
    internal static partial long ts_dim(IntPtr t);
    [SuppressGCTransition]
    [LibraryImport(Library)]
    internal static partial long ts_numel(IntPtr t);
    [SuppressGCTransition]
    [LibraryImport(Library)]
    internal static partial long ts_element_size(IntPtr t);
    [SuppressGCTransition]
    [LibraryImport(Library)]
    internal static partial int ts_dtype(IntPtr t);
    [SuppressGCTransition]
    [LibraryImport(Library)]
    internal static partial int ts_device_type(IntPtr t);
    [SuppressGCTransition]
    [LibraryImport(Library)]
    internal static partial int ts_device_index(IntPtr t);
    [SuppressGCTransition]
    [LibraryImport(Library)]
    internal static partial int ts_is_contiguous(IntPtr t);
    [SuppressGCTransition]
    [LibraryImport(Library)]
    internal static partial long ts_storage_offset(IntPtr t);
    [SuppressGCTransition]
    [LibraryImport(Library)]
    internal static partial int ts_requires_grad(IntPtr t);
    [SuppressGCTransition]
    [LibraryImport(Library)]
    internal static partial int ts_is_leaf(IntPtr t);
    [SuppressGCTransition]
    [LibraryImport(Library)]
    internal static partial void ts_sizes(IntPtr t, long* to);
    [SuppressGCTransition]
    [LibraryImport(Library)]
    internal static partial void ts_strides(IntPtr t, long* to);
    [SuppressGCTransition]
    [LibraryImport(Library)]
    internal static partial int ts_same(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial int ts_data(IntPtr t, void** to);
    [LibraryImport(Library)]
    internal static partial int ts_set_requires_grad(IntPtr t, int on);
    [LibraryImport(Library)]
    internal static partial int ts_retain_grad(IntPtr t);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_grad(IntPtr t);
    [LibraryImport(Library)]
    internal static partial int ts_set_grad(IntPtr t, IntPtr grad);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_to(IntPtr t, int dtype, int device, int index, int nonBlocking, int copy);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_parameter(IntPtr t, int requiresGrad);
    [LibraryImport(Library)]
    internal static partial int ts_item(IntPtr t, ScalarArg* to);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_clone(IntPtr t);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_detach(IntPtr t);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_detach_(IntPtr t);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_contiguous(IntPtr t);
    [LibraryImport(Library)]
    internal static partial int ts_copy_(IntPtr t, IntPtr source, int nonBlocking);
    [LibraryImport(Library)]
    internal static partial int ts_zero_(IntPtr t);
    [LibraryImport(Library)]
    internal static partial int ts_fill_(IntPtr t, ScalarArg v);
}
