// Deadlines in order: which call must end next.
//
// Calls with the same timeout come in the order of their deadlines, so most join a sorted list at
// its end, and touch only their neighbours when they leave it. One that belongs further in front
// than a few places goes to a heap of its own. Once warm nothing allocates. Pure; one thread at a
// time.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace multifrost::engine {

class DeadlineQueue {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Embedded in what has the deadline; stays where it is while it is queued.
  struct Entry {
    Time deadline = Time::max();

   private:
    friend class DeadlineQueue;
    static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
    static constexpr std::size_t kListed = static_cast<std::size_t>(-2);
    std::size_t place = kNowhere;  ///< in the heap, or one of the two
    Entry* previous = nullptr;
    Entry* next = nullptr;
  };

  bool empty() const noexcept { return front_ == nullptr && heap_.empty(); }
  /// The earliest; Time::max() when there is none.
  Time next() const noexcept { return std::min(listed(), heaped()); }
  Entry& first() const noexcept { return listed() <= heaped() ? *front_ : *heap_.front().entry; }

  /// An entry without a deadline is never due and not queued.
  void insert(Entry& entry);
  /// Nothing happens when it is not queued.
  void remove(Entry& entry) noexcept;

 private:
  static constexpr std::size_t kSteps = 8;  ///< how far from the end of the list an entry may go
  static constexpr std::size_t kChildren = 4;
  struct Node {
    Time time;
    Entry* entry;
  };

  Time listed() const noexcept { return front_ == nullptr ? Time::max() : front_->deadline; }
  Time heaped() const noexcept { return heap_.empty() ? Time::max() : heap_.front().time; }
  bool insert_into_list(Entry& entry) noexcept;
  void remove_from_heap(std::size_t place) noexcept;
  void put(std::size_t place, const Node& node) noexcept {
    heap_[place] = node;
    node.entry->place = place;
  }
  void rise(std::size_t place, const Node& node) noexcept;
  void sink(std::size_t place, const Node& node) noexcept;

  Entry* front_ = nullptr;
  Entry* back_ = nullptr;
  std::vector<Node> heap_;
};

}  // namespace multifrost::engine
