// One chunk after another.
#include "transport/input_buffer.h"

#include <cstring>

namespace multifrost::transport {

namespace {
// Less would make for many small reads at the end of every chunk.
constexpr std::size_t kSmallestRoom = 2 * 1024;
}  // namespace

[[gnu::hot]] std::span<char> InputBuffer::room(std::size_t wanted) {
  if (!chunk_ || begin_ + wanted > kChunk || kChunk - end_ < kSmallestRoom) {
    auto next = std::make_shared_for_overwrite<char[]>(kChunk);
    const std::string_view rest = unread();
    if (!rest.empty()) std::memcpy(next.get(), rest.data(), rest.size());
    chunk_ = std::move(next);
    begin_ = 0;
    end_ = rest.size();
  }
  return {chunk_.get() + end_, kChunk - end_};
}

[[gnu::hot]] Bytes InputBuffer::slice(std::size_t count) noexcept {
  const auto* data = reinterpret_cast<const std::byte*>(chunk_.get() + begin_);
  consume(count);
  return {chunk_, data, count};
}

}  // namespace multifrost::transport
