// The one thread of a runtime that looks after what nobody waits for (R1): idle connections,
// deadlines of asynchronous calls, heartbeats, output, the end of processes.
//
// It runs no user code and never blocks but in its own wait. Any thread may call any method. What
// it looks after is kept alive until it is removed; after remove() no further callback begins,
// though one may be running. The thread starts with the first add().
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "transport/event_fd.h"
#include "transport/poller.h"

namespace multifrost::session {

/// Looked after by a supervisor; called on its thread only.
class Watched {
 public:
  using Time = std::chrono::steady_clock::time_point;
  virtual ~Watched() = default;
  /// A descriptor is readable or hung up; perhaps no longer: the watch may have been switched off
  /// since.
  virtual void on_ready(unsigned tag) = 0;
  /// The time given to call_at() has come.
  virtual void on_time(Time now) = 0;
};

class Supervisor {
 public:
  using Time = Watched::Time;
  using Key = std::uint64_t;
  static constexpr unsigned kTags = 256;

  Supervisor() = default;
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;
  /// Joins the thread.
  ~Supervisor();

  Key add(std::shared_ptr<Watched> watched);
  void remove(Key key);

  /// `tag` < kTags comes back in on_ready. Descriptors must be removed before they are closed.
  void watch(Key key, unsigned tag, int descriptor) { poller_.add(descriptor, data(key, tag)); }
  void switch_watch(Key key, unsigned tag, int descriptor, bool on) {
    poller_.set(descriptor, data(key, tag), on);
  }
  void unwatch(int descriptor) { poller_.remove(descriptor); }

  /// on_time() will be called at `time`, or earlier if an earlier time was asked for.
  void call_at(Key key, Time time);

  bool is_current_thread() const noexcept;

 private:
  struct Entry {
    std::shared_ptr<Watched> watched;
    Time time = Time::max();
  };
  static std::uint64_t data(Key key, unsigned tag) noexcept { return key * kTags + tag; }
  std::shared_ptr<Watched> find(Key key);
  void run();
  void run_due();

  transport::Poller poller_;
  transport::EventFd wake_;
  std::mutex mutex_;
  std::map<Key, Entry> entries_;
  Key last_key_ = 0;
  Time sleeps_until_ = Time::max();
  bool started_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace multifrost::session
