using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>A number on its way to libtorch: kind 0 is an integer, 1 a floating-point number, 2 a bool.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ScalarArg
{
    public long Kind;
    public long Integer;
    public double Real;
}

/// <summary>One index of a tensor subscript; kinds as in shim's IndexArg.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IndexArg
{
    public long Kind;
    public long Start;
    public long Stop;
    public long Step;
    public IntPtr Tensor;
}
