// Writing and reading the few commands of the NULL mechanism.
#include "transport/direct/command.h"

#include <algorithm>
#include <cstdint>

#include "transport/direct/frame.h"

namespace multifrost::transport::direct {
namespace {

/// Takes a text with a one-byte length in front off `bytes`.
std::optional<std::string_view> take_short(std::string_view& bytes) noexcept {
  if (bytes.empty()) return std::nullopt;
  const std::size_t size = static_cast<unsigned char>(bytes[0]);
  if (bytes.size() - 1 < size) return std::nullopt;
  const std::string_view text = bytes.substr(1, size);
  bytes.remove_prefix(1 + size);
  return text;
}

/// The same with a four-byte length.
std::optional<std::string_view> take_long(std::string_view& bytes) noexcept {
  if (bytes.size() < 4) return std::nullopt;
  std::uint32_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(bytes[i]);
  if (bytes.size() - 4 < size) return std::nullopt;
  const std::string_view text = bytes.substr(4, size);
  bytes.remove_prefix(4 + std::size_t{size});
  return text;
}

void add_property(std::string& to, std::string_view name, std::string_view value) {
  to += static_cast<char>(name.size());
  to += name;
  for (const int shift : {24, 16, 8, 0}) to += static_cast<char>(value.size() >> shift & 0xff);
  to += value;
}

bool same_name(std::string_view left, std::string_view right) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace

std::optional<Command> read_command(std::string_view bytes) noexcept {
  const auto name = take_short(bytes);
  if (!name) return std::nullopt;
  return Command{*name, bytes};
}

std::string command_frame(std::string_view name, std::string_view body) {
  const std::size_t size = 1 + name.size() + body.size();
  std::string frame;
  if (size < 256) {
    frame += static_cast<char>(kCommand);
  } else {
    frame += static_cast<char>(kCommand | kLong);
    for (int shift = 56; shift > 0; shift -= 8) frame += static_cast<char>(size >> shift & 0xff);
  }
  frame += static_cast<char>(size & 0xff);
  frame += static_cast<char>(name.size());
  frame += name;
  frame += body;
  return frame;
}

std::string ready_frame(const Ready& ready) {
  std::string body;
  add_property(body, "Socket-Type", ready.socket_type);
  add_property(body, "Identity", ready.identity);
  return command_frame("READY", body);
}

std::optional<Ready> read_ready(std::string_view body) {
  Ready ready;
  while (!body.empty()) {
    const auto name = take_short(body);
    if (!name) return std::nullopt;
    const auto value = take_long(body);
    if (!value) return std::nullopt;
    if (same_name(*name, "Socket-Type")) ready.socket_type = *value;
    if (same_name(*name, "Identity")) ready.identity = *value;
  }
  return ready;
}

std::optional<std::string> pong_frame(std::string_view ping_body) {
  constexpr std::size_t kTimeToLive = 2, kMaxContext = 16;
  if (ping_body.size() < kTimeToLive || ping_body.size() > kTimeToLive + kMaxContext) {
    return std::nullopt;
  }
  return command_frame("PONG", ping_body.substr(kTimeToLive));
}

std::string_view read_error(std::string_view body) noexcept {
  return take_short(body).value_or(std::string_view());
}

}  // namespace multifrost::transport::direct
