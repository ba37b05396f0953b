namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>First values of parameters.</summary>
        public static partial class init
        {
            /// <summary>Which side of a layer is counted.</summary>
            public enum FanInOut
            {
                /// <summary>The inputs of one output.</summary>
                FanIn = 0,
                /// <summary>The outputs of one input.</summary>
                FanOut = 1,
            }

            /// <summary>What follows the layer.</summary>
            public enum NonlinearityType
            {
                /// <summary>Nothing.</summary>
                Linear = 0,
                /// <summary>Tanh.</summary>
                Tanh = 8,
                /// <summary>Rectified linear.</summary>
                ReLU = 9,
                /// <summary>Leaky rectified linear.</summary>
                LeakyReLU = 10,
            }

            /// <summary>The factor that keeps a signal's scale.</summary>
            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0) => nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3.0,
                NonlinearityType.ReLU => Math.Sqrt(2.0),
                NonlinearityType.LeakyReLU => Math.Sqrt(2.0 / (1 + param * param)),
                _ => 1.0,
            };

            /// <summary>Ones, in place.</summary>
            public static Tensor ones_(Tensor tensor) => Filled(tensor, 1);

            /// <summary>Zeros, in place.</summary>
            public static Tensor zeros_(Tensor tensor) => Filled(tensor, 0);

            /// <summary>One value, in place.</summary>
            public static Tensor constant_(Tensor tensor, Scalar val) => Filled(tensor, val);

            /// <summary>Uniform draws, in place.</summary>
            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null)
            {
                using var quiet = no_grad();
                tensor.uniform_(low, high, generator).Dispose();
                return tensor;
            }

            /// <summary>Normal draws, in place.</summary>
            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null)
            {
                using var quiet = no_grad();
                tensor.normal_(mean, std, generator).Dispose();
                return tensor;
            }

            /// <summary>He et al., arXiv 1502.01852, uniform, in place.</summary>
            public static Tensor kaiming_uniform_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
            {
                var bound = Math.Sqrt(3.0) * KaimingStd(tensor, a, mode, nonlinearity);
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>He et al., arXiv 1502.01852, normal, in place.</summary>
            public static Tensor kaiming_normal_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                normal_(tensor, 0, KaimingStd(tensor, a, mode, nonlinearity));

            /// <summary>Glorot and Bengio 2010, uniform, in place.</summary>
            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1)
            {
                var bound = Math.Sqrt(3.0) * XavierStd(tensor, gain);
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>Glorot and Bengio 2010, normal, in place.</summary>
            public static Tensor xavier_normal_(Tensor tensor, double gain = 1) => normal_(tensor, 0, XavierStd(tensor, gain));

            /// <summary>Inputs of one output, outputs of one input.</summary>
            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                var shape = tensor.shape;
                if (shape.Length < 2)
                    throw new ArgumentException("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
                long field = 1;
                for (var d = 2; d < shape.Length; d++)
                    field *= shape[d];
                return (shape[1] * field, shape[0] * field);
            }

            private static double KaimingStd(Tensor tensor, double a, FanInOut mode, NonlinearityType nonlinearity)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return calculate_gain(nonlinearity, a) / Math.Sqrt(mode == FanInOut.FanIn ? fanIn : fanOut);
            }

            private static double XavierStd(Tensor tensor, double gain)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return gain * Math.Sqrt(2.0 / (fanIn + fanOut));
            }

            private static Tensor Filled(Tensor tensor, Scalar value)
            {
                using var quiet = no_grad();
                tensor.fill_(value).Dispose();
                return tensor;
            }
        }
    }
}
