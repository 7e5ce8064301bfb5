// What the chaos tests share: figures that scripts/chaos enlarges, seeds that replay, and what a
// process may leave behind.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>

#include "multifrost/parent_worker.h"

namespace multifrost::chaos {

/// The short form's figure, unless the environment has another: scripts/chaos sets the long ones.
inline std::int64_t figure(const char* name, std::int64_t short_form) {
  const char* const given = std::getenv(name);
  return given == nullptr ? short_form : std::atoll(given);
}

/// A measurement: printed, and asserted where the environment gives a limit, which only a quiet
/// machine can keep.
inline void report(const char* what, double value, const char* limit_name) {
  std::printf("[ figure   ] %s: %.3f\n", what, value);
  const char* const limit = std::getenv(limit_name);
  if (limit != nullptr) {
    EXPECT_LE(value, std::atof(limit)) << what << ", limit " << limit_name;
  }
}

/// Randomness that is told, and repeated with CHAOS_SEED.
class Random {
 public:
  Random() : seed_(static_cast<std::uint64_t>(figure("CHAOS_SEED", random_seed()))) {
    std::printf("[ seed     ] again with CHAOS_SEED=%llu\n",
                static_cast<unsigned long long>(seed_));
  }
  /// From `least` to `most`.
  std::int64_t operator()(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(engine_);
  }
  /// For another thread, from the same seed.
  std::mt19937_64 fork() { return std::mt19937_64(engine_()); }

 private:
  static std::int64_t random_seed() { return static_cast<std::int64_t>(std::random_device()()); }
  std::uint64_t seed_;
  std::mt19937_64 engine_{seed_};
};

inline std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    ++count;
  }
  return count;
}

/// A running or unreaped child of this process, other threads' too.
inline bool has_children() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

class SilentSink final : public OutputSink {
 public:
  void line(Stream, std::string_view) override {}
};

/// Options that restart at once and never give up.
inline SpawnOptions restarting() {
  SpawnOptions options;
  options.auto_restart = true;
  options.max_restart_attempts = 1'000'000;
  options.restart_backoff = {.first = std::chrono::milliseconds(1),
                             .longest = std::chrono::milliseconds(5),
                             .stable_after = std::chrono::milliseconds(1)};
  options.output = std::make_shared<SilentSink>();
  return options;
}

}  // namespace multifrost::chaos
