// What generated code knows of a method at compile time; constants, so they cost nothing at run
// time.
#pragma once

#include <cstdint>
#include <string_view>

#include "multifrost/chrono.h"
#include "multifrost/failure.h"
#include "multifrost/table.h"

namespace multifrost {

enum class StreamKind : std::uint8_t { none, from_worker, to_worker, both };

struct Method {
  std::string_view label;                   ///< "Vision.detect": how messages name it
  std::string_view name;                    ///< the wire name
  std::string_view name_space;              ///< the interface's namespace (spec 3.3)
  Table<std::string_view> parameters = {};  ///< wire names, for protocols that name arguments
  Table<const ErrorType*> throws = {};      ///< declared errors
  std::chrono::nanoseconds timeout{0};      ///< @timeout; zero: none
  StreamKind stream = StreamKind::none;
  bool idempotent = false;
};

struct Interface {
  std::string_view name;         ///< "acme.vision.Vision"
  std::string_view name_space;   ///< "default" unless @worker says otherwise
  std::string_view version;      ///< @version, may be empty
  std::string_view fingerprint;  ///< changes with everything that changes the wire
  Table<const Method*> methods = {};
};

}  // namespace multifrost
