#include "protocol/timestamp.h"

namespace multifrost::protocol {

[[gnu::hot]] double wall_seconds(std::chrono::steady_clock::time_point now) noexcept {
  using Seconds = std::chrono::duration<double>;
  constexpr std::chrono::milliseconds kFresh{10};
  thread_local std::chrono::steady_clock::time_point looked_up;
  thread_local double distance = 0;
  if (now - looked_up > kFresh || now < looked_up) {
    looked_up = now;
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    const auto steady = std::chrono::steady_clock::now().time_since_epoch();
    distance = Seconds(wall).count() - Seconds(steady).count();
  }
  return Seconds(now.time_since_epoch()).count() + distance;
}

}  // namespace multifrost::protocol
