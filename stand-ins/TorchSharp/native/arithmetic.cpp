// Element by element, and products of matrices.
#include "shim.h"

#define UNARY(name) API Handle ts_##name(Handle a) { return tensor_of([&] { return a->name(); }); }
UNARY(abs) UNARY(neg) UNARY(exp) UNARY(log) UNARY(log1p) UNARY(sqrt) UNARY(rsqrt) UNARY(square) UNARY(reciprocal) UNARY(relu) UNARY(sigmoid) UNARY(tanh)
UNARY(sign) UNARY(floor) UNARY(ceil) UNARY(round) UNARY(trunc) UNARY(sin) UNARY(cos) UNARY(logical_not) UNARY(bitwise_not) UNARY(isnan) UNARY(isinf) UNARY(isfinite) UNARY(expm1)

#define UNARY_(name) API int32_t ts_##name(Handle a) { return status_of([&] { a->name(); }); }
UNARY_(abs_) UNARY_(neg_) UNARY_(exp_) UNARY_(log_) UNARY_(sqrt_) UNARY_(rsqrt_) UNARY_(reciprocal_) UNARY_(relu_) UNARY_(sigmoid_) UNARY_(round_) UNARY_(floor_)

#define BINARY(name) API Handle ts_##name(Handle a, Handle b) { return tensor_of([&] { return a->name(*b); }); }
BINARY(mul) BINARY(eq) BINARY(ne) BINARY(lt) BINARY(le) BINARY(gt) BINARY(ge) BINARY(maximum) BINARY(minimum) BINARY(matmul) BINARY(mm) BINARY(bmm) BINARY(mv) BINARY(dot) BINARY(outer)
BINARY(pow) BINARY(remainder) BINARY(logical_and) BINARY(logical_or) BINARY(logical_xor) BINARY(bitwise_and) BINARY(bitwise_or) BINARY(bitwise_xor)

#define BINARY_S(name) API Handle ts_##name##_s(Handle a, ScalarArg b) { return tensor_of([&] { return a->name(b.get()); }); }
BINARY_S(mul) BINARY_S(eq) BINARY_S(ne) BINARY_S(lt) BINARY_S(le) BINARY_S(gt) BINARY_S(ge) BINARY_S(pow) BINARY_S(remainder) BINARY_S(clamp_min) BINARY_S(clamp_max)

API Handle ts_add(Handle a, Handle b, ScalarArg alpha) { return tensor_of([&] { return a->add(*b, alpha.get()); }); }
API Handle ts_add_s(Handle a, ScalarArg b, ScalarArg alpha) { return tensor_of([&] { return a->add(b.get(), alpha.get()); }); }
API Handle ts_sub(Handle a, Handle b) { return tensor_of([&] { return a->sub(*b); }); }
API Handle ts_sub_s(Handle a, ScalarArg b) { return tensor_of([&] { return a->sub(b.get()); }); }
API int32_t ts_add_(Handle a, Handle b, ScalarArg alpha) { return status_of([&] { a->add_(*b, alpha.get()); }); }
API int32_t ts_add_s_(Handle a, ScalarArg b, ScalarArg alpha) { return status_of([&] { a->add_(b.get(), alpha.get()); }); }
API int32_t ts_sub_(Handle a, Handle b) { return status_of([&] { a->sub_(*b); }); }
API int32_t ts_sub_s_(Handle a, ScalarArg b) { return status_of([&] { a->sub_(b.get()); }); }
API int32_t ts_mul_(Handle a, Handle b) { return status_of([&] { a->mul_(*b); }); }
API int32_t ts_mul_s_(Handle a, ScalarArg b) { return status_of([&] { a->mul_(b.get()); }); }
API int32_t ts_pow_s_(Handle a, ScalarArg b) { return status_of([&] { a->pow_(b.get()); }); }

static const char* const roundings[] = {nullptr, "trunc", "floor"};

API Handle ts_div(Handle a, Handle b, int32_t rounding) {
  return tensor_of([&] { return rounding == 0 ? a->div(*b) : a->div(*b, roundings[rounding]); });
}
API Handle ts_div_s(Handle a, ScalarArg b, int32_t rounding) {
  return tensor_of([&] { return rounding == 0 ? a->div(b.get()) : a->div(b.get(), roundings[rounding]); });
}
API int32_t ts_div_(Handle a, Handle b, int32_t rounding) {
  return status_of([&] { if (rounding == 0) a->div_(*b); else a->div_(*b, roundings[rounding]); });
}
API int32_t ts_div_s_(Handle a, ScalarArg b, int32_t rounding) {
  return status_of([&] { if (rounding == 0) a->div_(b.get()); else a->div_(b.get(), roundings[rounding]); });
}

API Handle ts_addcmul(Handle a, Handle b, Handle c, ScalarArg v) { return tensor_of([&] { return a->addcmul(*b, *c, v.get()); }); }
API int32_t ts_addcmul_(Handle a, Handle b, Handle c, ScalarArg v) { return status_of([&] { a->addcmul_(*b, *c, v.get()); }); }
API Handle ts_addcdiv(Handle a, Handle b, Handle c, ScalarArg v) { return tensor_of([&] { return a->addcdiv(*b, *c, v.get()); }); }
API int32_t ts_addcdiv_(Handle a, Handle b, Handle c, ScalarArg v) { return status_of([&] { a->addcdiv_(*b, *c, v.get()); }); }
API Handle ts_lerp(Handle a, Handle b, Handle w) { return tensor_of([&] { return a->lerp(*b, *w); }); }
API int32_t ts_lerp_(Handle a, Handle b, Handle w) { return status_of([&] { a->lerp_(*b, *w); }); }

API Handle ts_clamp(Handle a, ScalarArg low, ScalarArg high) {
  return tensor_of([&] { return at::clamp(*a, low.get(), high.get()); });
}
API int32_t ts_clamp_(Handle a, ScalarArg low, ScalarArg high) { return status_of([&] { at::clamp_(*a, low.get(), high.get()); }); }
API int32_t ts_clamp_min_(Handle a, ScalarArg low) { return status_of([&] { a->clamp_min_(low.get()); }); }
API int32_t ts_clamp_max_(Handle a, ScalarArg high) { return status_of([&] { a->clamp_max_(high.get()); }); }

API Handle ts_where(Handle condition, Handle x, Handle y) { return tensor_of([&] { return at::where(*condition, *x, *y); }); }
API Handle ts_masked_fill(Handle a, Handle mask, ScalarArg v) { return tensor_of([&] { return a->masked_fill(*mask, v.get()); }); }
API int32_t ts_masked_fill_(Handle a, Handle mask, ScalarArg v) { return status_of([&] { a->masked_fill_(*mask, v.get()); }); }

API int32_t ts_equal(Handle a, Handle b, int32_t* to) { return status_of([&] { *to = a->equal(*b); }); }
API int32_t ts_allclose(Handle a, Handle b, double rtol, double atol, int32_t equal_nan, int32_t* to) {
  return status_of([&] { *to = a->allclose(*b, rtol, atol, equal_nan != 0); });
}
