// torch.autograd functions whose forward and backward are managed code. The managed state lives in the node's saved data and goes with it.
#include "shim.h"
#include <torch/csrc/autograd/custom_function.h>
#include <ATen/core/ivalue.h>

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Managed callbacks fill a caller-owned list by ts_list_add and return 0; otherwise they have kept their exception for the caller.
using Call = int32_t (*)(void* state, AutogradContext* ctx, const Handle* in, int32_t n, variable_list* out);
using Release = void (*)(void* state);

namespace {

struct ManagedState : torch::CustomClassHolder {
  void* state;
  Call backward;
  Release release;
  ManagedState(void* s, Call b, Release r) : state(s), backward(b), release(r) {}
  ~ManagedState() override { release(state); }
};

variable_list call(Call f, void* state, AutogradContext* ctx, const variable_list& in) {
  std::vector<Handle> handles; // owned by the managed side from here on
  handles.reserve(in.size());
  for (const auto& t : in) handles.push_back(handle_of(t));
  variable_list out;
  if (f(state, ctx, handles.data(), static_cast<int32_t>(handles.size()), &out) != 0) throw std::runtime_error("the managed autograd function threw");
  return out;
}

struct ManagedFunction : torch::autograd::Function<ManagedFunction> {
  static variable_list forward(AutogradContext* ctx, at::TensorList inputs, Call f, const c10::intrusive_ptr<ManagedState>& managed) {
    ctx->saved_data["managed"] = c10::IValue::make_capsule(managed);
    return call(f, managed->state, ctx, {});
  }
  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    auto capsule = ctx->saved_data["managed"].toCapsule();
    auto* managed = static_cast<ManagedState*>(capsule.get());
    auto out = call(managed->backward, managed->state, ctx, grads);
    out.resize(out.size() + 2); // forward's last two arguments have no gradient
    return out;
  }
};

} // namespace

// On failure `state` has been released all the same.
API int32_t ts_function_apply(const Handle* inputs, int32_t n, void* state, Call forward, Call backward, Release release, Handle* to, int32_t room) {
  try {
    auto managed = c10::make_intrusive<ManagedState>(state, backward, release);
    auto in = list_of(inputs, n);
    auto out = ManagedFunction::apply(at::TensorList(in), forward, managed);
    TORCH_CHECK(static_cast<int32_t>(out.size()) <= room, "an autograd function may have at most ", room, " outputs, this one has ", out.size());
    for (size_t i = 0; i < out.size(); i++) to[i] = handle_of(out[i]);
    return static_cast<int32_t>(out.size());
  } CATCH(-1)
}

API int32_t ts_list_add(variable_list* list, Handle t) { return status_of([&] { list->push_back(optional_tensor(t)); }); }
API int32_t ts_ctx_save(AutogradContext* ctx, const Handle* p, int32_t n) { return status_of([&] { ctx->save_for_backward(list_of(p, n)); }); }
API int32_t ts_ctx_dirty(AutogradContext* ctx, const Handle* p, int32_t n) { return status_of([&] { ctx->mark_dirty(list_of(p, n)); }); }
API int32_t ts_ctx_non_differentiable(AutogradContext* ctx, const Handle* p, int32_t n) {
  return status_of([&] { ctx->mark_non_differentiable(list_of(p, n)); });
}
API void ts_ctx_materialize(AutogradContext* ctx, int32_t on) { ctx->set_materialize_grads(on != 0); }
API int32_t ts_ctx_saved(AutogradContext* ctx, Handle* to, int32_t room) {
  try {
    auto saved = ctx->get_saved_variables();
    if (static_cast<int32_t>(saved.size()) <= room)
      for (size_t i = 0; i < saved.size(); i++) to[i] = handle_of(saved[i]);
    return static_cast<int32_t>(saved.size());
  } CATCH(-1)
}
