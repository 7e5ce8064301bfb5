// Reads one value after another out of a message; the counterpart of Encoder.
//
// Tolerant where peers are odd (docs/wire.md): integral floats read as integers, integers as floats,
// ext type 0 as nil. Never trusts a length: sizes and depths are checked against what is there and against
// the limits before anything is allocated. Every read returns false when the value does not fit, and the
// levels above add their part of the path with `inside` while they return.
// Views that it hands out live as long as the message. One thread at a time; nothing blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "multifrost/bytes.h"
#include "multifrost/encoder.h"
#include "multifrost/failure.h"

namespace multifrost {

/// What stands next; numbers are told apart only as far as the wire does.
enum class Kind : std::uint8_t { end, nil, boolean, integer, floating, string, bytes, array, map, extension };

std::string_view to_string(Kind kind) noexcept;

struct DecodeLimits {
  std::size_t depth = 64;                 ///< nested containers
  std::size_t items = 16u << 20;          ///< items of all containers of a message together
};

class Decoder {
 public:
  /// Reads `data`; Bytes values longer than a few hundred bytes share `owner` instead of being copied.
  Decoder(const Bytes& message, Format format, DecodeLimits limits = {}) noexcept;

  Kind peek() const noexcept;

  bool null();
  bool boolean(bool& into);
  bool integer(std::int64_t& into);            ///< also an integral float in range
  bool unsigned_integer(std::uint64_t& into);  ///< also an integral float in range
  bool floating(double& into);                 ///< also an integer; nil is refused with the NaN hint
  bool string(std::string& into);
  bool string_view(std::string_view& into);    ///< lives as long as the message
  bool bytes(Bytes& into);
  bool extension(std::int8_t& type, BytesView& data);

  bool begin_array(std::size_t& count);
  void end_array();
  bool begin_map(std::size_t& count);
  /// The next key as text; integer keys are given in decimal.
  bool key(std::string_view& into);
  void end_map();

  /// Passes over one whole value without reading it.
  bool skip();
  /// The bytes of the next whole value, which is passed over.
  bool raw(BytesView& into);
  /// Nothing may follow the value that was read.
  bool finish();

  bool refuse(std::string reason);                               ///< false
  bool refuse_kind(std::string_view expected);                   ///< "expected f64, got string \"abc\""; false
  bool inside(std::string_view member);                          ///< false
  bool inside(std::size_t index);                                ///< false
  bool inside_key(std::string_view key);                         ///< false
  const std::string& path() const noexcept;
  const std::string& reason() const noexcept;
  /// The refusal as failure: "<where><path>: <reason>".
  Failure failure(ErrorCode code, Execution execution, std::string_view where) const;

  Format format() const noexcept { return format_; }

 private:
  Format format_;
  // The owner of this room decides the rest.
};

}  // namespace multifrost
