// The two bounds, and the count of what they cost.
#include "process/output_queue.h"

#include <utility>

namespace multifrost::process {

bool OutputQueue::push(bool is_error, std::string_view text) {
  const std::lock_guard lock(mutex_);
  const bool was_empty = waiting_.lines.empty();
  // A single line above the limit still passes when it is alone: the splitter has bounded it.
  if (!was_empty && (bytes_ + text.size() > kMaxBytes || waiting_.lines.size() >= kMaxLines)) {
    ++waiting_.dropped;
    ++dropped_;
    return false;
  }
  waiting_.lines.push_back({is_error, std::string(text)});
  bytes_ += text.size();
  return was_empty;
}

OutputQueue::Batch OutputQueue::take() {
  const std::lock_guard lock(mutex_);
  bytes_ = 0;
  return std::exchange(waiting_, {});
}

std::uint64_t OutputQueue::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace multifrost::process
