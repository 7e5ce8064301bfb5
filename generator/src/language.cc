#include "language.h"

#include "cpp/view.h"
#include "python/view.h"

namespace mfgen {

namespace {

constexpr Language kLanguages[] = {
    {"cpp", cpp::view, true},
    {"python", python::view, false},
};

}  // namespace

std::span<const Language> languages() { return kLanguages; }

const Language* find_language(std::string_view name) {
  for (const Language& language : kLanguages) {
    if (language.name == name) {
      return &language;
    }
  }
  return nullptr;
}

std::string unknown_language(std::string_view name) {
  std::string text = "there is no language '" + std::string(name) + "'; there are:";
  for (const Language& language : kLanguages) {
    text += ' ' + std::string(language.name);
  }
  return text;
}

}  // namespace mfgen
