#include "multifrost/codec/scalar.h"

#include <limits>

#include "wire/text.h"

namespace multifrost::codec {
namespace {

constexpr char kNanAdvice[] = " does not travel on this wire (declare f64? or @nan_as_null)";

std::string bad_text(std::string_view text) {
  return "expected UTF-8 text, got " + wire::quoted(text) + ", which is not UTF-8 from byte " +
         std::to_string(wire::valid_utf8(text)) + " on (declare bytes)";
}

}  // namespace

bool refuse_range(Encoder& to, const IntegerType& type, std::int64_t value) {
  return to.refuse(std::to_string(value) + " is out of range for " + std::string(type.name) + " (" +
                   std::to_string(type.low) + " to " + std::to_string(type.high) + ")");
}

bool refuse_infinite(Encoder& to, std::string_view type, double value) {
  return to.refuse("expected " + std::string(type) + ", got " + wire::number_text(value) +
                   ", which" + kNanAdvice);
}

bool refuse_infinite(Decoder& from, std::string_view type, double value) {
  return from.refuse("expected " + std::string(type) + ", got " + wire::number_text(value) +
                     ", which" + kNanAdvice);
}

bool F32::read(Decoder& from, float& into) {
  double wide;
  if (!from.floating(wide, "f32")) return false;
  if (!is_finite(wide)) return refuse_infinite(from, "f32", wide);
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

}  // namespace multifrost::codec
