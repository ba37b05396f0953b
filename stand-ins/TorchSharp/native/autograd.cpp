// Backward passes over the recorded graph.
#include "shim.h"
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>

API int32_t ts_backward(const Handle* outputs, int32_t n, const Handle* grads, int32_t ngrads, int32_t retain, int32_t create, const Handle* inputs, int32_t ninputs) {
  return status_of([&] {
    torch::autograd::backward(list_of(outputs, n), list_of(grads, ngrads), retain != 0, create != 0, list_of(inputs, ninputs));
  });
}

// The common case, a scalar loss, without lists.
API int32_t ts_backward_scalar(Handle loss) {
  return status_of([&] { torch::autograd::backward({*loss}); });
}

API int32_t ts_autograd_grad(const Handle* outputs, int32_t n, const Handle* inputs, int32_t ninputs, const Handle* grads, int32_t ngrads, int32_t retain, int32_t create, int32_t allow_unused, Handle* to) {
  return status_of([&] {
    auto r = torch::autograd::grad(list_of(outputs, n), list_of(inputs, ninputs), list_of(grads, ngrads), retain != 0, create != 0, allow_unused != 0);
    for (size_t i = 0; i < r.size(); i++) to[i] = handle_of(r[i]);
  });
}
