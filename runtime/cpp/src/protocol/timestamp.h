// The `timestamp` of messages: seconds since 1970, from a reading of the steady clock that the
// caller has made anyway.
//
// The distance between the two clocks is looked up anew whenever it is older than a hundredth of a
// second, so a step of the wall clock shows with that delay. Any thread, each with a distance of
// its own; nothing blocks.
#pragma once

#include <chrono>

namespace multifrost::protocol {

double wall_seconds(std::chrono::steady_clock::time_point now) noexcept;

}  // namespace multifrost::protocol
