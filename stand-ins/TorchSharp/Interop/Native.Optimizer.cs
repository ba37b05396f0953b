using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>native/optimizer.cpp.</summary>
internal static unsafe partial class Native
{
    [LibraryImport(Library)]
    internal static partial int ts_sgd_step(IntPtr* parameters, IntPtr* momentum, int n, double lr, double mu, double dampening, double decay, int nesterov, int maximize);
    [LibraryImport(Library)]
    internal static partial int ts_adam_step(IntPtr* parameters, IntPtr* mean, IntPtr* square, IntPtr* largest, long* steps, int n, double lr, double beta1, double beta2, double eps, double decay, int amsgrad, int maximize);
    [LibraryImport(Library)]
    internal static partial int ts_zero_grads(IntPtr* parameters, int n, int toNone);
    [LibraryImport(Library)]
    internal static partial int ts_clip_grad_norm_(IntPtr* parameters, int n, double limit, double p, double* total);
    [LibraryImport(Library)]
    internal static partial int ts_clip_grad_value_(IntPtr* parameters, int n, double limit);
}
