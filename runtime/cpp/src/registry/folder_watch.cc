#include "registry/folder_watch.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

namespace multifrost::registry {

FolderWatch::FolderWatch(const std::string& folder) noexcept
    : events_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  constexpr auto kChanges = IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;
  if (events_ && ::inotify_add_watch(events_.get(), folder.c_str(), kChanges) < 0) events_.reset();
}

void FolderWatch::wait(Time until, int wake) noexcept {
  using std::chrono::milliseconds;
  const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
  const auto most = std::chrono::milliseconds(std::numeric_limits<int>::max());
  pollfd watched[] = {{events_.get(), POLLIN, 0}, {wake, POLLIN, 0}};
  ::poll(watched, 2, static_cast<int>(std::clamp(left, milliseconds(0), most).count()));
  alignas(inotify_event) char events[4096];
  while (events_ && ::read(events_.get(), events, sizeof events) > 0) {
  }
}

}  // namespace multifrost::registry
