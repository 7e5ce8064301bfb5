#include "registry/process_identity.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "process/process_stat.h"

namespace multifrost::registry {
namespace {

/// The boot time is known in whole seconds, and file systems round.
constexpr double kClockSlack = 2.0;

std::optional<double> boot_time() {
  std::ifstream file("/proc/stat");
  std::string word;
  while (file >> word) {
    double seconds = 0;
    if (word == "btime" && file >> seconds) return seconds;
  }
  return std::nullopt;
}

}  // namespace

bool is_alive(pid_t pid) {
  if (pid <= 0) return false;
  if (::kill(pid, 0) != 0 && errno != EPERM) return false;
  const auto stat = process::read_stat(pid);
  if (stat) return stat->state != 'Z' && stat->state != 'X';
  // Unreadable: it has ended since, or there is no /proc here.
  return ::kill(pid, 0) == 0 || errno == EPERM;
}

std::string identity_of(pid_t pid) {
  const auto stat = process::read_stat(pid);
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string boot;
  if (!stat || !(file >> boot)) return {};
  return boot + "/" + std::to_string(stat->start_ticks);
}

std::optional<double> began_at(pid_t pid) {
  const auto stat = process::read_stat(pid);
  const auto boot = boot_time();
  const long ticks = ::sysconf(_SC_CLK_TCK);
  if (!stat || !boot || ticks <= 0) return std::nullopt;
  return *boot + static_cast<double>(stat->start_ticks) / static_cast<double>(ticks);
}

bool began_after(pid_t pid, double moment) {
  const auto began = began_at(pid);
  return began && *began > moment + kClockSlack;
}

}  // namespace multifrost::registry
