using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>native/reduce.cpp.</summary>
internal static unsafe partial class Native
{
    [LibraryImport(Library)]
    internal static partial IntPtr ts_sum(IntPtr a, int dtype);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_sum_dims(IntPtr a, long* d, int n, int keep, int dtype);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_mean(IntPtr a, int dtype);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_mean_dims(IntPtr a, long* d, int n, int keep, int dtype);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_prod(IntPtr a, int dtype);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_var(IntPtr a, int unbiased);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_var_dims(IntPtr a, long* d, int n, int unbiased, int keep, int dtype);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_std(IntPtr a, int unbiased);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_std_dims(IntPtr a, long* d, int n, int unbiased, int keep, int dtype);
    [LibraryImport(Library)]
    internal static partial int ts_var_mean_dims(IntPtr a, long* d, int n, int unbiased, int keep, IntPtr* var, IntPtr* mean);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_max(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_min(IntPtr a);
    [LibraryImport(Library)]
    internal static partial int ts_max_dim(IntPtr a, long dim, int keep, IntPtr* values, IntPtr* indices);
    [LibraryImport(Library)]
    internal static partial int ts_min_dim(IntPtr a, long dim, int keep, IntPtr* values, IntPtr* indices);
    [LibraryImport(Library)]
    internal static partial int ts_sort(IntPtr a, long dim, int descending, int stable, IntPtr* values, IntPtr* indices);
    [LibraryImport(Library)]
    internal static partial int ts_topk(IntPtr a, long k, long dim, int largest, int sorted, IntPtr* values, IntPtr* indices);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_amax(IntPtr a, long* d, int n, int keep);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_amin(IntPtr a, long* d, int n, int keep);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_argmax(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_argmax_dim(IntPtr a, long dim, int keep);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_argmin(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_argmin_dim(IntPtr a, long dim, int keep);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_all(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_all_dim(IntPtr a, long dim, int keep);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_any(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_any_dim(IntPtr a, long dim, int keep);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_norm(IntPtr a, double p);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_norm_dim(IntPtr a, long dim, int keep, double p);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_cumsum(IntPtr a, long dim, int dtype);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_logsumexp(IntPtr a, long dim, int keep);
}
