// The simulated world's clock, chance and future: one thread, one seed, the same run every time.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace multifrost::simulation {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;
using Duration = std::chrono::nanoseconds;

class Schedule {
 public:
  explicit Schedule(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15) {}

  Time now() const { return now_; }
  void at(Time time, std::function<void()> what) {
    future_.emplace(Key{std::max(time, now_).time_since_epoch().count(), ++last_}, std::move(what));
  }
  void in(Duration delay, std::function<void()> what) { at(now_ + delay, std::move(what)); }

  /// Everything until then; events of the same time in the order in which they were planned.
  void run_until(Time end) {
    while (!future_.empty() && Time(Duration(future_.begin()->first.time)) <= end) {
      const auto event = future_.extract(future_.begin());
      now_ = Time(Duration(event.key().time));
      ++events_;
      event.mapped()();
    }
    now_ = end;
  }
  std::uint64_t events() const { return events_; }

  /// SplitMix64.
  std::uint64_t random() {
    std::uint64_t mixed = (state_ += 0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }
  std::uint64_t below(std::uint64_t limit) { return random() % limit; }
  bool chance(unsigned percent) { return below(100) < percent; }
  Duration between(Duration least, Duration most) {
    return least + Duration(below(static_cast<std::uint64_t>((most - least).count()) + 1));
  }

 private:
  struct Key {
    Duration::rep time;
    std::uint64_t number;
    friend bool operator<(const Key& a, const Key& b) {
      return a.time != b.time ? a.time < b.time : a.number < b.number;
    }
  };
  std::uint64_t state_;
  Time now_{};
  std::uint64_t last_ = 0;
  std::uint64_t events_ = 0;
  std::map<Key, std::function<void()>> future_;
};

}  // namespace multifrost::simulation
