// ZMTP 3.x commands: READY with its properties, ERROR, PING and PONG (RFC 37).
//
// Pure. Bodies are what stands in a command frame, without the frame's header.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace multifrost::transport::direct {

/// A longer command is refused before it is buffered.
inline constexpr std::size_t kMaxCommand = 4096;

struct Command {
  std::string_view name;
  std::string_view body;
};
/// Nothing when the name does not fit.
std::optional<Command> read_command(std::string_view bytes) noexcept;

/// The complete frame of a command.
std::string command_frame(std::string_view name, std::string_view body);

/// What we need of READY's properties.
struct Ready {
  std::string socket_type;
  std::string identity;
};
std::string ready_frame(const Ready& ready);
/// Nothing when the properties are malformed. Names are compared without case, others are ignored.
std::optional<Ready> read_ready(std::string_view body);

/// The answer to PING's body; nothing when it is malformed.
std::optional<std::string> pong_frame(std::string_view ping_body);

/// The reason in ERROR's body.
std::string_view read_error(std::string_view body) noexcept;

}  // namespace multifrost::transport::direct
