// The message of the bare peers: 150 bytes, about what a small call takes on our wire.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace bench::raw {

enum class Operation : std::uint64_t { add = 1, echo = 2 };

struct Message {
  std::uint64_t id = 0;
  Operation operation = Operation::add;
  std::int64_t a = 0;  ///< of an answer: the sum
  std::int64_t b = 0;
  std::uint64_t payload = 0;  ///< echo: so many bytes follow the message
};
static_assert(std::is_trivially_copyable_v<Message>);

inline constexpr std::size_t kSize = 150;
using Wire = std::array<char, kSize>;

inline Wire to_wire(const Message& message) {
  Wire wire{};
  std::memcpy(wire.data(), &message, sizeof message);
  return wire;
}

inline Message from_wire(const char* at) {
  Message message;
  std::memcpy(&message, at, sizeof message);
  return message;
}

}  // namespace bench::raw
