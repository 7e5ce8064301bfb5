// The frames of a message, one step at a time.
#include "transport/direct/message_reader.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "transport/direct/command.h"

namespace multifrost::transport::direct {

[[gnu::hot]] std::span<char> MessageReader::room() {
  if (large_.bytes) return {large_.bytes.get() + large_.filled, large_.size - large_.filled};
  // A command or a small payload is used in one piece.
  const std::uint64_t whole = in_frame_ ? std::min<std::uint64_t>(remaining_, kLarge) : 9;
  return input_.room(static_cast<std::size_t>(whole));
}

[[gnu::hot]] void MessageReader::received(std::size_t count) noexcept {
  if (large_.bytes) {
    large_.filled += count;
  } else {
    input_.received(count);
  }
}

[[gnu::hot]] MessageReader::Step MessageReader::advance() {
  if (!fault_.empty()) return Step::broken;
  if (!in_frame_ && frame_ == 0) {
    if (input_.unread().empty()) return Step::more;
    if (take_small_message()) return Step::message;
  }
  for (;;) {
    if (!in_frame_ && !begin_frame()) return fault_.empty() ? Step::more : Step::broken;
    if (!finish_body()) return fault_.empty() ? Step::more : Step::broken;
    in_frame_ = false;
    if (header_.command) return Step::command;
    if (header_.more) {
      ++frame_;
      continue;
    }
    if (std::exchange(frame_, 0) != 0) return Step::message;
  }
}

// The usual message, in one step: an empty delimiter and a short last frame, all of it here.
[[gnu::hot]] bool MessageReader::take_small_message() noexcept {
  constexpr std::string_view kHead("\1\0\0", 3);
  const std::string_view unread = input_.unread();
  if (!unread.starts_with(kHead) || unread.size() == kHead.size()) return false;
  const std::size_t size = static_cast<unsigned char>(unread[kHead.size()]);
  if (size > max_message_ || unread.size() - kHead.size() - 1 < size) return false;
  input_.consume(kHead.size() + 1);
  payload_ = input_.slice(size);
  return true;
}

bool MessageReader::begin_frame() {
  header_ = read_header(input_.unread());
  if (header_.state == FrameHeader::State::incomplete) return false;
  if (header_.state == FrameHeader::State::bad) {
    fault_ = "the peer sent a frame with flags that ZMTP 3 does not have";
    return false;
  }
  if (header_.size > (header_.command ? kMaxCommand : max_message_)) {
    fault_ = "the peer announced a " + std::string(header_.command ? "command" : "message") +
             " of " + std::to_string(header_.size) + " bytes; the limit is " +
             std::to_string(header_.command ? kMaxCommand : max_message_);
    return false;
  }
  input_.consume(header_.length);
  in_frame_ = true;
  remaining_ = header_.size;
  return true;
}

// True once the whole body of the frame has been used.
bool MessageReader::finish_body() {
  const auto size = static_cast<std::size_t>(header_.size);
  const bool is_payload = !header_.command && frame_ == 1;
  if (!header_.command && !is_payload) {
    const auto skipped = std::min<std::uint64_t>(remaining_, input_.unread().size());
    input_.consume(static_cast<std::size_t>(skipped));
    remaining_ -= skipped;
    return remaining_ == 0;
  }
  if (large_.bytes) {
    if (large_.filled < large_.size) return false;
    const auto* data = reinterpret_cast<const std::byte*>(large_.bytes.get());
    payload_ = Bytes(std::move(large_.bytes), data, large_.size);
    large_ = {};
    return true;
  }
  if (input_.unread().size() < size) {
    if (is_payload && size > kLarge) begin_large(size);
    return false;
  }
  if (is_payload) {
    payload_ = input_.slice(size);
  } else {
    command_ = input_.unread().substr(0, size);
    input_.consume(size);
  }
  return true;
}

void MessageReader::begin_large(std::size_t size) {
  const std::string_view here = input_.unread();
  try {
    large_ = {blocks_.take(size), size, here.size()};
  } catch (const std::bad_alloc&) {
    fault_ = "there is no memory for the peer's message of " + std::to_string(size) + " bytes";
    return;
  }
  std::memcpy(large_.bytes.get(), here.data(), here.size());
  input_.consume(here.size());
}

}  // namespace multifrost::transport::direct
