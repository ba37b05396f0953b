using static TorchSharp.Interop.Native;

namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        /// <summary>Whether gradients are recorded.</summary>
        public bool requires_grad
        {
            get
            {
                var yes = ts_requires_grad(Handle) != 0;
                GC.KeepAlive(this);
                return yes;
            }
            set => Check(ts_set_requires_grad(Handle, value ? 1 : 0), this);
        }

        /// <summary>Whether it is not the result of a recorded operation.</summary>
        public bool is_leaf
        {
            get
            {
                var yes = ts_is_leaf(Handle) != 0;
                GC.KeepAlive(this);
                return yes;
            }
        }

        /// <summary>The gradient, or null; every read gives a handle of its own.</summary>
        public Tensor? grad
        {
            get
            {
                var g = ts_grad(Handle);
                GC.KeepAlive(this);
                if (g != IntPtr.Zero)
                    return new Tensor(g);
                CheckError();
                return null;
            }
            set => Check(ts_set_grad(Handle, value?.Handle ?? IntPtr.Zero), this, value);
        }

        /// <summary>Sets whether gradients are recorded.</summary>
        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        /// <summary>Sets whether gradients are recorded.</summary>
        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        /// <summary>Keeps the gradient of a tensor that is not a leaf.</summary>
        public void retain_grad() => Check(ts_retain_grad(Handle), this);

        /// <summary>The same data outside the graph.</summary>
        public Tensor detach() => Take(ts_detach(Handle), this);

        /// <summary>Leaves the graph.</summary>
        public Tensor detach_() => Take(ts_detach_(Handle), this);

        /// <summary>Adds the gradients of a scalar to the leaves it was computed from.</summary>
        public void backward() => Check(ts_backward_scalar(Handle), this);

        /// <summary>Adds gradients to the leaves it was computed from.</summary>
        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph || create_graph, create_graph, inputs);
    }
}
