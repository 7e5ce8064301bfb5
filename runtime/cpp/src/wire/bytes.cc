#include "multifrost/bytes.h"

#include <algorithm>
#include <cstring>

namespace multifrost {

Bytes::Bytes(BytesView view) : size_(view.size()) {
  if (size_ == 0) return;
  const std::shared_ptr<std::byte[]> copy(new std::byte[size_]);
  std::memcpy(copy.get(), view.data(), size_);
  data_ = copy.get();
  owner_ = copy;
}

Bytes::Bytes(std::vector<std::byte>&& owned) {
  const auto owner = std::make_shared<std::vector<std::byte>>(std::move(owned));
  data_ = owner->data();
  size_ = owner->size();
  owner_ = owner;
}

Bytes::Bytes(const Bytes&) noexcept = default;
Bytes& Bytes::operator=(const Bytes&) noexcept = default;
[[gnu::hot]] Bytes& Bytes::operator=(Bytes&& other) noexcept {
  swap(other);
  return *this;
}
[[gnu::hot]] Bytes::~Bytes() = default;

std::vector<std::byte> Bytes::to_vector() const { return {begin(), end()}; }

Bytes Bytes::slice(std::size_t offset, std::size_t count) const noexcept {
  offset = std::min(offset, size_);
  return {owner_, data_ + offset, std::min(count, size_ - offset)};
}

std::string to_string(const Bytes& bytes) { return "bytes(" + std::to_string(bytes.size()) + ")"; }

}  // namespace multifrost
