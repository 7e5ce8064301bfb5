#include "engine/deadline_queue.h"

#include <algorithm>

namespace multifrost::engine {

[[gnu::hot]] void DeadlineQueue::insert(Entry& entry) {
  if (entry.deadline == Time::max() || insert_into_list(entry)) return;
  const Node node{entry.deadline, &entry};
  heap_.push_back(node);
  rise(heap_.size() - 1, node);
}

bool DeadlineQueue::insert_into_list(Entry& entry) noexcept {
  Entry* before = back_;
  for (std::size_t step = 0; before != nullptr && entry.deadline < before->deadline; ++step) {
    if (step == kSteps) return false;
    before = before->previous;
  }
  Entry*& to_this = before != nullptr ? before->next : front_;
  entry.place = Entry::kListed;
  entry.previous = before;
  entry.next = to_this;
  (entry.next != nullptr ? entry.next->previous : back_) = &entry;
  to_this = &entry;
  return true;
}

[[gnu::hot]] void DeadlineQueue::remove(Entry& entry) noexcept {
  const std::size_t place = entry.place;
  entry.place = Entry::kNowhere;
  if (place == Entry::kNowhere) return;
  if (place != Entry::kListed) return remove_from_heap(place);
  (entry.previous != nullptr ? entry.previous->next : front_) = entry.next;
  (entry.next != nullptr ? entry.next->previous : back_) = entry.previous;
}

void DeadlineQueue::remove_from_heap(std::size_t place) noexcept {
  const Node last = heap_.back();
  heap_.pop_back();
  if (place == heap_.size()) return;
  // The last one fills the gap, and goes to where it belongs from there.
  if (place > 0 && last.time < heap_[(place - 1) / kChildren].time) {
    rise(place, last);
  } else {
    sink(place, last);
  }
}

void DeadlineQueue::rise(std::size_t place, const Node& node) noexcept {
  while (place > 0) {
    const std::size_t parent = (place - 1) / kChildren;
    if (heap_[parent].time <= node.time) break;
    put(place, heap_[parent]);
    place = parent;
  }
  put(place, node);
}

void DeadlineQueue::sink(std::size_t place, const Node& node) noexcept {
  for (;;) {
    const std::size_t begin = place * kChildren + 1;
    const std::size_t end = std::min(begin + kChildren, heap_.size());
    if (begin >= end) break;
    std::size_t least = begin;
    for (std::size_t child = begin + 1; child < end; ++child) {
      if (heap_[child].time < heap_[least].time) least = child;
    }
    if (node.time <= heap_[least].time) break;
    put(place, heap_[least]);
    place = least;
  }
  put(place, node);
}

}  // namespace multifrost::engine
