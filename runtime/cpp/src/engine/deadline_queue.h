// Deadlines in order: which call must end next.
//
// A heap of four children a node. Calls with the same timeout come in the order of their deadlines,
// so that inserting one stays at the bottom; ending one in the middle finds its place by index.
// Once warm nothing allocates. Pure; one thread at a time.
#pragma once

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
    std::size_t place = kNowhere;
  };

  bool empty() const noexcept { return heap_.empty(); }
  std::size_t size() const noexcept { return heap_.size(); }
  /// The earliest; Time::max() when there is none.
  Time next() const noexcept { return heap_.empty() ? Time::max() : heap_.front().time; }
  Entry& first() const noexcept { return *heap_.front().entry; }

  /// An entry without a deadline is never due and not queued.
  void insert(Entry& entry);
  /// Nothing happens when it is not queued.
  void remove(Entry& entry) noexcept;

 private:
  static constexpr std::size_t kChildren = 4;
  struct Node {
    Time time;
    Entry* entry;
  };
  void put(std::size_t place, const Node& node) noexcept {
    heap_[place] = node;
    node.entry->place = place;
  }
  void rise(std::size_t place, const Node& node) noexcept;
  void sink(std::size_t place, const Node& node) noexcept;

  std::vector<Node> heap_;
};

}  // namespace multifrost::engine
