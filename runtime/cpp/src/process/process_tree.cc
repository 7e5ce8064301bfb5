// /proc/<pid>/stat for the relations, /proc/<pid>/fd for the sockets.
#include "process/process_tree.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "process/process_stat.h"

namespace multifrost::process {
namespace {

struct Relation {
  pid_t pid;
  pid_t parent;
  pid_t group;
};

std::optional<pid_t> parse_pid(std::string_view text) {
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return pid;
}

std::vector<Relation> read_all() {
  std::vector<Relation> all;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    const auto pid = parse_pid(entry->path().filename().native());
    if (!pid) continue;
    if (const auto stat = read_stat(*pid)) all.push_back({*pid, stat->parent, stat->group});
  }
  return all;
}

}  // namespace

std::vector<pid_t> family_of(pid_t leader) {
  std::vector<Relation> others = read_all();
  std::vector<pid_t> family;
  const auto belongs = [&](const Relation& one) {
    return one.pid == leader || one.group == leader ||
           std::find(family.begin(), family.end(), one.parent) != family.end();
  };
  // One generation a round, until a round finds nobody.
  for (bool grew = true; grew;) {
    const auto strangers =
        std::partition(others.begin(), others.end(), [&](const auto& one) { return belongs(one); });
    grew = strangers != others.begin();
    for (auto one = others.begin(); one != strangers; ++one) family.push_back(one->pid);
    others.erase(others.begin(), strangers);
  }
  return family;
}

bool holds_socket(pid_t pid, unsigned long inode) {
  const std::string wanted = "socket:[" + std::to_string(inode) + "]";
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc/" + std::to_string(pid) + "/fd", error),
       end;
       !error && entry != end; entry.increment(error)) {
    std::array<char, 64> target{};
    const ssize_t size = ::readlink(entry->path().c_str(), target.data(), target.size());
    if (size > 0 && std::string_view(target.data(), static_cast<std::size_t>(size)) == wanted) {
      return true;
    }
  }
  return false;
}

}  // namespace multifrost::process
