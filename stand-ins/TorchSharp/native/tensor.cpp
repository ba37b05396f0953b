// What a tensor is: its lifetime, type, place and bytes.
#include "shim.h"

API void ts_free(Handle t) { delete t; }
API Handle ts_alias(Handle t) { return tensor_of([&] { return *t; }); }
API int64_t ts_dim(Handle t) { return t->dim(); }
API int64_t ts_numel(Handle t) { return t->numel(); }
API int64_t ts_element_size(Handle t) { return static_cast<int64_t>(t->element_size()); }
API int32_t ts_dtype(Handle t) { return static_cast<int32_t>(t->scalar_type()); }
API int32_t ts_device_type(Handle t) { return static_cast<int32_t>(t->device().type()); }
API int32_t ts_device_index(Handle t) { return t->device().index(); }
API int32_t ts_is_contiguous(Handle t) { return t->is_contiguous(); }
API int64_t ts_storage_offset(Handle t) { return t->storage_offset(); }
API int32_t ts_requires_grad(Handle t) { return t->requires_grad(); }
API int32_t ts_is_leaf(Handle t) { return t->is_leaf(); }
API void ts_sizes(Handle t, int64_t* to) { for (auto s : t->sizes()) *to++ = s; }
API void ts_strides(Handle t, int64_t* to) { for (auto s : t->strides()) *to++ = s; }
API int32_t ts_same(Handle a, Handle b) { return a->is_same(*b); }

API int32_t ts_data(Handle t, void** to) { return status_of([&] { *to = t->data_ptr(); }); }

API int32_t ts_set_requires_grad(Handle t, int32_t on) { return status_of([&] { t->set_requires_grad(on != 0); }); }
API int32_t ts_retain_grad(Handle t) { return status_of([&] { t->retain_grad(); }); }

// Null without an error: no gradient.
API Handle ts_grad(Handle t) {
  try { return handle_of(t->grad()); } CATCH(nullptr)
}
API int32_t ts_set_grad(Handle t, Handle grad) { return status_of([&] { t->mutable_grad() = optional_tensor(grad); }); }

API Handle ts_to(Handle t, int32_t dtype, int32_t device, int32_t index, int32_t non_blocking, int32_t copy) {
  return tensor_of([&] {
    at::TensorOptions o = t->options();
    if (dtype >= 0) o = o.dtype(static_cast<at::ScalarType>(dtype));
    if (device >= 0) o = o.device(at::Device(static_cast<at::DeviceType>(device), static_cast<c10::DeviceIndex>(index)));
    return t->to(o, non_blocking != 0, copy != 0);
  });
}

// A leaf that shares the data, as Parameter(data) makes one.
API Handle ts_parameter(Handle t, int32_t requires_grad) {
  return tensor_of([&] { return t->detach().set_requires_grad(requires_grad != 0); });
}

API int32_t ts_item(Handle t, ScalarArg* to) {
  return status_of([&] {
    at::Scalar s = t->item();
    if (s.isBoolean()) *to = {2, s.toBool(), 0};
    else if (s.isIntegral(false)) *to = {0, s.toLong(), 0};
    else *to = {1, 0, s.toDouble()};
  });
}

API Handle ts_clone(Handle t) { return tensor_of([&] { return t->clone(); }); }
API Handle ts_detach(Handle t) { return tensor_of([&] { return t->detach(); }); }
API Handle ts_detach_(Handle t) { return tensor_of([&] { return t->detach_(); }); }
API Handle ts_contiguous(Handle t) { return tensor_of([&] { return t->contiguous(); }); }
API int32_t ts_copy_(Handle t, Handle from, int32_t non_blocking) { return status_of([&] { t->copy_(*from, non_blocking != 0); }); }
API int32_t ts_zero_(Handle t) { return status_of([&] { t->zero_(); }); }
API int32_t ts_fill_(Handle t, ScalarArg v) { return status_of([&] { t->fill_(v.get()); }); }
