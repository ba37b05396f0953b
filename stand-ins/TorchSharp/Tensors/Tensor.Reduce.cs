using static TorchSharp.Interop.Native;

namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        /// <summary>Whether all are true.</summary>
        public Tensor all() => Take(ts_all(Handle), this);

        /// <summary>Along a dimension.</summary>
        public Tensor all(long dim, bool keepdim = false) => Take(ts_all_dim(Handle, dim, keepdim ? 1 : 0), this);

        /// <summary>Whether any is true.</summary>
        public Tensor any() => Take(ts_any(Handle), this);

        /// <summary>Along a dimension.</summary>
        public Tensor any(long dim, bool keepdim = false) => Take(ts_any_dim(Handle, dim, keepdim ? 1 : 0), this);

        /// <summary>Index of the greatest.</summary>
        public Tensor argmax() => Take(ts_argmax(Handle), this);

        /// <summary>Along a dimension.</summary>
        public Tensor argmax(long dim, bool keepdim = false) => Take(ts_argmax_dim(Handle, dim, keepdim ? 1 : 0), this);

        /// <summary>Index of the least.</summary>
        public Tensor argmin() => Take(ts_argmin(Handle), this);

        /// <summary>Along a dimension.</summary>
        public Tensor argmin(long dim, bool keepdim = false) => Take(ts_argmin_dim(Handle, dim, keepdim ? 1 : 0), this);

        /// <summary>The greatest.</summary>
        public Tensor max() => Take(ts_max(Handle), this);

        /// <summary>Of each pair.</summary>
        public Tensor max(Tensor other) => maximum(other);

        /// <summary>Along a dimension, and where.</summary>
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false)
        {
            IntPtr values, indexes;
            Check(ts_max_dim(Handle, dim, keepdim ? 1 : 0, &values, &indexes), this);
            return (new Tensor(values), new Tensor(indexes));
        }

        /// <summary>The least.</summary>
        public Tensor min() => Take(ts_min(Handle), this);

        /// <summary>Of each pair.</summary>
        public Tensor min(Tensor other) => minimum(other);

        /// <summary>Along a dimension, and where.</summary>
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false)
        {
            IntPtr values, indexes;
            Check(ts_min_dim(Handle, dim, keepdim ? 1 : 0, &values, &indexes), this);
            return (new Tensor(values), new Tensor(indexes));
        }

        /// <summary>The greatest along dimensions.</summary>
        public Tensor amax(params long[] dims) => amax((ReadOnlySpan<long>)dims);

        /// <summary>The greatest along dimensions.</summary>
        public Tensor amax(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null)
        {
            if (@out is not null)
                throw new NotSupportedException("The stand-in has no output arguments.");
            fixed (long* d = dims)
                return Take(ts_amax(Handle, d, dims.Length, keepdim ? 1 : 0), this);
        }

        /// <summary>The least along dimensions.</summary>
        public Tensor amin(params long[] dims) => amin((ReadOnlySpan<long>)dims);

        /// <summary>The least along dimensions.</summary>
        public Tensor amin(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null)
        {
            if (@out is not null)
                throw new NotSupportedException("The stand-in has no output arguments.");
            fixed (long* d = dims)
                return Take(ts_amin(Handle, d, dims.Length, keepdim ? 1 : 0), this);
        }

        /// <summary>Sum of all.</summary>
        public Tensor sum(ScalarType? type = null) => Take(ts_sum(Handle, Code(type)), this);

        /// <summary>Along dimensions.</summary>
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => sum((ReadOnlySpan<long>)dim, keepdim, type);

        /// <summary>Along dimensions.</summary>
        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null)
        {
            fixed (long* d = dim)
                return Take(ts_sum_dims(Handle, d, dim.Length, keepdim ? 1 : 0, Code(type)), this);
        }

        /// <summary>Along a dimension.</summary>
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum((ReadOnlySpan<long>)[dim], keepdim, type);

        /// <summary>Along dimensions.</summary>
        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => sum((ReadOnlySpan<long>)[dim0, dim1], keepdim, type);

        /// <summary>Along dimensions.</summary>
        public Tensor sum(long dim0, long dim1, long dim2, bool keepdim = false, ScalarType? type = null) => sum((ReadOnlySpan<long>)[dim0, dim1, dim2], keepdim, type);

        /// <summary>Product of all.</summary>
        public Tensor prod(ScalarType? type = null) => Take(ts_prod(Handle, Code(type)), this);

        /// <summary>Mean of all.</summary>
        public Tensor mean() => Take(ts_mean(Handle, -1), this);

        /// <summary>Along dimensions.</summary>
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null)
        {
            fixed (long* d = dimensions)
                return Take(ts_mean_dims(Handle, d, dimensions.Length, keepdim ? 1 : 0, Code(type)), this);
        }

        /// <summary>Variance of all.</summary>
        public Tensor var(bool unbiased = true) => Take(ts_var(Handle, unbiased ? 1 : 0), this);

        /// <summary>Variance along dimensions.</summary>
        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var((ReadOnlySpan<long>)dimensions, unbiased, keepdim, type);

        /// <summary>Variance along a dimension.</summary>
        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var((ReadOnlySpan<long>)[dim], unbiased, keepdim, type);

        /// <summary>Variance along dimensions.</summary>
        public Tensor var(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
        {
            fixed (long* d = dimensions)
                return Take(ts_var_dims(Handle, d, dimensions.Length, unbiased ? 1 : 0, keepdim ? 1 : 0, Code(type)), this);
        }

        /// <summary>Standard deviation of all.</summary>
        public Tensor std(bool unbiased = true) => Take(ts_std(Handle, unbiased ? 1 : 0), this);

        /// <summary>Standard deviation along dimensions.</summary>
        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std((ReadOnlySpan<long>)dimensions, unbiased, keepdim, type);

        /// <summary>Standard deviation along a dimension.</summary>
        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std((ReadOnlySpan<long>)[dim], unbiased, keepdim, type);

        /// <summary>Standard deviation along dimensions.</summary>
        public Tensor std(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
        {
            fixed (long* d = dimensions)
                return Take(ts_std_dims(Handle, d, dimensions.Length, unbiased ? 1 : 0, keepdim ? 1 : 0, Code(type)), this);
        }

        /// <summary>Variance and mean along dimensions.</summary>
        public (Tensor @var, Tensor mean) var_mean(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
        {
            if (type is { } wanted && wanted != dtype)
            {
                using var converted = to_type(wanted);
                return converted.var_mean(dimensions, unbiased, keepdim);
            }
            IntPtr variance, average;
            fixed (long* d = dimensions)
                Check(ts_var_mean_dims(Handle, d, dimensions.Length, unbiased ? 1 : 0, keepdim ? 1 : 0, &variance, &average), this);
            return (new Tensor(variance), new Tensor(average));
        }

        /// <summary>The p-norm of all.</summary>
        public Tensor norm(float p = 2) => Take(ts_norm(Handle, p), this);

        /// <summary>The p-norm along a dimension.</summary>
        public Tensor norm(int dim, bool keepdim = false, float p = 2) => Take(ts_norm_dim(Handle, dim, keepdim ? 1 : 0, p), this);

        /// <summary>Running sums.</summary>
        public Tensor cumsum(long dim, ScalarType? type = null) => Take(ts_cumsum(Handle, dim, Code(type)), this);

        /// <summary>log of the sum of exponentials.</summary>
        public Tensor logsumexp(long dim, bool keepdim = false) => Take(ts_logsumexp(Handle, dim, keepdim ? 1 : 0), this);

        /// <summary>Exponentials that sum to one.</summary>
        public Tensor softmax(long dim, ScalarType? dtype = null) => Take(ts_softmax(Handle, dim, Code(dtype)), this);

        /// <summary>Their logarithms.</summary>
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Take(ts_log_softmax(Handle, dim, Code(dtype)), this);

        /// <summary>Sorted along a dimension, and where each was.</summary>
        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false)
        {
            IntPtr values, indexes;
            Check(ts_sort(Handle, dim, descending ? 1 : 0, stable ? 1 : 0, &values, &indexes), this);
            return (new Tensor(values), new Tensor(indexes));
        }

        /// <summary>The k greatest (or least) along a dimension, and where.</summary>
        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true)
        {
            IntPtr values, indexes;
            Check(ts_topk(Handle, k, dim, largest ? 1 : 0, sorted ? 1 : 0, &values, &indexes), this);
            return (new Tensor(values), new Tensor(indexes));
        }
    }
}
