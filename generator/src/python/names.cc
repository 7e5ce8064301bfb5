#include "python/names.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "mfidl/spelling.h"

namespace mfgen::python {
namespace {

using Words = std::string_view;

// Each table is sorted, for binary search.
constexpr std::array kKeywords = {
    Words("False"),    Words("None"),    Words("True"),  Words("and"),   Words("as"),
    Words("assert"),   Words("async"),   Words("await"), Words("break"), Words("class"),
    Words("continue"), Words("def"),     Words("del"),   Words("elif"),  Words("else"),
    Words("except"),   Words("finally"), Words("for"),   Words("from"),  Words("global"),
    Words("if"),       Words("import"),  Words("in"),    Words("is"),    Words("lambda"),
    Words("nonlocal"), Words("not"),     Words("or"),    Words("pass"),  Words("raise"),
    Words("return"),   Words("try"),     Words("while"), Words("with"),  Words("yield"),
};

// Words of annotations: a class attribute of that name would hide the type from the annotations
// behind it.
constexpr std::array kTypeWords = {
    Words("bool"), Words("bytes"), Words("dict"),   Words("float"),
    Words("int"),  Words("list"),  Words("object"), Words("property"),
    Words("str"),  Words("super"), Words("tuple"),
};

// What Enum itself uses.
constexpr std::array kEnumWords = {Words("mro"), Words("name"), Words("value")};

// What multifrost.ChildWorker and the generated clients have; a test holds this against the class.
constexpr std::array kWorkerWords = {
    Words("add_service"), Words("bind_host"),    Words("call_context"), Words("list_functions"),
    Words("namespace"),   Words("run"),          Words("service_id"),   Words("start"),
    Words("stop"),        Words("with_options"),
};

template <std::size_t N>
bool holds(const std::array<Words, N>& words, std::string_view name) {
  return std::binary_search(words.begin(), words.end(), name);
}

std::string spelled(const mfidl::Named& named, mfidl::NameRole role) {
  return mfidl::spelled(named, role, mfidl::Language::kPython);
}

std::string escaped(std::string name, bool taken) {
  if (taken || holds(kKeywords, name)) name += '_';
  return name;
}

}  // namespace

std::string declared_name(const mfidl::Declaration& declaration) {
  std::string name = spelled(declaration, mfidl::NameRole::kType);
  const bool taken = holds(kTypeWords, name);
  return escaped(std::move(name), taken);
}

std::string member_name(const mfidl::Named& member) {
  std::string name = spelled(member, mfidl::NameRole::kMember);
  const bool taken = holds(kTypeWords, name) || name == "unknown_fields";
  return escaped(std::move(name), taken);
}

std::string error_member_name(const mfidl::Named& member) {
  std::string name = member_name(member);
  const bool taken = name == "self" || name == "message";
  return escaped(std::move(name), taken);
}

std::string enum_value_name(const mfidl::Named& value) {
  std::string name = spelled(value, mfidl::NameRole::kEnumValue);
  const bool taken = holds(kEnumWords, name);
  return escaped(std::move(name), taken);
}

std::string method_name(const mfidl::Named& method) {
  std::string name = spelled(method, mfidl::NameRole::kMethod);
  const bool taken = holds(kTypeWords, name) || holds(kWorkerWords, name);
  return escaped(std::move(name), taken);
}

std::string parameter_name(const mfidl::Named& parameter) {
  std::string name = spelled(parameter, mfidl::NameRole::kParameter);
  const bool taken = name == "self";
  return escaped(std::move(name), taken);
}

std::string module_name(const mfidl::File& file) {
  std::string name = file.root_path;
  if (const auto dot = name.rfind(".mfidl"); dot != std::string::npos) name.erase(dot);
  std::replace(name.begin(), name.end(), '/', '.');
  return name + "_mf";
}

std::string quoted(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string literal = "\"";
  for (const char character : text) {
    const auto byte = static_cast<std::uint8_t>(character);
    if (character == '"' || character == '\\') {
      literal += '\\';
      literal += character;
    } else if (byte < 0x20 || byte == 0x7f) {
      literal += "\\x";
      literal += kHex[byte >> 4U];
      literal += kHex[byte & 0xfU];
    } else {
      literal += character;
    }
  }
  return literal + '"';
}

}  // namespace mfgen::python
