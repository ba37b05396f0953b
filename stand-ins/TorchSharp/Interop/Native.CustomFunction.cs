using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>native/custom_function.cpp.</summary>
internal static unsafe partial class Native
{
    [LibraryImport(Library)]
    internal static partial int ts_function_apply(IntPtr* inputs, int n, void* state, delegate* unmanaged[Cdecl]<IntPtr, IntPtr, IntPtr*, int, IntPtr, int> forward, delegate* unmanaged[Cdecl]<IntPtr, IntPtr, IntPtr*, int, IntPtr, int> backward, delegate* unmanaged[Cdecl]<IntPtr, void> release, IntPtr* to, int room);
    [LibraryImport(Library)]
    internal static partial int ts_list_add(IntPtr list, IntPtr t);
    [LibraryImport(Library)]
    internal static partial int ts_ctx_save(IntPtr ctx, IntPtr* p, int n);
    [LibraryImport(Library)]
    internal static partial int ts_ctx_dirty(IntPtr ctx, IntPtr* p, int n);
    [LibraryImport(Library)]
    internal static partial int ts_ctx_non_differentiable(IntPtr ctx, IntPtr* p, int n);
    [LibraryImport(Library)]
    internal static partial void ts_ctx_materialize(IntPtr ctx, int on);
    [LibraryImport(Library)]
    internal static partial int ts_ctx_saved(IntPtr ctx, IntPtr* to, int room);
}
