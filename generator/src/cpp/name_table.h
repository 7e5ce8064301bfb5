// A sorted table of names, made at compile time, that is searched among those with the same first
// byte only: every name of a program is looked up in several of them, and is in none.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mfgen::cpp {

class NameTable {
 public:
  // `names` are sorted by byte, none is empty, and they live as long as the table.
  template <std::size_t N>
  consteval NameTable(const std::string_view (&names)[N]) : names_(names) {  // NOLINT: converts
    for (const std::string_view name : names) {
      ++begins_[first_byte(name) + 1];
    }
    for (std::size_t i = 1; i < begins_.size(); ++i) {
      begins_[i] = static_cast<std::uint16_t>(begins_[i] + begins_[i - 1]);
    }
  }

  bool contains(std::string_view name) const {
    if (name.empty()) {
      return false;
    }
    const std::size_t first = first_byte(name);
    return std::binary_search(names_ + begins_[first], names_ + begins_[first + 1], name);
  }

 private:
  static constexpr std::size_t first_byte(std::string_view name) {
    return static_cast<unsigned char>(name.front());
  }

  const std::string_view* names_;
  std::array<std::uint16_t, 257> begins_ = {};  // where the names with each first byte begin
};

}  // namespace mfgen::cpp
