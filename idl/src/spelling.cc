#include "mfidl/spelling.h"

#include <algorithm>

namespace mfidl {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
char upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }
char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

bool has_lower(std::string_view name) { return std::any_of(name.begin(), name.end(), is_lower); }

// `first` with the capitals of its first word taken back: Get -> get, URL -> url.
std::string lowered(std::string_view first) {
  std::string text(first);
  if (!has_lower(first)) {
    std::transform(text.begin(), text.end(), text.begin(), lower);
  } else if (!text.empty()) {
    text[0] = lower(text[0]);
  }
  return text;
}

std::string habit(const std::string& name, NameRole role, Language language) {
  switch (language) {
    case Language::kTypeScript:
      return role == NameRole::kMethod ? camel_case(name) : name;
    case Language::kGo:
      return role == NameRole::kParameter ? name : exported_case(name);
    case Language::kCpp:
    case Language::kPython:
    case Language::kRust:
      break;
  }
  return name;
}

}  // namespace

std::string exported_case(std::string_view name) {
  // SCREAMING_CASE has no lower-case letter to keep; a single word such as URL stays as it is.
  const bool screams = !has_lower(name) && name.find('_') != std::string_view::npos;
  std::string text;
  bool starts_word = true;
  for (const char c : name) {
    if (c == '_') {
      starts_word = true;
      continue;
    }
    text += starts_word ? upper(c) : screams ? lower(c) : c;
    starts_word = false;
  }
  return text;
}

std::string camel_case(std::string_view name) {
  const std::size_t underscore = name.find('_');
  if (underscore == std::string_view::npos) return lowered(name);
  return lowered(name.substr(0, underscore)) +
         exported_case(has_lower(name) ? name.substr(underscore + 1) : name.substr(underscore));
}

std::string spelled(const Named& named, NameRole role, Language language) {
  const std::string& own = named.names[static_cast<std::size_t>(language)];
  return own.empty() ? habit(named.name, role, language) : own;
}

std::string spelled(const Member& member, Language language) {
  const std::string& own = member.names[static_cast<std::size_t>(language)];
  if (own.empty() && language == Language::kTypeScript) return member.wire;
  return spelled(member, NameRole::kMember, language);
}

}  // namespace mfidl
