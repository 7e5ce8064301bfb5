// Reads one value after another out of a message; the counterpart of Encoder.
//
// Tolerant where peers are odd (docs/wire.md): integral floats read as integers, integers as
// floats, ext type 0 as nil. Never trusts a length: sizes and depths are checked against what is
// there and against the limits before anything is allocated. Every read returns false when the
// value does not fit, and the levels above add their part of the path with `inside` while they
// return. Views that it hands out live as long as the message. One thread at a time; nothing
// blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "multifrost/bytes.h"
#include "multifrost/encoder.h"
#include "multifrost/failure.h"
#include "multifrost/refusal.h"

namespace multifrost {

/// What stands next; numbers are told apart only as far as the wire does.
enum class Kind : std::uint8_t {
  end,
  nil,
  boolean,
  integer,
  floating,
  string,
  bytes,
  array,
  map,
  extension
};

std::string_view to_string(Kind kind) noexcept;

struct DecodeLimits {
  std::size_t depth = 512;        ///< nested containers
  std::size_t items = 16u << 20;  ///< items of all containers of a message together
};

/// An integer type of the language: its name and its least and greatest value.
struct IntegerType {
  std::string_view name;
  std::int64_t low;
  std::int64_t high;
};

class Decoder : private Refusal {
 public:
  /// Reads `message`, which must outlive the decoder; Bytes values longer than a few hundred bytes
  /// share it.
  explicit Decoder(const Bytes& message, Format format = Format::msgpack, DecodeLimits limits = {});
  Decoder(Bytes&&, Format = {}, DecodeLimits = {}) = delete;
  /// Reads `message`, which must outlive the decoder; Bytes values are copied out of it.
  explicit Decoder(BytesView message, Format format = Format::msgpack, DecodeLimits limits = {});
  Decoder(Decoder&& other) noexcept;
  ~Decoder();

  Kind peek() const noexcept {
    if (next_ != end_ && (byte() & 0xe0) == 0xa0 && (byte() & 0x1fu) < remaining()) {
      return Kind::string;  // by far the most frequent one
    }
    return other_peek();
  }
  /// The bytes that have not been read yet.
  std::size_t remaining() const noexcept { return static_cast<std::size_t>(end_ - next_); }

  bool null();
  /// Takes a nil, if one stands next; else refuses nothing and returns false.
  bool take_null() noexcept {
    if (next_ == end_) return false;
    if (byte() == 0xc0) {
      ++next_;
      return true;
    }
    return byte() == 0xd4 && take_undefined();
  }
  /// Takes a NaN or an infinity, if one stands next (peers in Go and Rust send them raw).
  bool take_not_finite() noexcept {
    return remaining() >= 5 && (static_cast<unsigned char>(next_[1]) & 0x7f) == 0x7f &&
           take_infinite();
  }
  bool boolean(bool& into);
  /// Also an integral float in range.
  bool integer(std::int64_t& into);
  /// The same within the range of `type`, which refusals name.
  bool integer(const IntegerType& type, std::int64_t& into);
  /// Also an integral float in range.
  bool unsigned_integer(std::uint64_t& into);
  /// Also an integer; nil is refused with the NaN hint.
  bool floating(double& into, std::string_view expected = "f64");
  bool string(std::string& into);
  /// Lives as long as the message.
  bool string_view(std::string_view& into);
  bool bytes(Bytes& into);
  bool extension(std::int8_t& type, BytesView& data);

  bool begin_array(std::size_t& count);
  void end_array() noexcept { ++depth_left_; }
  bool begin_map(std::size_t& count);
  /// The next key as text, valid until the next key; integer and other scalar keys are given as
  /// text.
  bool key(std::string_view& into);
  void end_map() noexcept { ++depth_left_; }

  /// Passes over one whole value without reading it.
  bool skip();
  /// The bytes of the next whole value, which is passed over: always msgpack, whatever the format
  /// was.
  bool raw(BytesView& into);
  /// Nothing may follow the value that was read.
  bool finish();

  /// A place to come back to; valid until the containers open at mark() are left.
  struct Mark {
    const char* next;
    std::size_t depth_left;
    std::size_t items_left;
  };
  Mark mark() const noexcept { return {next_, depth_left_, items_left_}; }
  void rewind(const Mark& mark) noexcept {
    next_ = mark.next;
    depth_left_ = mark.depth_left;
    items_left_ = mark.items_left;
  }

  /// For tagged unions: the next struct has `tag` as one more key, which is not its own.
  void tag_next_map(std::string_view tag) noexcept { tag_ = tag; }
  /// The tag of the map that begins now; empty: none.
  std::string_view take_tag() noexcept {
    const std::string_view tag = tag_;
    tag_ = {};
    return tag;
  }

  using Refusal::clear;  ///< forgets a refusal: what was read until then stays read
  using Refusal::describe;
  using Refusal::inside;
  using Refusal::inside_key;
  using Refusal::path;
  using Refusal::reason;
  using Refusal::refuse;
  using Refusal::refused;
  /// `expected f64, got string "abc"`; false.
  bool refuse_kind(std::string_view expected);
  /// The next value for messages: `string "abc"`, `null`, `map of 3`.
  std::string describe_next() const;
  /// The refusal as failure: "<where><path>: <reason>".
  Failure failure(ErrorCode code, Execution execution, std::string_view where) const;

 private:
  unsigned byte() const noexcept { return static_cast<unsigned char>(*next_); }
  Kind other_peek() const noexcept;
  bool take_undefined() noexcept;
  bool take_infinite() noexcept;
  bool long_integer(const IntegerType& type, std::int64_t& into);
  bool other_floating(double& into, std::string_view expected);
  bool long_string(std::string_view& into);
  bool begin(Kind kind, std::size_t& count);
  bool other_key(std::string_view& into);
  void convert();

  const char* next_;
  const char* end_;
  std::size_t depth_left_;
  std::size_t items_left_;
  const Bytes* message_ = nullptr;
  std::string_view tag_;
  Bytes own_;  ///< the message in msgpack, when it came in another format
  std::string key_text_;
};

/// Codecs for which nil is a value of their own, or in a float what became of a NaN: it does not
/// say "absent" there, as it does elsewhere (rule 1 of the language).
template <class C>
concept ReadsNull = requires {
  C::kFloat;
}
|| ((C::kKinds >> static_cast<unsigned>(Kind::nil)) & 1u) != 0;

}  // namespace multifrost
