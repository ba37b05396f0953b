using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>native/arithmetic.cpp.</summary>
internal static unsafe partial class Native
{
    [LibraryImport(Library)]
    internal static partial IntPtr ts_abs(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_neg(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_exp(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_log(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_log1p(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_sqrt(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_rsqrt(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_square(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_reciprocal(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_relu(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_sigmoid(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_tanh(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_sign(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_floor(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_ceil(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_round(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_trunc(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_sin(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_cos(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_logical_not(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_bitwise_not(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_isnan(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_isinf(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_isfinite(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_expm1(IntPtr a);
    [LibraryImport(Library)]
    internal static partial int ts_abs_(IntPtr a);
    [LibraryImport(Library)]
    internal static partial int ts_neg_(IntPtr a);
    [LibraryImport(Library)]
    internal static partial int ts_exp_(IntPtr a);
    [LibraryImport(Library)]
    internal static partial int ts_log_(IntPtr a);
    [LibraryImport(Library)]
    internal static partial int ts_sqrt_(IntPtr a);
    [LibraryImport(Library)]
    internal static partial int ts_rsqrt_(IntPtr a);
    [LibraryImport(Library)]
    internal static partial int ts_reciprocal_(IntPtr a);
    [LibraryImport(Library)]
    internal static partial int ts_relu_(IntPtr a);
    [LibraryImport(Library)]
    internal static partial int ts_sigmoid_(IntPtr a);
    [LibraryImport(Library)]
    internal static partial int ts_round_(IntPtr a);
    [LibraryImport(Library)]
    internal static partial int ts_floor_(IntPtr a);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_mul(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_eq(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_ne(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_lt(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_le(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_gt(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_ge(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_maximum(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_minimum(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_matmul(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_mm(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_bmm(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_mv(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_dot(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_outer(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_pow(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_remainder(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_logical_and(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_logical_or(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_logical_xor(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_bitwise_and(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_bitwise_or(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_bitwise_xor(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_mul_s(IntPtr a, ScalarArg b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_eq_s(IntPtr a, ScalarArg b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_ne_s(IntPtr a, ScalarArg b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_lt_s(IntPtr a, ScalarArg b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_le_s(IntPtr a, ScalarArg b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_gt_s(IntPtr a, ScalarArg b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_ge_s(IntPtr a, ScalarArg b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_pow_s(IntPtr a, ScalarArg b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_remainder_s(IntPtr a, ScalarArg b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_clamp_min_s(IntPtr a, ScalarArg b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_clamp_max_s(IntPtr a, ScalarArg b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_add(IntPtr a, IntPtr b, ScalarArg alpha);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_add_s(IntPtr a, ScalarArg b, ScalarArg alpha);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_sub(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_sub_s(IntPtr a, ScalarArg b);
    [LibraryImport(Library)]
    internal static partial int ts_add_(IntPtr a, IntPtr b, ScalarArg alpha);
    [LibraryImport(Library)]
    internal static partial int ts_add_s_(IntPtr a, ScalarArg b, ScalarArg alpha);
    [LibraryImport(Library)]
    internal static partial int ts_sub_(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial int ts_sub_s_(IntPtr a, ScalarArg b);
    [LibraryImport(Library)]
    internal static partial int ts_mul_(IntPtr a, IntPtr b);
    [LibraryImport(Library)]
    internal static partial int ts_mul_s_(IntPtr a, ScalarArg b);
    [LibraryImport(Library)]
    internal static partial int ts_pow_s_(IntPtr a, ScalarArg b);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_div(IntPtr a, IntPtr b, int rounding);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_div_s(IntPtr a, ScalarArg b, int rounding);
    [LibraryImport(Library)]
    internal static partial int ts_div_(IntPtr a, IntPtr b, int rounding);
    [LibraryImport(Library)]
    internal static partial int ts_div_s_(IntPtr a, ScalarArg b, int rounding);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_addcmul(IntPtr a, IntPtr b, IntPtr c, ScalarArg v);
    [LibraryImport(Library)]
    internal static partial int ts_addcmul_(IntPtr a, IntPtr b, IntPtr c, ScalarArg v);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_addcdiv(IntPtr a, IntPtr b, IntPtr c, ScalarArg v);
    [LibraryImport(Library)]
    internal static partial int ts_addcdiv_(IntPtr a, IntPtr b, IntPtr c, ScalarArg v);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_lerp(IntPtr a, IntPtr b, IntPtr w);
    [LibraryImport(Library)]
    internal static partial int ts_lerp_(IntPtr a, IntPtr b, IntPtr w);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_clamp(IntPtr a, ScalarArg low, ScalarArg high);
    [LibraryImport(Library)]
    internal static partial int ts_clamp_(IntPtr a, ScalarArg low, ScalarArg high);
    [LibraryImport(Library)]
    internal static partial int ts_clamp_min_(IntPtr a, ScalarArg low);
    [LibraryImport(Library)]
    internal static partial int ts_clamp_max_(IntPtr a, ScalarArg high);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_where(IntPtr condition, IntPtr x, IntPtr y);
    [LibraryImport(Library)]
    internal static partial IntPtr ts_masked_fill(IntPtr a, IntPtr mask, ScalarArg v);
    [LibraryImport(Library)]
    internal static partial int ts_masked_fill_(IntPtr a, IntPtr mask, ScalarArg v);
    [LibraryImport(Library)]
    internal static partial int ts_equal(IntPtr a, IntPtr b, int* to);
    [LibraryImport(Library)]
    internal static partial int ts_allclose(IntPtr a, IntPtr b, double rtol, double atol, int equalNan, int* to);
}
