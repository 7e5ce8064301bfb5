#include "multifrost/buffer.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <new>

namespace multifrost {
namespace {
constexpr std::size_t kFirstCapacity = 256;  // holds an ordinary call
}

Buffer::~Buffer() { std::free(data_); }

void Buffer::grow(std::size_t more) {
  if (more > std::numeric_limits<std::size_t>::max() / 2 - size_) throw std::bad_alloc();
  const std::size_t wanted = std::max({size_ + more, capacity_ * 2, kFirstCapacity});
  void* bigger = std::realloc(data_, wanted);
  if (bigger == nullptr) throw std::bad_alloc();
  data_ = static_cast<char*>(bigger);
  capacity_ = wanted;
}

Bytes share(Buffer&& buffer) {
  const auto owner = std::make_shared<Buffer>(std::move(buffer));
  const BytesView view = owner->view();
  return {owner, view.data(), view.size()};
}

}  // namespace multifrost
