using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.Interop.Native;

namespace TorchSharp;

/// <summary>One application of a managed autograd function: the state libtorch's node keeps, and the callbacks it calls.</summary>
internal sealed unsafe class FunctionCall(
    Func<torch.autograd.AutogradContext, List<torch.Tensor>> forward,
    Func<torch.autograd.AutogradContext, List<torch.Tensor>, List<torch.Tensor>> backward,
    bool[] isTensor,
    string name)
{
    private readonly torch.autograd.AutogradContext context = new();
    private readonly Lock gate = new();

    /// <summary>The forward closure holds the arguments: it goes when it has run.</summary>
    private Func<torch.autograd.AutogradContext, List<torch.Tensor>>? forward = forward;

    /// <summary>Runs forward through libtorch, which records the node; returns how many outputs it wrote, or -1.</summary>
    internal static int Run(FunctionCall call, IntPtr* inputs, int n, IntPtr* to, int room)
    {
        var state = GCHandle.ToIntPtr(GCHandle.Alloc(call));
        return ts_function_apply(inputs, n, (void*)state, &Forward, &Backward, &Release, to, room);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Forward(IntPtr state, IntPtr ctx, IntPtr* inputs, int n, IntPtr outputs)
    {
        try
        {
            var call = Of(state);
            call.context.Native = ctx;
            var results = call.forward!(call.context);
            call.forward = null;
            call.context.Commit();
            call.context.Native = IntPtr.Zero;
            foreach (var t in results)
                Check(ts_list_add(outputs, t.Handle), t);
            return 0;
        }
        catch (Exception e)
        {
            Pending = e;
            return 1;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Backward(IntPtr state, IntPtr ctx, IntPtr* inputs, int n, IntPtr outputs)
    {
        var gradients = new List<torch.Tensor>(n);
        for (var i = 0; i < n; i++)
            gradients.Add(inputs[i] == IntPtr.Zero ? null! : new torch.Tensor(inputs[i]));
        try
        {
            Of(state).Differentiate(ctx, gradients, outputs);
            return 0;
        }
        catch (Exception e)
        {
            Pending = e;
            return 1;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Release(IntPtr state)
    {
        var handle = GCHandle.FromIntPtr(state);
        (handle.Target as FunctionCall)?.context.Dispose();
        handle.Free();
    }

    private void Differentiate(IntPtr ctx, List<torch.Tensor> gradients, IntPtr outputs)
    {
        lock (gate)
        {
            context.Native = ctx;
            var results = backward(context, gradients);
            context.Native = IntPtr.Zero;
            if (results.Count < isTensor.Length || results.Skip(isTensor.Length).Any(t => t is { IsInvalid: false }))
                throw new InvalidOperationException($"Function {name} returned an incorrect number of gradients (expected {isTensor.Length}, got {results.Count}).");
            for (var i = 0; i < isTensor.Length; i++)
            {
                var gradient = results[i] is { IsInvalid: false } t ? t : null;
                if (isTensor[i])
                    Check(ts_list_add(outputs, gradient?.Handle ?? IntPtr.Zero), gradient);
                else if (gradient is not null)
                    throw new InvalidOperationException($"Function {name} returned a gradient for argument {i + 1}, which is not a tensor.");
            }
        }
    }

    private static FunctionCall Of(IntPtr state) => (FunctionCall)GCHandle.FromIntPtr(state).Target!;
}
