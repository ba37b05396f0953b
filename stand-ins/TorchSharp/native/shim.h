// The C ABI between the managed stand-in and libtorch. A handle is an owned at::Tensor*; null means "undefined".
// No C++ exception crosses it: a function that failed returns null (or 1) and leaves its message for ts_error().
#pragma once
#include <ATen/ATen.h>
#include <cstdint>
#include <string>
#include <vector>

#define API extern "C" __attribute__((visibility("default")))

using Tensor = at::Tensor;
using Handle = at::Tensor*;

struct ScalarArg {
  int64_t kind; // 0 integer, 1 floating point, 2 bool
  int64_t integer;
  double real;
  at::Scalar get() const {
    if (kind == 0) return at::Scalar(integer);
    if (kind == 2) return at::Scalar(integer != 0);
    return at::Scalar(real);
  }
};

void remember_error(const char* message) noexcept;

#define CATCH(failed)                                                     \
  catch (const c10::Error& e) { remember_error(e.what_without_backtrace()); return failed; } \
  catch (const std::exception& e) { remember_error(e.what()); return failed; }               \
  catch (...) { remember_error("unknown C++ exception"); return failed; }

template <class F> Handle tensor_of(F&& f) noexcept {
  try { return new Tensor(f()); } CATCH(nullptr)
}

template <class F> int32_t status_of(F&& f) noexcept {
  try { f(); return 0; } CATCH(1)
}

inline Tensor optional_tensor(Handle h) { return h ? *h : Tensor(); }
inline at::IntArrayRef dims(const int64_t* p, int32_t n) { return at::IntArrayRef(p, static_cast<size_t>(n)); }

inline std::vector<Tensor> list_of(const Handle* p, int32_t n) {
  std::vector<Tensor> r;
  r.reserve(n);
  for (int32_t i = 0; i < n; i++) r.push_back(optional_tensor(p[i]));
  return r;
}

inline Handle handle_of(const Tensor& t) { return t.defined() ? new Tensor(t) : nullptr; }
