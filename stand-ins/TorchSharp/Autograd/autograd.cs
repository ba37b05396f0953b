using static TorchSharp.Interop.Native;

namespace TorchSharp;

public static unsafe partial class torch
{
    /// <summary>Derivatives of recorded computations.</summary>
    public static partial class autograd
    {
        /// <summary>The gradients of outputs by inputs, without touching anything's grad.</summary>
        public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            IntPtr[] o = Handles(outputs), i = Handles(inputs), g = Handles(grad_outputs);
            var results = new IntPtr[i.Length];
            fixed (IntPtr* po = o, pi = i, pg = g, to = results)
                Check(ts_autograd_grad(po, o.Length, pi, i.Length, pg, g.Length, retain_graph || create_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, to), outputs, inputs, grad_outputs);
            return results.Select(h => h == IntPtr.Zero ? null! : new Tensor(h)).ToList();
        }

        /// <summary>Adds gradients to the leaves.</summary>
        public static void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            IntPtr[] t = Handles(tensors), g = Handles(grad_tensors), i = Handles(inputs);
            fixed (IntPtr* pt = t, pg = g, pi = i)
                Check(ts_backward(pt, t.Length, pg, g.Length, retain_graph ?? create_graph ? 1 : 0, create_graph ? 1 : 0, pi, i.Length), tensors, grad_tensors, inputs);
        }

        /// <summary>Adds gradients to the leaves.</summary>
        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        /// <summary>Adds gradients to the leaves.</summary>
        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);
    }
}
