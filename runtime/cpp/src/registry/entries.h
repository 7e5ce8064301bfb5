// The registry's content: services by id, as JSON text (spec 3.4).
//
// Foreign implementations write here too: what is not ours to know is kept as it came, in its
// order.
//
// A value of one thread; does no input or output.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace multifrost::registry {

/// What is known of one service.
struct Entry {
  std::uint16_t port = 0;
  pid_t pid = 0;
  std::optional<double> registered;  ///< from `start_time`, else `started`; seconds since the epoch
  std::string process;  ///< our `process_start`, see identity_of(); empty in foreign entries
};

class Entries {
 public:
  Entries();  ///< none
  Entries(Entries&&) noexcept;
  Entries& operator=(Entries&&) noexcept;
  ~Entries();

  /// Empty: the text is not one JSON object, or nested beyond reason.
  static std::optional<Entries> parse(std::string_view text);
  std::string text() const;

  std::vector<std::string> ids() const;
  /// Empty: no such id, or nothing that makes sense as a service.
  std::optional<Entry> find(std::string_view id) const;

  /// Adds the entry, or replaces what is known of it; unknown fields stay. Writes both time fields:
  /// Go knows only `start_time`, everybody else `started`.
  void put(std::string_view id, const Entry& entry, const std::timespec& now);
  void erase(std::string_view id);

 private:
  struct Tree;
  std::unique_ptr<Tree> tree_;
};

}  // namespace multifrost::registry
