// Values of a .mfidl file as C++ expressions.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "cpp/types.h"
#include "mfidl/type.h"

namespace mfgen::cpp {

// A string literal with its quotes. Text that holds a NUL byte needs its length told; `"…"sv` does
// that wherever a std::string_view is wanted.
std::string quoted(std::string_view text);

// "std::chrono::milliseconds(250)": the coarsest unit that is exact.
std::string duration(std::chrono::nanoseconds value);

// A number as a C++ literal of the kind's own type.
std::string number(const mfidl::Integer& value, mfidl::Kind kind);
std::string number(double value, mfidl::Kind kind);

// A default or a constant: an expression that initialises a `type`.
std::string literal(const mfidl::Literal& value, const mfidl::Type& type, const Types& types);

}  // namespace mfgen::cpp
