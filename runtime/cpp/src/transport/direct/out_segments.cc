// Joining, gathering, removing.
#include "transport/direct/out_segments.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace multifrost::transport::direct {

int gather(const Buffer& message, std::size_t skipped, std::span<iovec> into) noexcept {
  std::size_t count = 0;
  message.for_each_part([&](std::string_view part) {
    const std::size_t left_out = std::min(skipped, part.size());
    skipped -= left_out;
    part.remove_prefix(left_out);
    if (part.empty() || count == into.size()) return;
    into[count++] = {const_cast<char*>(part.data()), part.size()};
  });
  return static_cast<int>(count);
}

[[gnu::hot]] void OutSegments::add_message(std::string_view head, Buffer& message, bool lent) {
  const std::size_t size = message.size();
  if (size >= kMovedFrom) return add_rest(head, message, 0, lent);
  char* to = segment_for(head.size() + size).extend(head.size() + size);
  std::memcpy(to, head.data(), head.size());
  std::memcpy(to + head.size(), message.data(), size);
  message.clear();
  added_ += head.size() + size;
  ends_.push_back(added_);
}

void OutSegments::add_rest(std::string_view head, Buffer& message, std::size_t done, bool lent) {
  const std::size_t head_done = std::min(done, head.size());
  const std::size_t body_done = done - head_done;
  append(head.substr(head_done));
  if (message.size() - body_done < kMovedFrom) {
    append(message.view().as_text().substr(body_done));
    message.clear();
  } else {
    added_ += message.size() - body_done;
    if (segments_.empty()) done_ = body_done;
    if (!lent) own(message);
    // Behind other segments a message is untouched, so there is nothing to leave out.
    segments_.push_back(std::exchange(message, Buffer()));
  }
  ends_.push_back(added_);
}

void OutSegments::own(Buffer& segment) {
  segment.own([this](BytesView borrowed) { return blocks_->copy(borrowed); });
}

void OutSegments::own() {
  for (Buffer& segment : segments_) own(segment);
}

/// Where so many bytes go; its content grows, but what it holds stays where it is.
[[gnu::hot]] Buffer& OutSegments::segment_for(std::size_t more) {
  if (segments_.empty() || segments_.back().size() + more > kJoinedUpTo) {
    segments_.push_back(std::exchange(spare_, Buffer()));
  }
  return segments_.back();
}

void OutSegments::append(std::string_view bytes) {
  if (bytes.empty()) return;
  segment_for(bytes.size()).append(bytes);
  added_ += bytes.size();
}

/// Piece by piece: a new deque asks for memory, of which there may be none.
void OutSegments::drop() noexcept {
  segments_.clear();
  spare_ = Buffer();
  ends_ = std::vector<std::uint64_t>();
  done_ = left_ = 0;
  added_ = removed_ = 0;
}

int OutSegments::gather(std::span<iovec> into) const noexcept {
  std::size_t count = 0;
  std::size_t skipped = done_;
  for (const Buffer& segment : segments_) {
    if (count == into.size()) break;
    count += static_cast<std::size_t>(direct::gather(segment, skipped, into.subspan(count)));
    skipped = 0;
  }
  return static_cast<int>(count);
}

[[gnu::hot]] std::uint64_t OutSegments::remove(std::size_t count) noexcept {
  removed_ += count;
  done_ += count;
  while (!segments_.empty() && done_ >= segments_.front().size()) {
    Buffer& left = segments_.front();
    done_ -= left.size();
    if (left.capacity() <= 2 * kJoinedUpTo && left.capacity() > spare_.capacity()) {
      left.clear();
      spare_ = std::move(left);
    }
    segments_.pop_front();
  }
  const std::size_t before = left_;
  if (removed_ == added_) {
    left_ = ends_.size();
  } else {
    while (left_ < ends_.size() && ends_[left_] <= removed_) ++left_;
  }
  const std::size_t messages = left_ - before;
  if (left_ == ends_.size()) {
    ends_.clear();
    left_ = 0;
  }
  return messages;
}

}  // namespace multifrost::transport::direct
