// One thread, three descriptors, one deadline.
#include "process/guard/watch.h"

#include <cerrno>

#include "process/guard/system.h"

namespace multifrost::guard {
namespace {

/// SIGKILL is certain but for a process that hangs in the kernel; nobody waits longer for that.
constexpr std::int64_t kAfterKillMs = 5'000;
constexpr std::int64_t kNever = INT64_MAX;

enum class Stage : unsigned char { serving, asked, told, sweeping };

std::int64_t later(std::int64_t delay_ms) noexcept {
  const std::int64_t now = system::now_ms();
  return delay_ms < kNever - now ? now + delay_ms : kNever;
}

class Watch {
 public:
  Watch(const Job& job, pid_t worker, const Children& children, int signals, int parent) noexcept
      : job_(job), worker_(worker), children_(children), signals_(signals), parent_(parent) {}

  Ended run() noexcept {
    while (stage_ != Stage::sweeping) {
      pollfd entries[] = {{signals_, POLLIN, 0}, {kControl, POLLIN, 0}, {parent_, POLLIN, 0}};
      wait(entries, stage_ == Stage::serving ? 3 : 1);
      if (entries[0].revents != 0) reap_ended();
      if (entries[1].revents != 0) take_requests();
      if (entries[2].revents != 0) parent_is_gone();
      if (deadline_ <= system::now_ms()) deadline_passed();
    }
    sweep();
    return end_;
  }

 private:
  void wait(pollfd* entries, unsigned long count) const noexcept {
    std::int64_t timeout = -1;
    if (deadline_ != kNever) {
      const std::int64_t left = deadline_ - system::now_ms();
      timeout = left < 0 ? 0 : left;
    }
    if (system::poll(entries, count, timeout) >= 0) return;
    for (unsigned long i = 0; i < count; ++i) entries[i].revents = 0;
  }

  void take_requests() noexcept {
    unsigned char number = 0;
    for (;;) {
      const long size = system::read(kControl, &number, 1);
      if (size == -EINTR) continue;
      if (size == -EAGAIN) return;
      if (size <= 0) return parent_is_gone();
      if (number == SIGKILL) {
        stage_ = Stage::sweeping;
        return;
      }
      if (end_.pid == 0) system::kill(-worker_, number);
    }
  }

  void parent_is_gone() noexcept {
    if (stage_ != Stage::serving) return;
    stage_ = Stage::asked;
    deadline_ = later(job_.stop_ms);
  }

  void deadline_passed() noexcept {
    if (stage_ == Stage::asked) {
      system::kill(-worker_, SIGTERM);
      stage_ = Stage::told;
      deadline_ = later(job_.kill_ms);
    } else {
      stage_ = Stage::sweeping;
    }
  }

  /// False when no child is left.
  bool reap_ended() noexcept {
    char ignored[128];  // SIGCHLD is pending once at most, however many have ended
    system::read(signals_, ignored, sizeof ignored);
    for (;;) {
      const Ended ended = next_ended();
      if (ended.pid <= 0) return ended.pid == 0;
      if (ended.pid == worker_ && end_.pid == 0) {
        // While its pid is still taken: the group can be nobody else's.
        system::kill(-worker_, SIGKILL);
        end_ = ended;
        stage_ = Stage::sweeping;
      }
      reap(ended.pid);
    }
  }

  void sweep() noexcept {
    const unsigned char word = 0;
    if (end_.pid == 0) {
      system::kill(-worker_, SIGKILL);
    } else {
      system::write(kControl, &word, sizeof word);
    }
    deadline_ = later(kAfterKillMs);
    // Each end is a signal, and may have made us the parent of others. Who cannot be killed is
    // another user's.
    while (reap_ended() && children_.kill_all() > 0 && system::now_ms() < deadline_) {
      pollfd ended{signals_, POLLIN, 0};
      wait(&ended, 1);
    }
  }

  const Job& job_;
  const pid_t worker_;
  const Children& children_;
  const int signals_;
  const int parent_;
  Stage stage_ = Stage::serving;
  std::int64_t deadline_ = kNever;
  Ended end_{0, 0, 0};
};

}  // namespace

Ended watch(const Job& job, pid_t worker, const Children& children, int signals,
            int parent) noexcept {
  return Watch(job, worker, children, signals, parent).run();
}

}  // namespace multifrost::guard
