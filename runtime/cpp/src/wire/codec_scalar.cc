#include "multifrost/codec/scalar.h"

#include "multifrost/codec/list.h"

#include <limits>

#include "wire/text.h"

namespace multifrost::codec {
namespace {

std::string bad_text(std::string_view text) {
  return "expected UTF-8 text, got " + wire::quoted(text) + ", which is not UTF-8 from byte " +
         std::to_string(wire::valid_utf8(text)) + " on (declare bytes)";
}

}  // namespace

bool refuse_range(Encoder& to, const IntegerType& type, std::int64_t value) {
  return to.refuse(std::to_string(value) + " is out of range for " + std::string(type.name) + " (" +
                   std::to_string(type.low) + " to " + std::to_string(type.high) + ")");
}

bool F64::write(Encoder& to, double value) {
  return is_finite(value) ? to.floating(value) : to.refuse(wire::not_finite("f64", value));
}

bool F64::read(Decoder& from, double& into) {
  if (!from.floating(into)) return false;
  return is_finite(into) || from.refuse(wire::not_finite("f64", into));
}

bool F32::write(Encoder& to, float value) {
  return is_finite(value) ? to.floating(value) : to.refuse(wire::not_finite("f32", value));
}

bool F32::read(Decoder& from, float& into) {
  double wide;
  if (!from.floating(wide, "f32")) return false;
  if (!is_finite(wide)) return from.refuse(wire::not_finite("f32", wide));
  // What rounds to an infinity is out of range; half a step above the greatest float still rounds
  // down.
  into = static_cast<float>(wide);
  if (is_finite(into)) return true;
  return from.refuse(wire::number_text(wide) + " is out of range for f32");
}

bool String::write(Encoder& to, std::string_view value) {
  return wire::is_utf8(value) ? to.string(value) : to.refuse(bad_text(value));
}

bool String::read(Decoder& from, std::string& into) {
  std::string_view text;
  if (!from.string_view(text)) return false;
  if (!wire::is_utf8(text)) return from.refuse(bad_text(text));
  into.assign(text);
  return true;
}

template struct List<F64>;
template struct List<I32>;
template struct List<I64>;
template struct List<I53>;
template struct List<String>;
template struct List<Binary>;

}  // namespace multifrost::codec
