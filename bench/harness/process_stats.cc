#include "harness/process_stats.h"

#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>

namespace bench {
namespace {

long value_in(const std::filesystem::path& status, std::string_view key) {
  std::ifstream file(status);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(key) && line.size() > key.size() && line[key.size()] == ':') {
      return std::stol(line.substr(key.size() + 1));
    }
  }
  return -1;
}

std::filesystem::path folder_of(pid_t process) {
  return std::filesystem::path("/proc") / std::to_string(process);
}

}  // namespace

double cpu_seconds(pid_t process) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

long status_value(pid_t process, std::string_view key) {
  return value_in(folder_of(process) / "status", key);
}

long wake_ups(pid_t process) {
  const std::string self = std::to_string(::gettid());
  long sum = 0;
  for (const auto& thread : std::filesystem::directory_iterator(folder_of(process) / "task")) {
    if (thread.path().filename() == self) continue;
    sum += value_in(thread.path() / "status", "voluntary_ctxt_switches");
  }
  return sum;
}

CpuUse CpuUse::now(const std::vector<pid_t>& servers) {
  CpuUse use{.client = cpu_seconds(::getpid())};
  for (const pid_t server : servers) use.servers += cpu_seconds(server);
  return use;
}

}  // namespace bench
