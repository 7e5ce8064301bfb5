// How our own messages begin: app, id, type, timestamp, in this order and with an id of 36
// characters.
//
// A reader that recognises the bytes need not take these four fields apart. Every other order and
// form is read field by field, with the same result.
#pragma once

#include <cstddef>
#include <cstring>
#include <optional>
#include <string_view>

namespace multifrost::protocol {

struct Opening {
  std::string_view id;
  std::string_view type;
  std::size_t size = 0;  ///< bytes that it takes, the map's marker included
  static constexpr std::size_t kFields = 4;
};

/// None: the message begins otherwise, or ends too early.
inline std::optional<Opening> match_opening(std::string_view message) noexcept {
  using namespace std::string_view_literals;
  constexpr std::string_view kApp =
      "\xa3"sv
      "app\xae"sv
      "comlink_ipc_v3\xa2id\xd9\x24"sv;
  constexpr std::string_view kType = "\xa4type"sv;
  constexpr std::string_view kTimestamp = "\xa9timestamp\xcb"sv;
  constexpr std::size_t kId = 36, kDouble = 8, kLongestType = 10;
  constexpr std::size_t kLongest =
      1 + kApp.size() + kId + kType.size() + 1 + kLongestType + kTimestamp.size() + kDouble;
  if (message.size() < kLongest) return std::nullopt;
  const auto at = [&](std::size_t place, std::string_view expected) {
    return std::memcmp(message.data() + place, expected.data(), expected.size()) == 0;
  };
  const auto byte = [&](std::size_t place) { return static_cast<unsigned char>(message[place]); };
  const unsigned fields = byte(0) - 0x80u;  // of a map of less than sixteen entries
  if (fields < Opening::kFields || fields > 15 || !at(1, kApp)) return std::nullopt;
  Opening opening;
  std::size_t place = 1 + kApp.size();
  opening.id = message.substr(place, kId);
  place += kId;
  if (!at(place, kType)) return std::nullopt;
  place += kType.size();
  const std::size_t type_size = byte(place) - 0xa0u;
  if (type_size > kLongestType) return std::nullopt;
  opening.type = message.substr(place + 1, type_size);
  place += 1 + type_size;
  if (!at(place, kTimestamp)) return std::nullopt;
  opening.size = place + kTimestamp.size() + kDouble;
  return opening;
}

}  // namespace multifrost::protocol
