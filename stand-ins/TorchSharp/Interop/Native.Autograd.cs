using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>native/autograd.cpp.</summary>
internal static unsafe partial class Native
{
    [LibraryImport(Library)]
    internal static partial int ts_backward(IntPtr* outputs, int n, IntPtr* grads, int ngrads, int retain, int create, IntPtr* inputs, int ninputs);
    [LibraryImport(Library)]
    internal static partial int ts_backward_scalar(IntPtr loss);
    [LibraryImport(Library)]
    internal static partial int ts_autograd_grad(IntPtr* outputs, int n, IntPtr* inputs, int ninputs, IntPtr* grads, int ngrads, int retain, int create, int allowUnused, IntPtr* to);
}
