// Many elements to few. A negative dtype means "the default".
#include "shim.h"

static at::ScalarType type_of(int32_t dtype, const Tensor& t) { return dtype >= 0 ? static_cast<at::ScalarType>(dtype) : t.scalar_type(); }

API Handle ts_sum(Handle a, int32_t dtype) {
  return tensor_of([&] { return dtype >= 0 ? a->sum(type_of(dtype, *a)) : a->sum(); });
}
API Handle ts_sum_dims(Handle a, const int64_t* d, int32_t n, int32_t keep, int32_t dtype) {
  return tensor_of([&] { return dtype >= 0 ? a->sum(dims(d, n), keep != 0, type_of(dtype, *a)) : a->sum(dims(d, n), keep != 0); });
}
API Handle ts_mean(Handle a, int32_t dtype) {
  return tensor_of([&] { return dtype >= 0 ? a->mean(type_of(dtype, *a)) : a->mean(); });
}
API Handle ts_mean_dims(Handle a, const int64_t* d, int32_t n, int32_t keep, int32_t dtype) {
  return tensor_of([&] { return dtype >= 0 ? a->mean(dims(d, n), keep != 0, type_of(dtype, *a)) : a->mean(dims(d, n), keep != 0); });
}
API Handle ts_prod(Handle a, int32_t dtype) {
  return tensor_of([&] { return dtype >= 0 ? a->prod(type_of(dtype, *a)) : a->prod(); });
}
API Handle ts_var(Handle a, int32_t unbiased) { return tensor_of([&] { return a->var(unbiased != 0); }); }
API Handle ts_var_dims(Handle a, const int64_t* d, int32_t n, int32_t unbiased, int32_t keep, int32_t dtype) {
  return tensor_of([&] { return (dtype >= 0 ? a->to(type_of(dtype, *a)) : *a).var(dims(d, n), unbiased != 0, keep != 0); });
}
API Handle ts_std(Handle a, int32_t unbiased) { return tensor_of([&] { return a->std(unbiased != 0); }); }
API Handle ts_std_dims(Handle a, const int64_t* d, int32_t n, int32_t unbiased, int32_t keep, int32_t dtype) {
  return tensor_of([&] { return (dtype >= 0 ? a->to(type_of(dtype, *a)) : *a).std(dims(d, n), unbiased != 0, keep != 0); });
}
API int32_t ts_var_mean_dims(Handle a, const int64_t* d, int32_t n, int32_t unbiased, int32_t keep, Handle* var, Handle* mean) {
  return status_of([&] {
    auto r = at::var_mean(*a, dims(d, n), unbiased != 0, keep != 0);
    *var = handle_of(std::get<0>(r));
    *mean = handle_of(std::get<1>(r));
  });
}
API Handle ts_max(Handle a) { return tensor_of([&] { return a->max(); }); }
API Handle ts_min(Handle a) { return tensor_of([&] { return a->min(); }); }
API int32_t ts_max_dim(Handle a, int64_t dim, int32_t keep, Handle* values, Handle* indices) {
  return status_of([&] {
    auto r = a->max(dim, keep != 0);
    *values = handle_of(std::get<0>(r));
    *indices = handle_of(std::get<1>(r));
  });
}
API int32_t ts_min_dim(Handle a, int64_t dim, int32_t keep, Handle* values, Handle* indices) {
  return status_of([&] {
    auto r = a->min(dim, keep != 0);
    *values = handle_of(std::get<0>(r));
    *indices = handle_of(std::get<1>(r));
  });
}
API int32_t ts_sort(Handle a, int64_t dim, int32_t descending, int32_t stable, Handle* values, Handle* indices) {
  return status_of([&] {
    auto r = stable ? a->sort(true, dim, descending != 0) : a->sort(dim, descending != 0);
    *values = handle_of(std::get<0>(r));
    *indices = handle_of(std::get<1>(r));
  });
}
API int32_t ts_topk(Handle a, int64_t k, int64_t dim, int32_t largest, int32_t sorted, Handle* values, Handle* indices) {
  return status_of([&] {
    auto r = a->topk(k, dim, largest != 0, sorted != 0);
    *values = handle_of(std::get<0>(r));
    *indices = handle_of(std::get<1>(r));
  });
}
API Handle ts_amax(Handle a, const int64_t* d, int32_t n, int32_t keep) { return tensor_of([&] { return a->amax(dims(d, n), keep != 0); }); }
API Handle ts_amin(Handle a, const int64_t* d, int32_t n, int32_t keep) { return tensor_of([&] { return a->amin(dims(d, n), keep != 0); }); }
API Handle ts_argmax(Handle a) { return tensor_of([&] { return a->argmax(); }); }
API Handle ts_argmax_dim(Handle a, int64_t dim, int32_t keep) { return tensor_of([&] { return a->argmax(dim, keep != 0); }); }
API Handle ts_argmin(Handle a) { return tensor_of([&] { return a->argmin(); }); }
API Handle ts_argmin_dim(Handle a, int64_t dim, int32_t keep) { return tensor_of([&] { return a->argmin(dim, keep != 0); }); }
API Handle ts_all(Handle a) { return tensor_of([&] { return a->all(); }); }
API Handle ts_all_dim(Handle a, int64_t dim, int32_t keep) { return tensor_of([&] { return a->all(dim, keep != 0); }); }
API Handle ts_any(Handle a) { return tensor_of([&] { return a->any(); }); }
API Handle ts_any_dim(Handle a, int64_t dim, int32_t keep) { return tensor_of([&] { return a->any(dim, keep != 0); }); }
API Handle ts_norm(Handle a, double p) { return tensor_of([&] { return a->norm(p); }); }
API Handle ts_norm_dim(Handle a, int64_t dim, int32_t keep, double p) {
  return tensor_of([&] { return a->norm(at::Scalar(p), at::IntArrayRef(&dim, 1), keep != 0); });
}
API Handle ts_cumsum(Handle a, int64_t dim, int32_t dtype) {
  return tensor_of([&] { return dtype >= 0 ? a->cumsum(dim, type_of(dtype, *a)) : a->cumsum(dim); });
}
API Handle ts_logsumexp(Handle a, int64_t dim, int32_t keep) {
  return tensor_of([&] { return at::logsumexp(*a, at::IntArrayRef(&dim, 1), keep != 0); });
}
