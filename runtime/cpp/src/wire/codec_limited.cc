#include "multifrost/codec/limited.h"

#include "wire/text.h"

namespace multifrost::codec {
namespace {

std::string text(std::int64_t value) { return std::to_string(value); }
std::string text(std::uint64_t value) { return std::to_string(value); }
std::string text(double value) { return wire::number_text(value); }
std::string text(std::chrono::nanoseconds value) {
  return wire::number_text(static_cast<double>(value.count()) / 1e9) + " s";
}

template <class T>
std::string below(T value, T minimum) {
  return text(value) + " is less than the minimum " + text(minimum);
}
template <class T>
std::string above(T value, T maximum) {
  return text(value) + " is more than the maximum " + text(maximum);
}

}  // namespace

std::string below_minimum(std::int64_t value, std::int64_t minimum) {
  return below(value, minimum);
}
std::string below_minimum(std::uint64_t value, std::uint64_t minimum) {
  return below(value, minimum);
}
std::string below_minimum(double value, double minimum) { return below(value, minimum); }
std::string below_minimum(std::chrono::nanoseconds value, std::chrono::nanoseconds minimum) {
  return below(value, minimum);
}
std::string above_maximum(std::int64_t value, std::int64_t maximum) {
  return above(value, maximum);
}
std::string above_maximum(std::uint64_t value, std::uint64_t maximum) {
  return above(value, maximum);
}
std::string above_maximum(double value, double maximum) { return above(value, maximum); }
std::string above_maximum(std::chrono::nanoseconds value, std::chrono::nanoseconds maximum) {
  return above(value, maximum);
}

std::string too_small(std::size_t size, std::size_t minimum) {
  return "size " + std::to_string(size) + " is less than the minimum " + std::to_string(minimum);
}
std::string too_large(std::size_t size, std::size_t maximum) {
  return "size " + std::to_string(size) + " is more than the maximum " + std::to_string(maximum);
}

}  // namespace multifrost::codec
