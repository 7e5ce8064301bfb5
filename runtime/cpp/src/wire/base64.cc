#include "wire/base64.h"

#include <cstdint>

namespace multifrost::wire {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64(BytesView data) {
  std::string text;
  text.reserve((data.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < data.size(); at += 3) {
    const std::size_t count = data.size() - at < 3 ? data.size() - at : 3;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < count ? static_cast<std::uint32_t>(data[at + i]) : 0);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text.push_back(i <= count ? kAlphabet[group >> (18 - 6 * i) & 63] : '=');
    }
  }
  return text;
}

bool from_base64(std::string_view text, std::string& into) {
  into.clear();
  if (text.size() % 4 != 0) return false;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    std::size_t padding = 0;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const char c = text[at + i];
      const std::size_t digit = c == '=' ? 0 : kAlphabet.find(c);
      if (c == '=') {
        if (i < 2 || at + 4 != text.size()) return false;
        ++padding;
      } else if (padding != 0 || digit == std::string_view::npos) {
        return false;
      }
      group = group << 6 | static_cast<std::uint32_t>(digit);
    }
    for (std::size_t i = 0; i < 3 - padding; ++i) {
      into.push_back(static_cast<char>(group >> (16 - 8 * i) & 0xff));
    }
  }
  return true;
}

}  // namespace multifrost::wire
