// The operators of torch.nn.functional.
#include "shim.h"

API Handle ts_conv2d(Handle x, Handle w, Handle b, const int64_t* stride, const int64_t* padding, const int64_t* dilation, int64_t groups) {
  return tensor_of([&] { return at::conv2d(*x, *w, optional_tensor(b), dims(stride, 2), dims(padding, 2), dims(dilation, 2), groups); });
}
API Handle ts_conv2d_same(Handle x, Handle w, Handle b, const int64_t* stride, int32_t same, const int64_t* dilation, int64_t groups) {
  return tensor_of([&] { return at::conv2d(*x, *w, optional_tensor(b), dims(stride, 2), same ? "same" : "valid", dims(dilation, 2), groups); });
}
API Handle ts_linear(Handle x, Handle w, Handle b) { return tensor_of([&] { return at::linear(*x, *w, optional_tensor(b)); }); }
API Handle ts_batch_norm(Handle x, Handle mean, Handle var, Handle w, Handle b, int32_t training, double momentum, double eps) {
  return tensor_of([&] {
    return at::batch_norm(*x, optional_tensor(w), optional_tensor(b), optional_tensor(mean), optional_tensor(var), training != 0, momentum, eps, at::globalContext().userEnabledCuDNN());
  });
}
API Handle ts_group_norm(Handle x, int64_t groups, Handle w, Handle b, double eps) {
  return tensor_of([&] { return at::group_norm(*x, groups, optional_tensor(w), optional_tensor(b), eps, at::globalContext().userEnabledCuDNN()); });
}
API Handle ts_layer_norm(Handle x, const int64_t* shape, int32_t n, Handle w, Handle b, double eps) {
  return tensor_of([&] { return at::layer_norm(*x, dims(shape, n), optional_tensor(w), optional_tensor(b), eps, at::globalContext().userEnabledCuDNN()); });
}
API Handle ts_softmax(Handle x, int64_t dim, int32_t dtype) {
  return tensor_of([&] { return dtype >= 0 ? at::softmax(*x, dim, static_cast<at::ScalarType>(dtype)) : at::softmax(*x, dim); });
}
API Handle ts_log_softmax(Handle x, int64_t dim, int32_t dtype) {
  return tensor_of([&] { return dtype >= 0 ? at::log_softmax(*x, dim, static_cast<at::ScalarType>(dtype)) : at::log_softmax(*x, dim); });
}
API Handle ts_cross_entropy(Handle x, Handle target, Handle weight, int64_t reduction, int64_t ignore, double smoothing) {
  return tensor_of([&] { return at::cross_entropy_loss(*x, *target, optional_tensor(weight), reduction, ignore, smoothing); });
}
API Handle ts_nll_loss(Handle x, Handle target, Handle weight, int64_t reduction, int64_t ignore) {
  return tensor_of([&] { return at::nll_loss_nd(*x, *target, optional_tensor(weight), reduction, ignore); });
}
API Handle ts_mse_loss(Handle x, Handle target, int64_t reduction) { return tensor_of([&] { return at::mse_loss(*x, *target, reduction); }); }
API Handle ts_l1_loss(Handle x, Handle target, int64_t reduction) { return tensor_of([&] { return at::l1_loss(*x, *target, reduction); }); }
API Handle ts_max_pool2d(Handle x, const int64_t* kernel, const int64_t* stride, const int64_t* padding, const int64_t* dilation, int32_t ceil) {
  return tensor_of([&] { return at::max_pool2d(*x, dims(kernel, 2), dims(stride, 2), dims(padding, 2), dims(dilation, 2), ceil != 0); });
}
API Handle ts_avg_pool2d(Handle x, const int64_t* kernel, const int64_t* stride, const int64_t* padding, int32_t ceil, int32_t include_pad, int64_t divisor) {
  return tensor_of([&] {
    if (divisor != 0) return at::avg_pool2d(*x, dims(kernel, 2), dims(stride, 2), dims(padding, 2), ceil != 0, include_pad != 0, divisor);
    return at::avg_pool2d(*x, dims(kernel, 2), dims(stride, 2), dims(padding, 2), ceil != 0, include_pad != 0);
  });
}
API Handle ts_adaptive_avg_pool2d(Handle x, const int64_t* size) { return tensor_of([&] { return at::adaptive_avg_pool2d(*x, dims(size, 2)); }); }
API Handle ts_dropout(Handle x, double p, int32_t training) { return tensor_of([&] { return at::dropout(*x, p, training != 0); }); }
API int32_t ts_dropout_(Handle x, double p, int32_t training) { return status_of([&] { at::dropout_(*x, p, training != 0); }); }
API Handle ts_one_hot(Handle x, int64_t classes) { return tensor_of([&] { return at::one_hot(*x, classes); }); }
API Handle ts_pad(Handle x, const int64_t* pad, int32_t n, int32_t mode, double value) {
  return tensor_of([&] {
    switch (mode) {
      case 1: return at::pad(*x, dims(pad, n), "reflect");
      case 2: return at::pad(*x, dims(pad, n), "replicate");
      case 3: return at::pad(*x, dims(pad, n), "circular");
      default: return at::constant_pad_nd(*x, dims(pad, n), value);
    }
  });
}
