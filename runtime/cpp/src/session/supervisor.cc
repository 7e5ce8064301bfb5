#include "session/supervisor.h"

#include <algorithm>
#include <array>
#include <vector>

namespace multifrost::session {

Supervisor::~Supervisor() {
  {
    const std::lock_guard lock(mutex_);
    if (!started_) return;
    stopping_ = true;
  }
  wake_.set();
  thread_.join();
}

Supervisor::Key Supervisor::add(std::shared_ptr<Watched> watched) {
  const std::lock_guard lock(mutex_);
  const Key key = ++last_key_;
  entries_[key].watched = std::move(watched);
  if (!started_) {
    poller_.add(wake_.get(), data(0, 0));
    thread_ = std::thread([this] { run(); });
    started_ = true;
  }
  return key;
}

void Supervisor::remove(Key key) {
  std::shared_ptr<Watched> last;  // destroyed after the lock
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return;
  last = std::move(found->second.watched);
  entries_.erase(found);
}

void Supervisor::call_at(Key key, Time time) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.time <= time) return;
  found->second.time = time;
  if (time < sleeps_until_) {
    sleeps_until_ = time;
    if (!is_current_thread()) wake_.set();
  }
}

bool Supervisor::is_current_thread() const noexcept {
  return std::this_thread::get_id() == thread_.get_id();
}

std::shared_ptr<Watched> Supervisor::find(Key key) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : found->second.watched;
}

void Supervisor::run() {
  std::array<std::uint64_t, 32> ready;
  for (;;) {
    Time until = Time::max();
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      for (const auto& [key, entry] : entries_) until = std::min(until, entry.time);
      sleeps_until_ = until;
    }
    const std::size_t count = poller_.wait(ready, until);
    for (std::size_t i = 0; i < count; ++i) {
      if (ready[i] == data(0, 0)) {
        wake_.clear();
      } else if (const auto watched = find(ready[i] / kTags)) {
        watched->on_ready(static_cast<unsigned>(ready[i] % kTags));
      }
    }
    run_due();
  }
}

void Supervisor::run_due() {
  const Time now = std::chrono::steady_clock::now();
  std::vector<std::shared_ptr<Watched>> due;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [key, entry] : entries_) {
      if (entry.time > now) continue;
      entry.time = Time::max();
      due.push_back(entry.watched);
    }
  }
  for (const auto& watched : due) watched->on_time(now);
}

}  // namespace multifrost::session
