using TorchSharp.Modules;
using static TorchSharp.Interop.Native;

namespace TorchSharp;

public static unsafe partial class torch
{
    public static partial class nn
    {
        /// <summary>What is done to many parameters at once.</summary>
        public static partial class utils
        {
            /// <summary>Scales the gradients so that the norm of them all is at most so much; returns the norm before.</summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
            {
                var list = tensors as Parameter[] ?? tensors.ToArray();
                var handles = Handles(list);
                double total;
                fixed (IntPtr* p = handles)
                    Check(ts_clip_grad_norm_(p, handles.Length, max_norm, norm_type, &total), list);
                return total;
            }

            /// <summary>Limits each element of the gradients.</summary>
            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                var list = tensors as Parameter[] ?? tensors.ToArray();
                var handles = Handles(list);
                fixed (IntPtr* p = handles)
                    Check(ts_clip_grad_value_(p, handles.Length, clip_value), list);
            }

            /// <summary>All parameters in one vector.</summary>
            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
            {
                var flat = tensors.Select(t => t.reshape(-1)).ToArray();
                var all = cat(flat);
                foreach (var t in flat)
                    t.Dispose();
                return all;
            }

            /// <summary>Sets all parameters from one vector.</summary>
            public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
            {
                using var quiet = no_grad();
                long from = 0;
                foreach (var t in tensors)
                {
                    using var part = vec.narrow(0, from, t.numel());
                    using var shaped = part.reshape(t.shape);
                    t.copy_(shaped).Dispose();
                    from += t.numel();
                }
            }
        }
    }
}
