#include "registry/entries.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "registry/timestamp.h"

namespace multifrost::registry {
namespace {

using Json = nlohmann::ordered_json;

/// Writing goes down recursively; no registry nests like this.
constexpr int kDeepest = 64;

/// A field that is an integer within [1, most].
std::int64_t positive(const Json& entry, const char* name, std::int64_t most) {
  const auto field = entry.find(name);
  if (field == entry.end() || !field->is_number_integer()) return 0;
  if (field->is_number_unsigned() &&
      field->get<std::uint64_t>() > static_cast<std::uint64_t>(most)) {
    return 0;
  }
  const auto value = field->get<std::int64_t>();
  return value >= 1 && value <= most ? value : 0;
}

std::optional<double> time_of(const Json& entry) {
  // With its zone first: `started` may be somebody's local time.
  for (const char* name : {"start_time", "started"}) {
    const auto field = entry.find(name);
    if (field == entry.end()) continue;
    if (field->is_number()) return field->get<double>();
    if (!field->is_string()) continue;
    if (const auto seconds = parse_time(field->get_ref<const std::string&>())) return seconds;
  }
  return std::nullopt;
}

}  // namespace

struct Entries::Tree {
  Json json = Json::object();
};

Entries::Entries() : tree_(std::make_unique<Tree>()) {}
Entries::Entries(Entries&&) noexcept = default;
Entries& Entries::operator=(Entries&&) noexcept = default;
Entries::~Entries() = default;

std::optional<Entries> Entries::parse(std::string_view text) {
  bool too_deep = false;
  const auto watch_depth = [&too_deep](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kDeepest;
    return !too_deep;
  };
  Entries entries;
  entries.tree_->json = Json::parse(text, watch_depth, false);
  if (too_deep || !entries.tree_->json.is_object()) return std::nullopt;
  return entries;
}

std::string Entries::text() const {
  constexpr int kIndent = 2;
  return tree_->json.dump(kIndent) + "\n";
}

std::vector<std::string> Entries::ids() const {
  std::vector<std::string> ids;
  for (const auto& [id, entry] : tree_->json.items()) ids.push_back(id);
  return ids;
}

std::optional<Entry> Entries::find(std::string_view id) const {
  const auto found = tree_->json.find(std::string(id));
  if (found == tree_->json.end() || !found->is_object()) return std::nullopt;
  Entry entry;
  entry.port = static_cast<std::uint16_t>(
      positive(*found, "port", std::numeric_limits<std::uint16_t>::max()));
  entry.pid = static_cast<pid_t>(positive(*found, "pid", std::numeric_limits<pid_t>::max()));
  if (entry.port == 0 || entry.pid == 0) return std::nullopt;
  entry.registered = time_of(*found);
  if (const auto process = found->find("process_start");
      process != found->end() && process->is_string()) {
    entry.process = process->get<std::string>();
  }
  return entry;
}

void Entries::put(std::string_view id, const Entry& entry, const std::timespec& now) {
  Json& into = tree_->json[std::string(id)];
  if (!into.is_object()) into = Json::object();
  into["port"] = entry.port;
  into["pid"] = entry.pid;
  into["started"] = local_time(now);
  into["start_time"] = utc_time(now);
  into["process_start"] = entry.process;
}

void Entries::erase(std::string_view id) { tree_->json.erase(std::string(id)); }

}  // namespace multifrost::registry
