using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>native/runtime.cpp.</summary>
internal static unsafe partial class Native
{
    [SuppressGCTransition]
    [LibraryImport(Library)]
    internal static partial IntPtr ts_error();
    [LibraryImport(Library)]
    internal static partial int ts_get_num_threads();
    [LibraryImport(Library)]
    internal static partial int ts_set_num_threads(int n);
    [SuppressGCTransition]
    [LibraryImport(Library)]
    internal static partial int ts_grad_enabled();
    [SuppressGCTransition]
    [LibraryImport(Library)]
    internal static partial void ts_set_grad_enabled(int on);
    [LibraryImport(Library)]
    internal static partial int ts_manual_seed(long seed);
    [LibraryImport(Library)]
    internal static partial int ts_cuda_available();
    [LibraryImport(Library)]
    internal static partial int ts_cuda_count();
    [LibraryImport(Library)]
    internal static partial int ts_cuda_synchronize(long device);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_default_generator();
    [LibraryImport(Library)]
    internal static partial IntPtr ts_generator(ulong seed);
    [LibraryImport(Library)]
    internal static partial void ts_generator_free(IntPtr g);
    [LibraryImport(Library)]
    internal static partial int ts_generator_seed(IntPtr g, ulong seed);
    [LibraryImport(Library)]
    internal static partial long ts_generator_initial_seed(IntPtr g);
    [LibraryImport(Library)]
    internal static partial long ts_generator_random_seed(IntPtr g);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_generator_get_state(IntPtr g);
    [LibraryImport(Library)]
    internal static partial int ts_generator_set_state(IntPtr g, IntPtr state);
}
