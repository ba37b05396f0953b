#include "shim.h"
#include <ATen/Parallel.h>
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/GradMode.h>
#include <malloc.h>

// A training step frees all its activations at once. With glibc's defaults that memory goes back to the system and is faulted in again at the next
// step (measured: a tenth of a resnet20 step); so it is kept, in one arena, whichever thread frees it.
__attribute__((constructor)) static void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_ARENA_MAX, 1);
#endif
}

static thread_local std::string error_text;
static thread_local bool has_error = false;

void remember_error(const char* message) noexcept {
  try { error_text = message; } catch (...) { }
  has_error = true;
}

// The message of this thread's last failure, once; null when there was none.
API const char* ts_error() {
  if (!has_error) return nullptr;
  has_error = false;
  return error_text.c_str();
}

API int32_t ts_get_num_threads() { return at::get_num_threads(); }
API int32_t ts_set_num_threads(int32_t n) { return status_of([&] { at::set_num_threads(n); }); }
API int32_t ts_grad_enabled() { return c10::GradMode::is_enabled(); }
API void ts_set_grad_enabled(int32_t on) { c10::GradMode::set_enabled(on != 0); }

API int32_t ts_manual_seed(int64_t seed) {
  return status_of([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}
API int32_t ts_cuda_available() {
  try { return at::hasCUDA() && at::detail::getCUDAHooks().hasCUDA(); } CATCH(0)
}
API int32_t ts_cuda_count() {
  try { return at::hasCUDA() ? static_cast<int32_t>(at::detail::getCUDAHooks().getNumGPUs()) : 0; } CATCH(0)
}
API int32_t ts_cuda_synchronize(int64_t device) {
  return status_of([&] {
    TORCH_CHECK(at::hasCUDA(), "Torch not compiled with CUDA enabled");
    at::detail::getCUDAHooks().deviceSynchronize(static_cast<c10::DeviceIndex>(device));
  });
}

API at::Generator* ts_default_generator() {
  try { return new at::Generator(at::detail::getDefaultCPUGenerator()); } CATCH(nullptr)
}
API at::Generator* ts_generator(uint64_t seed) {
  try { return new at::Generator(at::make_generator<at::CPUGeneratorImpl>(seed)); } CATCH(nullptr)
}
API void ts_generator_free(at::Generator* g) { delete g; }
API int32_t ts_generator_seed(at::Generator* g, uint64_t seed) {
  return status_of([&] {
    std::lock_guard<std::mutex> lock(g->mutex());
    g->set_current_seed(seed);
  });
}
API int64_t ts_generator_initial_seed(at::Generator* g) {
  try { return static_cast<int64_t>(g->current_seed()); } CATCH(0)
}
API int64_t ts_generator_random_seed(at::Generator* g) {
  try {
    std::lock_guard<std::mutex> lock(g->mutex());
    return static_cast<int64_t>(g->seed());
  } CATCH(0)
}
API Handle ts_generator_get_state(at::Generator* g) {
  return tensor_of([&] {
    std::lock_guard<std::mutex> lock(g->mutex());
    return g->get_state();
  });
}
API int32_t ts_generator_set_state(at::Generator* g, Handle state) {
  return status_of([&] {
    std::lock_guard<std::mutex> lock(g->mutex());
    g->set_state(*state);
  });
}
