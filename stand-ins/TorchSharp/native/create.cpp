// New tensors: filled, drawn, or copied from managed memory.
#include "shim.h"
#include <cstring>

static at::TensorOptions options_of(int32_t dtype, int32_t device, int32_t index) {
  at::TensorOptions o;
  if (dtype >= 0) o = o.dtype(static_cast<at::ScalarType>(dtype));
  if (device >= 0) o = o.device(at::Device(static_cast<at::DeviceType>(device), static_cast<c10::DeviceIndex>(index)));
  return o;
}

static Tensor leaf(Tensor t, int32_t requires_grad) {
  if (requires_grad) t.set_requires_grad(true);
  return t;
}

API Handle ts_empty(const int64_t* sizes, int32_t n, int32_t dtype, int32_t device, int32_t index, int32_t grad) {
  return tensor_of([&] { return leaf(at::empty(dims(sizes, n), options_of(dtype, device, index)), grad); });
}
API Handle ts_zeros(const int64_t* sizes, int32_t n, int32_t dtype, int32_t device, int32_t index, int32_t grad) {
  return tensor_of([&] { return leaf(at::zeros(dims(sizes, n), options_of(dtype, device, index)), grad); });
}
API Handle ts_ones(const int64_t* sizes, int32_t n, int32_t dtype, int32_t device, int32_t index, int32_t grad) {
  return tensor_of([&] { return leaf(at::ones(dims(sizes, n), options_of(dtype, device, index)), grad); });
}
API Handle ts_full(const int64_t* sizes, int32_t n, ScalarArg v, int32_t dtype, int32_t device, int32_t index, int32_t grad) {
  return tensor_of([&] { return leaf(at::full(dims(sizes, n), v.get(), options_of(dtype, device, index)), grad); });
}
API Handle ts_rand(const int64_t* sizes, int32_t n, int32_t dtype, int32_t device, int32_t index, int32_t grad, at::Generator* g) {
  return tensor_of([&] {
    auto o = options_of(dtype, device, index);
    return leaf(g ? at::rand(dims(sizes, n), *g, o) : at::rand(dims(sizes, n), o), grad);
  });
}
API Handle ts_randn(const int64_t* sizes, int32_t n, int32_t dtype, int32_t device, int32_t index, int32_t grad, at::Generator* g) {
  return tensor_of([&] {
    auto o = options_of(dtype, device, index);
    return leaf(g ? at::randn(dims(sizes, n), *g, o) : at::randn(dims(sizes, n), o), grad);
  });
}
API Handle ts_randint(int64_t low, int64_t high, const int64_t* sizes, int32_t n, int32_t dtype, int32_t device, int32_t index, int32_t grad, at::Generator* g) {
  return tensor_of([&] {
    auto o = options_of(dtype < 0 ? static_cast<int32_t>(at::kLong) : dtype, device, index);
    return leaf(g ? at::randint(low, high, dims(sizes, n), *g, o) : at::randint(low, high, dims(sizes, n), o), grad);
  });
}
API Handle ts_randperm(int64_t n, int32_t dtype, int32_t device, int32_t index, int32_t grad, at::Generator* g) {
  return tensor_of([&] {
    auto o = options_of(dtype < 0 ? static_cast<int32_t>(at::kLong) : dtype, device, index);
    return leaf(g ? at::randperm(n, *g, o) : at::randperm(n, o), grad);
  });
}
API Handle ts_arange(ScalarArg start, ScalarArg stop, ScalarArg step, int32_t dtype, int32_t device, int32_t index, int32_t grad) {
  return tensor_of([&] { return leaf(at::arange(start.get(), stop.get(), step.get(), options_of(dtype, device, index)), grad); });
}
API Handle ts_zeros_like(Handle t, int32_t dtype, int32_t device, int32_t index, int32_t grad) {
  return tensor_of([&] { return leaf(at::zeros_like(*t, options_of(dtype, device, index)), grad); });
}
API Handle ts_ones_like(Handle t, int32_t dtype, int32_t device, int32_t index, int32_t grad) {
  return tensor_of([&] { return leaf(at::ones_like(*t, options_of(dtype, device, index)), grad); });
}
API Handle ts_empty_like(Handle t, int32_t dtype, int32_t device, int32_t index, int32_t grad) {
  return tensor_of([&] { return leaf(at::empty_like(*t, options_of(dtype, device, index)), grad); });
}
API Handle ts_full_like(Handle t, ScalarArg v, int32_t dtype, int32_t device, int32_t index, int32_t grad) {
  return tensor_of([&] { return leaf(at::full_like(*t, v.get(), options_of(dtype, device, index)), grad); });
}

// Copies `bytes` into a new tensor of type `from`, then converts it to `dtype` (when not negative) and moves it.
API Handle ts_from_bytes(const void* bytes, int64_t count, const int64_t* sizes, int32_t n, int32_t from, int32_t dtype, int32_t device, int32_t index, int32_t grad) {
  return tensor_of([&] {
    Tensor t = at::empty(dims(sizes, n), static_cast<at::ScalarType>(from));
    TORCH_CHECK(static_cast<int64_t>(t.nbytes()) == count, "the array has ", count, " bytes, the shape needs ", t.nbytes());
    if (count > 0) std::memcpy(t.data_ptr(), bytes, static_cast<size_t>(count));
    auto o = t.options();
    if (dtype >= 0) o = o.dtype(static_cast<at::ScalarType>(dtype));
    if (device >= 0) o = o.device(at::Device(static_cast<at::DeviceType>(device), static_cast<c10::DeviceIndex>(index)));
    return leaf(t.to(o), grad);
  });
}

// Shares the caller's memory until the last reference is gone, then calls `release(context)`.
API Handle ts_from_blob(void* data, int64_t elements, int32_t dtype, int32_t grad, void (*release)(void*), void* context) {
  return tensor_of([&] {
    Tensor t = at::from_blob(data, {elements}, [release, context](void*) { release(context); }, at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)));
    return leaf(t, grad);
  });
}

API int32_t ts_uniform_(Handle t, double low, double high, at::Generator* g) {
  return status_of([&] { if (g) t->uniform_(low, high, *g); else t->uniform_(low, high); });
}
API int32_t ts_normal_(Handle t, double mean, double std, at::Generator* g) {
  return status_of([&] { if (g) t->normal_(mean, std, *g); else t->normal_(mean, std); });
}
API Handle ts_bernoulli(Handle t, at::Generator* g) {
  return tensor_of([&] { return g ? at::bernoulli(*t, *g) : at::bernoulli(*t); });
}
API int32_t ts_bernoulli_(Handle t, double p, at::Generator* g) {
  return status_of([&] { if (g) t->bernoulli_(p, *g); else t->bernoulli_(p); });
}
