// The error of a call on its way over the wire: from a worker's Failure to the ERROR's string and
// extras, and from these to the caller's Failure (spec 6.3, 9.2; the wire page's table of error
// strings).
//
// Pure functions: nothing here knows of messages or connections.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "multifrost/failure.h"
#include "multifrost/method.h"

namespace multifrost::call {

/// What an ERROR says. Everything but `text` comes from peers of ours only.
struct RemoteError {
  std::string_view text;              ///< "NotFound: no image 7", maybe with a traceback behind it
  std::optional<std::uint64_t> code;  ///< an ErrorCode
  std::optional<bool> executed;       ///< whether the handler ran
  std::string_view type;              ///< full name of a declared error
  Bytes fields;                       ///< its fields as one msgpack map
};

/// The worker's side: the string of the ERROR that answers with `failure`. Valid UTF-8 whatever was
/// thrown.
std::string error_text(const Failure& failure);

/// The caller's side. Declared errors of the method become ErrorCode::declared: by full name, by
/// the prefix `E:`, or by a prefix that @match names. The published peers' strings for functions
/// that cannot be called become their codes, not executed.
Failure remote_failure(const Method& method, const RemoteError& error);

}  // namespace multifrost::call
