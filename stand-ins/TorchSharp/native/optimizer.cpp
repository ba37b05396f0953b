// One call a step for a whole parameter list; the same operations in the same order as PyTorch's own optimizers, so that the bits agree.
#include "shim.h"
#include <c10/core/GradMode.h>
#include <cmath>

struct NoGrad {
  bool before = c10::GradMode::is_enabled();
  NoGrad() { c10::GradMode::set_enabled(false); }
  ~NoGrad() { c10::GradMode::set_enabled(before); }
};

// momentum[i]: in, the buffer or null; out, the new buffer where there was none.
API int32_t ts_sgd_step(const Handle* params, Handle* momentum, int32_t n, double lr, double mu, double dampening, double decay, int32_t nesterov, int32_t maximize) {
  return status_of([&] {
    NoGrad guard;
    for (int32_t i = 0; i < n; i++) {
      Tensor& p = *params[i];
      Tensor d = p.grad();
      if (!d.defined()) continue;
      if (maximize) d = d.neg();
      if (decay != 0) d = d.add(p, decay);
      if (mu != 0) {
        if (!momentum[i]) momentum[i] = new Tensor(d.clone().detach());
        else momentum[i]->mul_(mu).add_(d, 1 - dampening);
        d = nesterov ? d.add(*momentum[i], mu) : *momentum[i];
      }
      p.add_(d, -lr);
    }
  });
}

API int32_t ts_adam_step(const Handle* params, const Handle* mean, const Handle* square, const Handle* largest, const int64_t* steps, int32_t n, double lr, double beta1, double beta2, double eps, double decay, int32_t amsgrad, int32_t maximize) {
  return status_of([&] {
    NoGrad guard;
    for (int32_t i = 0; i < n; i++) {
      Tensor& p = *params[i];
      Tensor d = p.grad();
      if (!d.defined()) continue;
      if (maximize) d = d.neg();
      if (decay != 0) d = d.add(p, decay);
      mean[i]->mul_(beta1).add_(d, 1 - beta1);
      square[i]->mul_(beta2).addcmul_(d, d, 1 - beta2);
      double correction1 = 1 - std::pow(beta1, static_cast<double>(steps[i]));
      double correction2 = std::sqrt(1 - std::pow(beta2, static_cast<double>(steps[i])));
      if (amsgrad) at::maximum_out(*largest[i], *largest[i], *square[i]);
      Tensor denominator = ((amsgrad ? largest[i] : square[i])->sqrt() / correction2).add_(eps);
      p.addcdiv_(*mean[i], denominator, -(lr / correction1));
    }
  });
}

API int32_t ts_zero_grads(const Handle* params, int32_t n, int32_t to_none) {
  return status_of([&] {
    NoGrad guard;
    for (int32_t i = 0; i < n; i++) {
      Tensor& g = params[i]->mutable_grad();
      if (!g.defined()) continue;
      if (to_none) { g = Tensor(); continue; }
      if (g.grad_fn()) g = g.detach(); else g.set_requires_grad(false);
      g.zero_();
    }
  });
}

// Scales the gradients so that the norm of them all is at most `limit`; `total` is the norm before.
API int32_t ts_clip_grad_norm_(const Handle* params, int32_t n, double limit, double p, double* total) {
  return status_of([&] {
    NoGrad guard;
    std::vector<Tensor> grads, norms;
    for (int32_t i = 0; i < n; i++)
      if (params[i]->grad().defined()) grads.push_back(params[i]->grad().detach());
    *total = 0;
    if (grads.empty()) return;
    bool infinite = std::isinf(p);
    for (auto& g : grads) norms.push_back(infinite ? g.abs().max() : at::norm(g, p));
    Tensor all = at::stack(norms);
    Tensor norm = infinite ? all.max() : at::norm(all, p);
    Tensor scale = (limit / (norm + 1e-6)).clamp_max(1.0);
    for (auto& g : grads) g.mul_(scale);
    *total = norm.item().toDouble();
  });
}
API int32_t ts_clip_grad_value_(const Handle* params, int32_t n, double limit) {
  return status_of([&] {
    NoGrad guard;
    for (int32_t i = 0; i < n; i++)
      if (params[i]->grad().defined()) params[i]->mutable_grad().clamp_(-limit, limit);
  });
}
