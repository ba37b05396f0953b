using static TorchSharp.Interop.Native;

namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        /// <summary>Absolute values.</summary>
        public Tensor abs() => Take(ts_abs(Handle), this);

        /// <summary>Negated.</summary>
        public Tensor neg() => Take(ts_neg(Handle), this);

        /// <summary>e to the power of each.</summary>
        public Tensor exp() => Take(ts_exp(Handle), this);

        /// <summary>Natural logarithms.</summary>
        public Tensor log() => Take(ts_log(Handle), this);

        /// <summary>log(1 + x).</summary>
        public Tensor log1p() => Take(ts_log1p(Handle), this);

        /// <summary>exp(x) - 1.</summary>
        public Tensor expm1() => Take(ts_expm1(Handle), this);

        /// <summary>Square roots.</summary>
        public Tensor sqrt() => Take(ts_sqrt(Handle), this);

        /// <summary>1 / sqrt(x).</summary>
        public Tensor rsqrt() => Take(ts_rsqrt(Handle), this);

        /// <summary>Squares.</summary>
        public Tensor square() => Take(ts_square(Handle), this);

        /// <summary>1 / x.</summary>
        public Tensor reciprocal() => Take(ts_reciprocal(Handle), this);

        /// <summary>max(x, 0).</summary>
        public Tensor relu() => Take(ts_relu(Handle), this);

        /// <summary>1 / (1 + exp(-x)).</summary>
        public Tensor sigmoid() => Take(ts_sigmoid(Handle), this);

        /// <summary>Hyperbolic tangents.</summary>
        public Tensor tanh() => Take(ts_tanh(Handle), this);

        /// <summary>-1, 0 or 1.</summary>
        public Tensor sign() => Take(ts_sign(Handle), this);

        /// <summary>Rounded down.</summary>
        public Tensor floor() => Take(ts_floor(Handle), this);

        /// <summary>Rounded up.</summary>
        public Tensor ceil() => Take(ts_ceil(Handle), this);

        /// <summary>Rounded towards zero.</summary>
        public Tensor trunc() => Take(ts_trunc(Handle), this);

        /// <summary>Sines.</summary>
        public Tensor sin() => Take(ts_sin(Handle), this);

        /// <summary>Cosines.</summary>
        public Tensor cos() => Take(ts_cos(Handle), this);

        /// <summary>Whether each is zero.</summary>
        public Tensor logical_not() => Take(ts_logical_not(Handle), this);

        /// <summary>Bits inverted.</summary>
        public Tensor bitwise_not() => Take(ts_bitwise_not(Handle), this);

        /// <summary>Whether each is not a number.</summary>
        public Tensor isnan() => Take(ts_isnan(Handle), this);

        /// <summary>Whether each is infinite.</summary>
        public Tensor isinf() => Take(ts_isinf(Handle), this);

        /// <summary>Whether each is finite.</summary>
        public Tensor isfinite() => Take(ts_isfinite(Handle), this);

        /// <summary>Negated.</summary>
        public Tensor negative() => neg();

        /// <summary>Absolute values.</summary>
        public Tensor absolute() => abs();

        /// <summary>Rounded to so many decimals.</summary>
        public Tensor round(long decimals = 0) => decimals == 0 ? Take(ts_round(Handle), this) : throw new NotSupportedException("The stand-in rounds to integers only.");
    }
}
