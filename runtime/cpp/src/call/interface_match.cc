#include "call/interface_match.h"

#include <algorithm>
#include <string>

namespace multifrost::call {
namespace {

/// `acme.vision.Vision version 1.2.0 (fingerprint 6f1d…)`
std::string described(const Interface& interface) {
  std::string text(interface.name);
  if (!interface.version.empty()) text.append(" version ").append(interface.version);
  return text.append(" (fingerprint ").append(interface.fingerprint).append(")");
}

Failure refused(std::string text) {
  return {ErrorCode::interface_mismatch, Execution::not_executed, std::move(text)};
}

}  // namespace

std::optional<Failure> interface_mismatch(const Interface& expected,
                                          const std::vector<Interface>& served,
                                          std::string_view who) {
  if (served.empty()) return std::nullopt;
  const auto same = std::find_if(served.begin(), served.end(),
                                 [&](const Interface& one) { return one.name == expected.name; });
  if (same == served.end()) {
    std::string names;
    for (const Interface& one : served) {
      if (one.name.empty()) return std::nullopt;
      names.append(names.empty() ? "" : ", ").append(one.name);
    }
    return refused(std::string(who) + " does not serve " + std::string(expected.name) +
                   ", which this client was generated for; it serves " + names +
                   ": start the worker that is meant, or use the client of its interface");
  }
  if (same->fingerprint == expected.fingerprint || same->fingerprint.empty() ||
      expected.fingerprint.empty()) {
    return std::nullopt;
  }
  return refused("this client was generated for " + described(expected) + ", but " +
                 std::string(who) + " serves " + described(*same) +
                 ": run mfgen again for both from one .mfidl file (or, if old and new can do "
                 "with each other, set check_interface = false)");
}

}  // namespace multifrost::call
