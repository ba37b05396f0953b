using static TorchSharp.Interop.Native;

namespace TorchSharp;

public static unsafe partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>-log softmax at the target class.</summary>
            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0) =>
                Take(ts_cross_entropy(input.Handle, target.Handle, H(weight), (long)reduction, ignore_index, label_smoothing), input, target, weight);

            /// <summary>- input at the target class.</summary>
            public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
                Take(ts_nll_loss(input.Handle, target.Handle, H(weight), (long)reduction, -100), input, target, weight);

            /// <summary>Squared differences.</summary>
            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                Take(ts_mse_loss(input.Handle, target.Handle, (long)reduction), input, target);

            /// <summary>Absolute differences.</summary>
            public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                Take(ts_l1_loss(input.Handle, target.Handle, (long)reduction), input, target);
        }
    }
}
