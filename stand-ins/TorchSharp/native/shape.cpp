// Views, joins and selections.
#include "shim.h"
#include <ATen/TensorIndexing.h>
#include <limits>

API Handle ts_reshape(Handle a, const int64_t* s, int32_t n) { return tensor_of([&] { return a->reshape(dims(s, n)); }); }
API Handle ts_view(Handle a, const int64_t* s, int32_t n) { return tensor_of([&] { return a->view(dims(s, n)); }); }
API Handle ts_expand(Handle a, const int64_t* s, int32_t n, int32_t is_implicit) { return tensor_of([&] { return a->expand(dims(s, n), is_implicit != 0); }); }
API Handle ts_repeat(Handle a, const int64_t* s, int32_t n) { return tensor_of([&] { return a->repeat(dims(s, n)); }); }
API Handle ts_permute(Handle a, const int64_t* d, int32_t n) { return tensor_of([&] { return a->permute(dims(d, n)); }); }
API Handle ts_flip(Handle a, const int64_t* d, int32_t n) { return tensor_of([&] { return a->flip(dims(d, n)); }); }
API Handle ts_as_strided(Handle a, const int64_t* s, int32_t n, const int64_t* strides, int64_t offset) {
  return tensor_of([&] { return a->as_strided(dims(s, n), dims(strides, n), offset); });
}
API Handle ts_transpose(Handle a, int64_t x, int64_t y) { return tensor_of([&] { return a->transpose(x, y); }); }
API Handle ts_t(Handle a) { return tensor_of([&] { return a->t(); }); }
API Handle ts_flatten(Handle a, int64_t start, int64_t end) { return tensor_of([&] { return a->flatten(start, end); }); }
API Handle ts_squeeze(Handle a) { return tensor_of([&] { return a->squeeze(); }); }
API Handle ts_squeeze_dim(Handle a, int64_t dim) { return tensor_of([&] { return a->squeeze(dim); }); }
API Handle ts_unsqueeze(Handle a, int64_t dim) { return tensor_of([&] { return a->unsqueeze(dim); }); }
API Handle ts_select(Handle a, int64_t dim, int64_t i) { return tensor_of([&] { return a->select(dim, i); }); }
API Handle ts_narrow(Handle a, int64_t dim, int64_t start, int64_t length) { return tensor_of([&] { return a->narrow(dim, start, length); }); }
API Handle ts_slice(Handle a, int64_t dim, int64_t start, int64_t end, int64_t step) { return tensor_of([&] { return a->slice(dim, start, end, step); }); }
API Handle ts_index_select(Handle a, int64_t dim, Handle index) { return tensor_of([&] { return a->index_select(dim, *index); }); }
API Handle ts_gather(Handle a, int64_t dim, Handle index) { return tensor_of([&] { return a->gather(dim, *index); }); }
API int32_t ts_index_add_(Handle a, int64_t dim, Handle index, Handle source, ScalarArg alpha) {
  return status_of([&] { a->index_add_(dim, *index, *source, alpha.get()); });
}
API int32_t ts_index_copy_(Handle a, int64_t dim, Handle index, Handle source) { return status_of([&] { a->index_copy_(dim, *index, *source); }); }
API int32_t ts_scatter_(Handle a, int64_t dim, Handle index, Handle source) { return status_of([&] { a->scatter_(dim, *index, *source); }); }
API Handle ts_masked_select(Handle a, Handle mask) { return tensor_of([&] { return a->masked_select(*mask); }); }
API Handle ts_nonzero(Handle a) { return tensor_of([&] { return a->nonzero(); }); }
API Handle ts_cat(const Handle* list, int32_t n, int64_t dim) { return tensor_of([&] { return at::cat(list_of(list, n), dim); }); }
API Handle ts_stack(const Handle* list, int32_t n, int64_t dim) { return tensor_of([&] { return at::stack(list_of(list, n), dim); }); }

// Fills `to` with at most `room` parts and says how many there are; call again with more room when there are more.
static int32_t parts_to(const std::vector<Tensor>& parts, Handle* to, int32_t room) {
  if (static_cast<int32_t>(parts.size()) <= room)
    for (size_t i = 0; i < parts.size(); i++) to[i] = handle_of(parts[i]);
  return static_cast<int32_t>(parts.size());
}
API int32_t ts_split(Handle a, int64_t size, int64_t dim, Handle* to, int32_t room) {
  try { return parts_to(a->split(size, dim), to, room); } CATCH(-1)
}
API int32_t ts_split_sizes(Handle a, const int64_t* sizes, int32_t n, int64_t dim, Handle* to, int32_t room) {
  try { return parts_to(a->split_with_sizes(dims(sizes, n), dim), to, room); } CATCH(-1)
}
API int32_t ts_chunk(Handle a, int64_t chunks, int64_t dim, Handle* to, int32_t room) {
  try { return parts_to(a->chunk(chunks, dim), to, room); } CATCH(-1)
}
API int32_t ts_unbind(Handle a, int64_t dim, Handle* to, int32_t room) {
  try { return parts_to(a->unbind(dim), to, room); } CATCH(-1)
}

struct IndexArg {
  int64_t kind; // 0 None, 1 integer, 2 ellipsis, 3 bool, 4 tensor, 5 slice
  int64_t start, stop, step;
  Handle tensor;
};

static std::vector<at::indexing::TensorIndex> indices_of(const IndexArg* p, int32_t n) {
  using namespace at::indexing;
  std::vector<TensorIndex> r;
  r.reserve(n);
  for (int32_t i = 0; i < n; i++) {
    switch (p[i].kind) {
      case 0: r.emplace_back(at::indexing::None); break;
      case 1: r.emplace_back(p[i].start); break;
      case 2: r.emplace_back(at::indexing::Ellipsis); break;
      case 3: r.emplace_back(p[i].start != 0); break;
      case 4: r.emplace_back(*p[i].tensor); break;
      default: r.emplace_back(Slice(p[i].start, p[i].stop, p[i].step)); break;
    }
  }
  return r;
}
API Handle ts_index(Handle a, const IndexArg* p, int32_t n) { return tensor_of([&] { return a->index(indices_of(p, n)); }); }
API int32_t ts_index_put_(Handle a, const IndexArg* p, int32_t n, Handle value) {
  return status_of([&] { a->index_put_(indices_of(p, n), *value); });
}
API int32_t ts_index_put_s_(Handle a, const IndexArg* p, int32_t n, ScalarArg value) {
  return status_of([&] { a->index_put_(indices_of(p, n), value.get()); });
}
