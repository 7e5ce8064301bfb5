#include "multifrost/decoder.h"

#include <type_traits>
#include <utility>

#include "wire/head.h"
#include "wire/json.h"
#include "wire/markers.h"
#include "wire/number.h"
#include "wire/text.h"

namespace multifrost {

using namespace wire;

namespace {

// Shorter Bytes values are copied: they would keep a whole frame alive.
constexpr std::size_t kSharedFrom = 512;

constexpr char kNanHint[] = " (this wire turns NaN into null; declare f64? or @nan_as_null)";

std::string number_text_of(const Head& head) {
  if (head.kind == Kind::floating) return number_text(head.as_double());
  return head.negative ? std::to_string(head.as_signed()) : std::to_string(head.bits);
}

// The bytes of an integer in its usual forms, or 0: not one of them, or not all of it is there.
unsigned integer_at(const char* at, const char* end, std::int64_t& into) noexcept {
  if (at == end) return 0;
  const auto number = [&]<class Bits, class Signed>(Bits, Signed) -> unsigned {
    constexpr unsigned kWidth = 1 + sizeof(Bits);
    if (end - at < static_cast<std::ptrdiff_t>(kWidth)) return 0;
    const std::uint64_t bits = load<Bits>(at + 1);
    constexpr unsigned kUnused = Signed() ? 64 - 8 * sizeof(Bits) : 0;
    into = static_cast<std::int64_t>(bits << kUnused) >> kUnused;
    return kWidth;
  };
  constexpr std::true_type kSigned;
  constexpr std::false_type kUnsigned;
  switch (static_cast<unsigned char>(*at)) {
    case kUint8:
      return number(std::uint8_t(), kUnsigned);
    case kUint16:
      return number(std::uint16_t(), kUnsigned);
    case kUint32:
      return number(std::uint32_t(), kUnsigned);
    case kInt8:
      return number(std::uint8_t(), kSigned);
    case kInt16:
      return number(std::uint16_t(), kSigned);
    case kInt32:
      return number(std::uint32_t(), kSigned);
    case kInt64:
      return number(std::uint64_t(), kSigned);
    default:
      return 0;
  }
}

std::string out_of_range(const std::string& number, const IntegerType& type) {
  return number + " is out of range for " + std::string(type.name) + " (" +
         std::to_string(type.low) + " to " + std::to_string(type.high) + ")";
}

std::string text_of(const Head& head, const char* at) {
  const std::string count = std::to_string(head.size);
  switch (head.kind) {
    case Kind::end:
      return "nothing";
    case Kind::nil:
      return "null";
    case Kind::boolean:
      return head.bits != 0 ? "true" : "false";
    case Kind::integer:
    case Kind::floating:
      return number_text_of(head);
    case Kind::string:
      return "string " + quoted({at + head.length, head.size});
    case Kind::bytes:
      return "bytes(" + count + ")";
    case Kind::array:
      return "list of " + count;
    case Kind::map:
      return "map of " + count;
    case Kind::extension:
      return "extension type " + std::to_string(head.extension);
  }
  return {};
}

}  // namespace

std::string_view to_string(Kind kind) noexcept {
  constexpr std::string_view names[] = {"nothing", "null",  "bool", "integer", "number",
                                        "string",  "bytes", "list", "map",     "extension"};
  return names[static_cast<std::size_t>(kind)];
}

[[gnu::hot]] Decoder::Decoder(BytesView message, Format format, DecodeLimits limits)
    : next_(message.as_text().data()),
      end_(next_ + message.size()),
      depth_left_(limits.depth),
      items_left_(limits.items) {
  if (format != Format::msgpack) convert();
}

[[gnu::hot]] Decoder::Decoder(const Bytes& message, Format format, DecodeLimits limits)
    : Decoder(message.view(), format, limits) {
  message_ = &message;
}

Decoder::Decoder(Decoder&&) noexcept = default;
[[gnu::hot]] Decoder::~Decoder() = default;

Kind Decoder::other_peek() const noexcept {
  if (remaining() >= 2 && byte() == kStr8 &&
      static_cast<unsigned char>(next_[1]) <= remaining() - 2) {
    return Kind::string;  // every id is one
  }
  Head head;
  if (!read_head(next_, end_, head)) return Kind::end;
  return head.is_undefined(next_) ? Kind::nil : head.kind;
}

bool Decoder::refuse_kind(std::string_view expected) {
  if (next_ != end_) {
    Head head;
    if (!read_head(next_, end_, head)) return refuse(head_fault(next_, end_));
  }
  return refuse("expected " + std::string(expected) + ", got " + describe_next());
}

std::string Decoder::describe_next() const {
  Head head;
  if (!read_head(next_, end_, head) || head.is_undefined(next_)) {
    return next_ == end_ ? "nothing" : "null";
  }
  return text_of(head, next_);
}

bool Decoder::boolean(bool& into) {
  if (next_ == end_ || (byte() & 0xfe) != kFalse) return refuse_kind("bool");
  into = byte() == kTrue;
  ++next_;
  return true;
}

bool Decoder::null() { return take_null() || refuse_kind("null"); }

bool Decoder::take_undefined() noexcept {
  if (remaining() < 3 || next_[1] != 0 || next_[2] != 0) return false;
  next_ += 3;
  return true;
}

bool Decoder::take_infinite() noexcept {
  Head head;
  if (!read_head(next_, end_, head) || head.kind != Kind::floating) return false;
  if (head.as_double() - head.as_double() == 0) return false;
  next_ += head.length;
  return true;
}

[[gnu::hot]] bool Decoder::integer(std::int64_t& into) {
  constexpr IntegerType type = {"integer", INT64_MIN, INT64_MAX};
  return integer(type, into);
}

[[gnu::hot]] bool Decoder::integer(const IntegerType& type, std::int64_t& into) {
  if (next_ == end_ || byte() >= kFixMap) return long_integer(type, into);
  into = byte();  // every integer type holds 0 to 127
  ++next_;
  return true;
}

[[gnu::hot]] bool Decoder::long_integer(const IntegerType& type, std::int64_t& into) {
  if (const unsigned width = integer_at(next_, end_, into);
      width != 0 && into >= type.low && into <= type.high) {
    next_ += width;
    return true;
  }
  Head head;
  if (!read_head(next_, end_, head)) return refuse_kind(type.name);
  bool in_range = true;
  if (head.kind == Kind::integer) {
    into = head.as_signed();
    in_range = head.negative || into >= 0;
  } else if (head.kind == Kind::floating && is_whole(head.as_double())) {
    in_range = to_integer(head.as_double(), into);
  } else {
    return refuse_kind(type.name);
  }
  if (!in_range || into < type.low || into > type.high) {
    return refuse(out_of_range(number_text_of(head), type));
  }
  next_ += head.length;
  return true;
}

bool Decoder::unsigned_integer(std::uint64_t& into) {
  Head head;
  if (!read_head(next_, end_, head)) return refuse_kind("u64");
  bool in_range = true;
  if (head.kind == Kind::integer) {
    into = head.bits;
    in_range = !head.negative;
  } else if (head.kind == Kind::floating && is_whole(head.as_double())) {
    in_range = to_unsigned(head.as_double(), into);
  } else {
    return refuse_kind("u64");
  }
  if (!in_range) {
    return refuse(number_text_of(head) + " is out of range for u64 (0 to 18446744073709551615)");
  }
  next_ += head.length;
  return true;
}

bool Decoder::floating(double& into, std::string_view expected) {
  if (remaining() < 9 || byte() != kFloat64) return other_floating(into, expected);
  into = std::bit_cast<double>(load<std::uint64_t>(next_ + 1));
  next_ += 9;
  return true;
}

bool Decoder::other_floating(double& into, std::string_view expected) {
  Head head;
  if (!read_head(next_, end_, head)) return refuse_kind(expected);
  if (head.kind == Kind::floating) {
    into = head.as_double();
  } else if (head.kind == Kind::integer) {
    into = head.negative ? static_cast<double>(head.as_signed()) : static_cast<double>(head.bits);
  } else if (head.kind == Kind::nil || head.is_undefined(next_)) {
    return refuse("expected " + std::string(expected) + ", got null" + kNanHint);
  } else {
    return refuse_kind(expected);
  }
  next_ += head.length;
  return true;
}

bool Decoder::string(std::string& into) {
  std::string_view text;
  if (!string_view(text)) return false;
  into.assign(text);
  return true;
}

bool Decoder::string_view(std::string_view& into) {
  if (next_ == end_) return long_string(into);
  const std::size_t size = byte() & 0x1fu;
  if ((byte() & 0xe0) != kFixStr || size >= remaining()) return long_string(into);
  into = std::string_view(next_ + 1, size);
  next_ += size + 1;
  return true;
}

bool Decoder::long_string(std::string_view& into) {
  if (remaining() >= 2 && byte() == kStr8) {  // every id is one
    const std::size_t size = static_cast<unsigned char>(next_[1]);
    if (size <= remaining() - 2) {
      into = {next_ + 2, size};
      next_ += 2 + size;
      return true;
    }
  }
  Head head;
  if (!read_head(next_, end_, head) || head.kind != Kind::string) return refuse_kind("string");
  into = {next_ + head.length, head.size};
  next_ += head.length + head.size;
  return true;
}

bool Decoder::bytes(Bytes& into) {
  Head head;
  if (!read_head(next_, end_, head) || head.kind != Kind::bytes) return refuse_kind("bytes");
  const char* data = next_ + head.length;
  const Bytes* message = own_.empty() ? message_ : &own_;
  if (head.size >= kSharedFrom && message != nullptr) {
    const auto offset = data - reinterpret_cast<const char*>(message->data());
    into = message->slice(static_cast<std::size_t>(offset), head.size);
  } else {
    into = Bytes(std::string_view(data, head.size));
  }
  next_ = data + head.size;
  return true;
}

bool Decoder::extension(std::int8_t& type, BytesView& data) {
  Head head;
  if (!read_head(next_, end_, head) || head.kind != Kind::extension) {
    return refuse_kind("extension");
  }
  type = head.extension;
  data = std::string_view(next_ + head.length, head.size);
  next_ += head.length + head.size;
  return true;
}

bool Decoder::begin_array(std::size_t& count) { return begin(Kind::array, count); }

bool Decoder::begin_map(std::size_t& count) { return begin(Kind::map, count); }

bool Decoder::begin(Kind kind, std::size_t& count) {
  Head head;
  if (!read_head(next_, end_, head) || head.kind != kind) return refuse_kind(to_string(kind));
  if (depth_left_ == 0) return refuse("nested too deeply");
  if (head.values() > items_left_) return refuse("more items than a message may hold");
  --depth_left_;
  items_left_ -= head.values();
  next_ += head.length;
  count = head.size;
  return true;
}

bool Decoder::key(std::string_view& into) {
  if (next_ == end_ || (byte() & 0xe0) != kFixStr) return other_key(into);
  return string_view(into);
}

bool Decoder::other_key(std::string_view& into) {
  Head head;
  if (!read_head(next_, end_, head)) return refuse_kind("map key");
  switch (head.kind) {
    case Kind::string:
    case Kind::bytes:
      into = {next_ + head.length, head.size};
      next_ += head.length + head.size;
      return true;
    case Kind::nil:
    case Kind::boolean:
    case Kind::integer:
    case Kind::floating:
      key_text_ = text_of(head, next_);
      into = key_text_;
      next_ += head.length;
      return true;
    default:
      return refuse_kind("map key (text or a number)");
  }
}

bool Decoder::skip() {
  // Without recursion: what is pending only counts, so that depth costs nothing.
  for (std::size_t pending = 1; pending != 0; --pending) {
    Head head;
    if (!read_head(next_, end_, head)) return refuse(head_fault(next_, end_));
    next_ += head.length + (head.has_payload() ? head.size : 0);
    pending += head.values();
    if (pending - 1 > remaining()) return refuse("the message ends within a list or map");
  }
  return true;
}

bool Decoder::raw(BytesView& into) {
  const char* begin = next_;
  if (!skip()) return false;
  into = std::string_view(begin, static_cast<std::size_t>(next_ - begin));
  return true;
}

[[gnu::hot]] bool Decoder::finish() {
  if (next_ == end_) return true;
  return refuse("nothing may follow the value, but " + std::to_string(remaining()) + " bytes do");
}

void Decoder::convert() {
  Buffer binary;
  std::string reason;
  const std::string_view text(next_, remaining());
  const bool good = json_to_msgpack(text, binary, reason);
  if (good) own_ = share(std::move(binary));
  next_ = own_.as_text().data();
  end_ = next_ + own_.size();
  if (!good) refuse(std::move(reason));
}

Failure Decoder::failure(ErrorCode code, Execution execution, std::string_view where) const {
  return Failure(code, execution, describe(where));
}

}  // namespace multifrost
