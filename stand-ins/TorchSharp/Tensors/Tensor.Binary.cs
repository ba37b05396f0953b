using static TorchSharp.Interop.Native;

namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        private static readonly Scalar One = 1;

        /// <summary>Sum.</summary>
        public Tensor add(Tensor target) => Take(ts_add(Handle, target.Handle, One.Arg), this, target);

        /// <summary>Sum.</summary>
        public Tensor add(Scalar scalar) => Take(ts_add_s(Handle, scalar.Arg, One.Arg), this);

        /// <summary>Difference.</summary>
        public Tensor sub(Tensor target) => Take(ts_sub(Handle, target.Handle), this, target);

        /// <summary>Difference.</summary>
        public Tensor sub(Scalar target) => Take(ts_sub_s(Handle, target.Arg), this);

        /// <summary>this + alpha target.</summary>
        public Tensor add(Tensor target, Scalar alpha) => Take(ts_add(Handle, target.Handle, alpha.Arg), this, target);

        /// <summary>this + alpha scalar.</summary>
        public Tensor add(Scalar scalar, Scalar alpha) => Take(ts_add_s(Handle, scalar.Arg, alpha.Arg), this);

        /// <summary>Product.</summary>
        public Tensor mul(Tensor target) => Take(ts_mul(Handle, target.Handle), this, target);

        /// <summary>Product.</summary>
        public Tensor mul(Scalar target) => Take(ts_mul_s(Handle, target.Arg), this);

        /// <summary>Whether equal.</summary>
        public Tensor eq(Tensor target) => Take(ts_eq(Handle, target.Handle), this, target);

        /// <summary>Whether equal.</summary>
        public Tensor eq(Scalar target) => Take(ts_eq_s(Handle, target.Arg), this);

        /// <summary>Whether different.</summary>
        public Tensor ne(Tensor target) => Take(ts_ne(Handle, target.Handle), this, target);

        /// <summary>Whether different.</summary>
        public Tensor ne(Scalar target) => Take(ts_ne_s(Handle, target.Arg), this);

        /// <summary>Whether less.</summary>
        public Tensor lt(Tensor target) => Take(ts_lt(Handle, target.Handle), this, target);

        /// <summary>Whether less.</summary>
        public Tensor lt(Scalar target) => Take(ts_lt_s(Handle, target.Arg), this);

        /// <summary>Whether less or equal.</summary>
        public Tensor le(Tensor target) => Take(ts_le(Handle, target.Handle), this, target);

        /// <summary>Whether less or equal.</summary>
        public Tensor le(Scalar target) => Take(ts_le_s(Handle, target.Arg), this);

        /// <summary>Whether greater.</summary>
        public Tensor gt(Tensor target) => Take(ts_gt(Handle, target.Handle), this, target);

        /// <summary>Whether greater.</summary>
        public Tensor gt(Scalar target) => Take(ts_gt_s(Handle, target.Arg), this);

        /// <summary>Whether greater or equal.</summary>
        public Tensor ge(Tensor target) => Take(ts_ge(Handle, target.Handle), this, target);

        /// <summary>Whether greater or equal.</summary>
        public Tensor ge(Scalar target) => Take(ts_ge_s(Handle, target.Arg), this);

        /// <summary>Power.</summary>
        public Tensor pow(Tensor exponent) => Take(ts_pow(Handle, exponent.Handle), this, exponent);

        /// <summary>Power.</summary>
        public Tensor pow(Scalar exponent) => Take(ts_pow_s(Handle, exponent.Arg), this);

        /// <summary>Remainder, with the divisor's sign.</summary>
        public Tensor remainder(Tensor target) => Take(ts_remainder(Handle, target.Handle), this, target);

        /// <summary>Remainder, with the divisor's sign.</summary>
        public Tensor remainder(Scalar scalar) => Take(ts_remainder_s(Handle, scalar.Arg), this);

        /// <summary>Quotient.</summary>
        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => Take(ts_div(Handle, target.Handle, (int)rounding_mode), this, target);

        /// <summary>Quotient.</summary>
        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => Take(ts_div_s(Handle, target.Arg, (int)rounding_mode), this);

        /// <summary>The greater of each pair.</summary>
        public Tensor maximum(Tensor other) => Take(ts_maximum(Handle, other.Handle), this, other);

        /// <summary>The lesser of each pair.</summary>
        public Tensor minimum(Tensor other) => Take(ts_minimum(Handle, other.Handle), this, other);

        /// <summary>Both.</summary>
        public Tensor logical_and(Tensor other) => Take(ts_logical_and(Handle, other.Handle), this, other);

        /// <summary>Either.</summary>
        public Tensor logical_or(Tensor other) => Take(ts_logical_or(Handle, other.Handle), this, other);

        /// <summary>One of both.</summary>
        public Tensor logical_xor(Tensor other) => Take(ts_logical_xor(Handle, other.Handle), this, other);

        /// <summary>Bits of both.</summary>
        public Tensor bitwise_and(Tensor other) => Take(ts_bitwise_and(Handle, other.Handle), this, other);

        /// <summary>Bits of either.</summary>
        public Tensor bitwise_or(Tensor other) => Take(ts_bitwise_or(Handle, other.Handle), this, other);

        /// <summary>Bits of one.</summary>
        public Tensor bitwise_xor(Tensor other) => Take(ts_bitwise_xor(Handle, other.Handle), this, other);

        /// <summary>Matrix product, batched and broadcast.</summary>
        public Tensor matmul(Tensor target) => Take(ts_matmul(Handle, target.Handle), this, target);

        /// <summary>Matrix product.</summary>
        public Tensor mm(Tensor target) => Take(ts_mm(Handle, target.Handle), this, target);

        /// <summary>Matrix products.</summary>
        public Tensor bmm(Tensor batch2) => Take(ts_bmm(Handle, batch2.Handle), this, batch2);

        /// <summary>Matrix times vector.</summary>
        public Tensor mv(Tensor target) => Take(ts_mv(Handle, target.Handle), this, target);

        /// <summary>Inner product.</summary>
        public Tensor dot(Tensor target) => Take(ts_dot(Handle, target.Handle), this, target);

        /// <summary>Outer product.</summary>
        public Tensor outer(Tensor vec2) => Take(ts_outer(Handle, vec2.Handle), this, vec2);

        /// <summary>At least this.</summary>
        public Tensor clamp_min(Scalar min) => Take(ts_clamp_min_s(Handle, min.Arg), this);

        /// <summary>At most this.</summary>
        public Tensor clamp_max(Scalar max) => Take(ts_clamp_max_s(Handle, max.Arg), this);

        /// <summary>Within bounds.</summary>
        public Tensor clamp(Scalar? min = null, Scalar? max = null)
        {
            if (min is not null && max is not null)
                return Take(ts_clamp(Handle, min.Arg, max.Arg), this);
            return min is not null ? clamp_min(min) : clamp_max(max ?? throw new ArgumentException("At least one of 'min' or 'max' must not be null.", nameof(max)));
        }

        /// <summary>this + value tensor1 tensor2.</summary>
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Take(ts_addcmul(Handle, tensor1.Handle, tensor2.Handle, value.Arg), this, tensor1, tensor2);

        /// <summary>this + value tensor1 / tensor2.</summary>
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Take(ts_addcdiv(Handle, tensor1.Handle, tensor2.Handle, value.Arg), this, tensor1, tensor2);

        /// <summary>this + weight (end - this).</summary>
        public Tensor lerp(Tensor end, Tensor weight) => Take(ts_lerp(Handle, end.Handle, weight.Handle), this, end, weight);

        /// <summary>This where the condition holds, else y.</summary>
        public Tensor where(Tensor condition, Tensor y) => Take(ts_where(condition.Handle, Handle, y.Handle), this, condition, y);

        /// <summary>A value where the mask is true.</summary>
        public Tensor masked_fill(Tensor mask, Scalar value) => Take(ts_masked_fill(Handle, mask.Handle, value.Arg), this, mask);

        /// <summary>Whether all elements are close: |this - target| &lt;= atol + rtol |target|.</summary>
        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false)
        {
            int close;
            Check(ts_allclose(Handle, target.Handle, rtol, atol, equal_nan ? 1 : 0, &close), this, target);
            return close != 0;
        }
    }
}
