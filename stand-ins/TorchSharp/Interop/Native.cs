using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>The C ABI of native/. The library, and libtorch behind it, is loaded by the first call, not before.</summary>
internal static unsafe partial class Native
{
    private const string Library = "torchstandin";

    /// <summary>A managed exception which crossed native frames as a failed callback, to be thrown again on this thread.</summary>
    [ThreadStatic]
    internal static Exception? Pending;

    /// <summary>Wraps a result; the operands are named so that no finalizer frees them during the call.</summary>
    internal static torch.Tensor Take(IntPtr result, object? a = null, object? b = null, object? c = null, object? d = null)
    {
        if (result == IntPtr.Zero)
            throw Failure();
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(c);
        GC.KeepAlive(d);
        return new torch.Tensor(result);
    }

    internal static void Check(int status, object? a = null, object? b = null, object? c = null, object? d = null)
    {
        if (status != 0)
            throw Failure();
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(c);
        GC.KeepAlive(d);
    }

    /// <summary>Throws if the last call on this thread left an error; for calls whose null result may be no error.</summary>
    internal static void CheckError()
    {
        var message = ts_error();
        if (message != IntPtr.Zero)
            throw Failure(message);
    }

    internal static Exception Failure() => Failure(ts_error());

    private static Exception Failure(IntPtr message)
    {
        var pending = Pending;
        Pending = null;
        if (pending is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(pending);
        return new ExternalException(Marshal.PtrToStringUTF8(message) ?? "libtorch reported an error without a message");
    }

    /// <summary>The handles of a list; a null entry is an undefined tensor.</summary>
    internal static IntPtr[] Handles<T>(IEnumerable<T?>? tensors) where T : torch.Tensor
    {
        switch (tensors)
        {
            case null:
                return [];
            case ICollection<T?> known:
                var handles = new IntPtr[known.Count];
                var i = 0;
                foreach (var t in known)
                    handles[i++] = t is null || t.IsInvalid ? IntPtr.Zero : t.Handle;
                return handles;
            default:
                return tensors.Select(t => t is null || t.IsInvalid ? IntPtr.Zero : t.Handle).ToArray();
        }
    }
}
