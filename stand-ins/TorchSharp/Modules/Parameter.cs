using static TorchSharp.Interop.Native;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A tensor that is trained.</summary>
public class Parameter : Tensor
{
    /// <summary>Takes over the data and its dispose scope; <paramref name="data"/> itself is disposed.</summary>
    public Parameter(Tensor data, bool requires_grad = true) : base(Adopt(data, requires_grad, out var scope)) => MoveToOtherDisposeScope(scope);

    private static IntPtr Adopt(Tensor data, bool requiresGrad, out DisposeScope? scope)
    {
        var handle = ts_parameter(data.Handle, requiresGrad ? 1 : 0);
        if (handle == IntPtr.Zero)
            throw Failure();
        scope = data.OwningDisposeScope;
        data.Dispose();
        return handle;
    }
}
