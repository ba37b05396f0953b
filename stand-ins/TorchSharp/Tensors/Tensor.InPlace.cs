using static TorchSharp.Interop.Native;

namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        /// <summary>Absolute values, in place.</summary>
        public Tensor abs_()
        {
            Check(ts_abs_(Handle), this);
            return alias();
        }

        /// <summary>Negated, in place.</summary>
        public Tensor neg_()
        {
            Check(ts_neg_(Handle), this);
            return alias();
        }

        /// <summary>e to the power of each, in place.</summary>
        public Tensor exp_()
        {
            Check(ts_exp_(Handle), this);
            return alias();
        }

        /// <summary>Natural logarithms, in place.</summary>
        public Tensor log_()
        {
            Check(ts_log_(Handle), this);
            return alias();
        }

        /// <summary>Square roots, in place.</summary>
        public Tensor sqrt_()
        {
            Check(ts_sqrt_(Handle), this);
            return alias();
        }

        /// <summary>1 / sqrt(x), in place.</summary>
        public Tensor rsqrt_()
        {
            Check(ts_rsqrt_(Handle), this);
            return alias();
        }

        /// <summary>1 / x, in place.</summary>
        public Tensor reciprocal_()
        {
            Check(ts_reciprocal_(Handle), this);
            return alias();
        }

        /// <summary>max(x, 0), in place.</summary>
        public Tensor relu_()
        {
            Check(ts_relu_(Handle), this);
            return alias();
        }

        /// <summary>1 / (1 + exp(-x)), in place.</summary>
        public Tensor sigmoid_()
        {
            Check(ts_sigmoid_(Handle), this);
            return alias();
        }

        /// <summary>Rounded down, in place.</summary>
        public Tensor floor_()
        {
            Check(ts_floor_(Handle), this);
            return alias();
        }

        /// <summary>Zeros, in place.</summary>
        public Tensor zero_()
        {
            Check(ts_zero_(Handle), this);
            return alias();
        }

        /// <summary>One value everywhere, in place.</summary>
        public Tensor fill_(Scalar value)
        {
            Check(ts_fill_(Handle, value.Arg), this);
            return alias();
        }

        /// <summary>Another tensor's values (broadcast, converted), in place.</summary>
        public Tensor copy_(Tensor source, bool nonBlocking = false)
        {
            Check(ts_copy_(Handle, source.Handle, nonBlocking ? 1 : 0), this, source);
            return alias();
        }

        /// <summary>Sum, in place.</summary>
        public Tensor add_(Tensor target)
        {
            Check(ts_add_(Handle, target.Handle, One.Arg), this, target);
            return alias();
        }

        /// <summary>this + alpha target, in place.</summary>
        public Tensor add_(Tensor target, Scalar alpha)
        {
            Check(ts_add_(Handle, target.Handle, alpha.Arg), this, target);
            return alias();
        }

        /// <summary>Sum, in place.</summary>
        public Tensor add_(Scalar scalar)
        {
            Check(ts_add_s_(Handle, scalar.Arg, One.Arg), this);
            return alias();
        }

        /// <summary>this + alpha scalar, in place.</summary>
        public Tensor add_(Scalar scalar, Scalar alpha)
        {
            Check(ts_add_s_(Handle, scalar.Arg, alpha.Arg), this);
            return alias();
        }

        /// <summary>Difference, in place.</summary>
        public Tensor sub_(Tensor target)
        {
            Check(ts_sub_(Handle, target.Handle), this, target);
            return alias();
        }

        /// <summary>Difference, in place.</summary>
        public Tensor sub_(Scalar target)
        {
            Check(ts_sub_s_(Handle, target.Arg), this);
            return alias();
        }

        /// <summary>Product, in place.</summary>
        public Tensor mul_(Tensor target)
        {
            Check(ts_mul_(Handle, target.Handle), this, target);
            return alias();
        }

        /// <summary>Product, in place.</summary>
        public Tensor mul_(Scalar target)
        {
            Check(ts_mul_s_(Handle, target.Arg), this);
            return alias();
        }

        /// <summary>Quotient, in place.</summary>
        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None)
        {
            Check(ts_div_(Handle, target.Handle, (int)rounding_mode), this, target);
            return alias();
        }

        /// <summary>Quotient, in place.</summary>
        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
        {
            Check(ts_div_s_(Handle, target.Arg, (int)rounding_mode), this);
            return alias();
        }

        /// <summary>Power, in place.</summary>
        public Tensor pow_(Scalar exponent)
        {
            Check(ts_pow_s_(Handle, exponent.Arg), this);
            return alias();
        }

        /// <summary>this + value tensor1 tensor2, in place.</summary>
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value)
        {
            Check(ts_addcmul_(Handle, tensor1.Handle, tensor2.Handle, value.Arg), this, tensor1, tensor2);
            return alias();
        }

        /// <summary>this + value tensor1 / tensor2, in place.</summary>
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value)
        {
            Check(ts_addcdiv_(Handle, tensor1.Handle, tensor2.Handle, value.Arg), this, tensor1, tensor2);
            return alias();
        }

        /// <summary>this + weight (end - this), in place.</summary>
        public Tensor lerp_(Tensor end, Tensor weight)
        {
            Check(ts_lerp_(Handle, end.Handle, weight.Handle), this, end, weight);
            return alias();
        }

        /// <summary>At least this, in place.</summary>
        public Tensor clamp_min_(Scalar min)
        {
            Check(ts_clamp_min_(Handle, min.Arg), this);
            return alias();
        }

        /// <summary>At most this, in place.</summary>
        public Tensor clamp_max_(Scalar max)
        {
            Check(ts_clamp_max_(Handle, max.Arg), this);
            return alias();
        }

        /// <summary>Within bounds, in place.</summary>
        public Tensor clamp_(Scalar? min = null, Scalar? max = null)
        {
            if (min is not null && max is not null)
                Check(ts_clamp_(Handle, min.Arg, max.Arg), this);
            else if (min is not null)
                Check(ts_clamp_min_(Handle, min.Arg), this);
            else
                Check(ts_clamp_max_(Handle, (max ?? throw new ArgumentException("At least one of 'min' or 'max' must not be null.", nameof(max))).Arg), this);
            return alias();
        }

        /// <summary>A value where the mask is true, in place.</summary>
        public Tensor masked_fill_(Tensor mask, Scalar value)
        {
            Check(ts_masked_fill_(Handle, mask.Handle, value.Arg), this, mask);
            return alias();
        }

        /// <summary>Uniform draws, in place.</summary>
        public Tensor uniform_(double from, double to, Generator? generator = null)
        {
            Check(ts_uniform_(Handle, from, to, generator?.Native ?? IntPtr.Zero), this, generator);
            return alias();
        }

        /// <summary>Normal draws, in place.</summary>
        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null)
        {
            Check(ts_normal_(Handle, mean, std, generator?.Native ?? IntPtr.Zero), this, generator);
            return alias();
        }

        /// <summary>Coin throws, in place.</summary>
        public Tensor bernoulli_(double p = 0.5, Generator? generator = null)
        {
            Check(ts_bernoulli_(Handle, p, generator?.Native ?? IntPtr.Zero), this, generator);
            return alias();
        }

        /// <summary>Adds rows of a source to the indexed ones, in place.</summary>
        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha)
        {
            Check(ts_index_add_(Handle, dim, index.Handle, source.Handle, alpha.Arg), this, index, source);
            return alias();
        }

        /// <summary>Copies rows of a source over the indexed ones, in place.</summary>
        public Tensor index_copy_(long dim, Tensor index, Tensor source)
        {
            Check(ts_index_copy_(Handle, dim, index.Handle, source.Handle), this, index, source);
            return alias();
        }

        /// <summary>Writes a source to indexed places, in place.</summary>
        public Tensor scatter_(long dim, Tensor index, Tensor src)
        {
            Check(ts_scatter_(Handle, dim, index.Handle, src.Handle), this, index, src);
            return alias();
        }
    }
}
