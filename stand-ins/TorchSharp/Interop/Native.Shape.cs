using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>native/shape.cpp.</summary>
internal static unsafe partial class Native
{
    [LibraryImport(Library)]
    internal static partial IntPtr ts_reshape(IntPtr a, long* s, int n);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_view(IntPtr a, long* s, int n);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_expand(IntPtr a, long* s, int n, int isImplicit);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_repeat(IntPtr a, long* s, int n);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_permute(IntPtr a, long* d, int n);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_flip(IntPtr a, long* d, int n);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_as_strided(IntPtr a, long* s, int n, long* strides, long offset);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_transpose(IntPtr a, long x, long y);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_t(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_flatten(IntPtr a, long start, long end);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_squeeze(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_squeeze_dim(IntPtr a, long dim);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_unsqueeze(IntPtr a, long dim);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_select(IntPtr a, long dim, long i);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_narrow(IntPtr a, long dim, long start, long length);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_slice(IntPtr a, long dim, long start, long end, long step);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_index_select(IntPtr a, long dim, IntPtr index);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_gather(IntPtr a, long dim, IntPtr index);
    [LibraryImport(Library)]
    internal static partial int ts_index_add_(IntPtr a, long dim, IntPtr index, IntPtr source, ScalarArg alpha);
    [LibraryImport(Library)]
    internal static partial int ts_index_copy_(IntPtr a, long dim, IntPtr index, IntPtr source);
    [LibraryImport(Library)]
    internal static partial int ts_scatter_(IntPtr a, long dim, IntPtr index, IntPtr source);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_masked_select(IntPtr a, IntPtr mask);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_nonzero(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_cat(IntPtr* list, int n, long dim);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_stack(IntPtr* list, int n, long dim);
    [LibraryImport(Library)]
    internal static partial int ts_split(IntPtr a, long size, long dim, IntPtr* to, int room);
    [LibraryImport(Library)]
    internal static partial int ts_split_sizes(IntPtr a, long* sizes, int n, long dim, IntPtr* to, int room);
    [LibraryImport(Library)]
    internal static partial int ts_chunk(IntPtr a, long chunks, long dim, IntPtr* to, int room);
    [LibraryImport(Library)]
    internal static partial int ts_unbind(IntPtr a, long dim, IntPtr* to, int room);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_index(IntPtr a, IndexArg* p, int n);
    [LibraryImport(Library)]
    internal static partial int ts_index_put_(IntPtr a, IndexArg* p, int n, IntPtr value);
    [LibraryImport(Library)]
    internal static partial int ts_index_put_s_(IntPtr a, IndexArg* p, int n, ScalarArg value);
}
