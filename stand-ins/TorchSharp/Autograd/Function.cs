using static TorchSharp.Interop.Native;

namespace TorchSharp;

public static unsafe partial class torch
{
    public static partial class autograd
    {
        /// <summary>An operation with a backward of its own.</summary>
        public abstract class Function<T> where T : Function<T>, new()
        {
            private const int MostOutputs = 64;

            internal static T Instance { get; } = new();

            /// <summary>For messages.</summary>
            public abstract string Name { get; }

            internal abstract List<Tensor> Forward(AutogradContext ctx, object[] vars);

            internal abstract List<Tensor> Backward(AutogradContext ctx, List<Tensor> gradients);

            internal static List<Tensor> Apply(object[] vars)
            {
                var tensors = vars.OfType<Tensor>().Where(t => !t.IsInvalid).ToList();
                var handles = Handles(tensors);
                var call = new FunctionCall(
                    ctx => Instance.Forward(ctx, vars),
                    (ctx, gradients) => Instance.Backward(ctx, gradients),
                    vars.Select(v => v is Tensor { IsInvalid: false }).ToArray(),
                    Instance.Name);
                var results = new IntPtr[MostOutputs];
                int count;
                fixed (IntPtr* p = handles, to = results)
                    count = FunctionCall.Run(call, p, handles.Length, to, MostOutputs);
                GC.KeepAlive(tensors);
                if (count < 0)
                    throw Failure();
                return results.Take(count).Select(h => h == IntPtr.Zero ? null! : new Tensor(h)).ToList();
            }
        }

        /// <summary>A function with one output.</summary>
        public abstract class SingleTensorFunction<T> : Function<T> where T : SingleTensorFunction<T>, new()
        {
            /// <summary>Runs forward; backward will run when gradients flow.</summary>
            public static Tensor apply(params object[] vars) => Apply(vars)[0];

            /// <summary>Computes the output; not recorded.</summary>
            public abstract Tensor forward(AutogradContext ctx, params object[] vars);

            /// <summary>The gradient of every argument of apply; null for what is not a tensor or has none.</summary>
            public abstract List<Tensor> backward(AutogradContext ctx, Tensor grad_output);

            internal sealed override List<Tensor> Forward(AutogradContext ctx, object[] vars) => [forward(ctx, vars)];

            internal sealed override List<Tensor> Backward(AutogradContext ctx, List<Tensor> gradients) => backward(ctx, gradients[0]);
        }

        /// <summary>A function with several outputs.</summary>
        public abstract class MultiTensorFunction<T> : Function<T> where T : MultiTensorFunction<T>, new()
        {
            /// <summary>Runs forward; backward will run when gradients flow.</summary>
            public static List<Tensor> apply(params object[] vars) => Apply(vars);

            /// <summary>Computes the outputs; not recorded.</summary>
            public abstract List<Tensor> forward(AutogradContext ctx, params object[] vars);

            /// <summary>The gradient of every argument of apply; null for what is not a tensor or has none.</summary>
            public abstract List<Tensor> backward(AutogradContext ctx, List<Tensor> grad_outputs);

            internal sealed override List<Tensor> Forward(AutogradContext ctx, object[] vars) => forward(ctx, vars);

            internal sealed override List<Tensor> Backward(AutogradContext ctx, List<Tensor> gradients) => backward(ctx, gradients);
        }
    }
}
