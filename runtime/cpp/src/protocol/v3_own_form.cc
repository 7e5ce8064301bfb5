#include "protocol/v3_own_form.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "wire/markers.h"
#include "wire/put.h"

namespace multifrost::protocol {
namespace {

// Octal, so that no letter behind can belong to an escape.
constexpr char kAppAndId[] = "\243app\256comlink_ipc_v3\242id\331\044";
constexpr char kType[] = "\244type";
constexpr char kTimestamp[] = "\251timestamp\313";
// The two with a type between them.
constexpr char kCall[] = "\244type\244call\251timestamp\313";
constexpr char kResponse[] = "\244type\250response\251timestamp\313";
constexpr char kItem[] = "\244type\251mf_stream\251timestamp\313";
constexpr char kFunction[] = "\250function";
constexpr char kNameSpace[] = "\251namespace";
constexpr char kDeadline[] = "\250metadata\201\242mf\202\241v\001\253deadline_ms";
constexpr char kArguments[] = "\244args";
constexpr char kResult[] = "\246result";
constexpr char kSequence[] = "\243seq";
constexpr char kValue[] = "\245value";

constexpr unsigned kCallFields = 7;  ///< one more with metadata
constexpr unsigned kResponseFields = 5;
constexpr unsigned kItemFields = 6;
constexpr std::size_t kMostArguments = 15;  ///< whose number stands in one byte

template <std::size_t size>
constexpr std::size_t length_of(const char (&)[size]) {
  return size - 1;
}

/// memcmp of a constant size, without the call that it is beyond 16 bytes.
template <std::size_t size>
bool stands_at(const char* at, const char (&word)[size]) noexcept {
  constexpr std::size_t kLength = size - 1, kStep = sizeof(std::uint64_t);
  if constexpr (kLength < kStep) {
    return std::memcmp(at, word, kLength) == 0;
  } else {
    const auto differ = [&](std::size_t place) {
      std::uint64_t here, there;
      std::memcpy(&here, at + place, kStep);
      std::memcpy(&there, word + place, kStep);
      return here ^ there;
    };
    std::uint64_t difference = differ(kLength - kStep);  // the last ones may overlap others
    for (std::size_t place = 0; place + kStep < kLength; place += kStep) {
      difference |= differ(place);
    }
    return difference == 0;
  }
}

// Where things stand in every message of this form, and in a response.
constexpr std::size_t kIdAt = 1 + length_of(kAppAndId);
constexpr std::size_t kTypeAt = kIdAt + kOwnIdSize;
constexpr std::size_t kResultAt = kTypeAt + length_of(kResponse) + sizeof(double);
constexpr std::size_t kResultValueAt = kResultAt + length_of(kResult);

/// Takes words off the front of a message, as long as they are the expected ones.
class Words {
 public:
  explicit Words(std::string_view message) noexcept
      : at_(message.data()), end_(message.data() + message.size()) {}

  std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  std::string_view rest() const noexcept { return {at_, left()}; }

  template <std::size_t size>
  bool take(const char (&word)[size]) noexcept {
    if (left() < size - 1 || !stands_at(at_, word)) return false;
    at_ += size - 1;
    return true;
  }
  bool take(std::size_t size, std::string_view& into) noexcept {
    if (left() < size) return false;
    into = {at_, size};
    at_ += size;
    return true;
  }
  bool skip(std::size_t size) noexcept {
    std::string_view skipped;
    return take(size, skipped);
  }
  bool byte(unsigned& into) noexcept {
    if (at_ == end_) return false;
    into = static_cast<unsigned char>(*at_++);
    return true;
  }
  /// A string of up to 255 bytes.
  bool string(std::string_view& into) noexcept {
    unsigned size = 0;
    if (!byte(size)) return false;
    if (size == wire::kStr8) return byte(size) && take(size, into);
    return size >= wire::kFixStr && size < wire::kNil && take(size & 0x1fu, into);
  }
  bool unsigned_integer(std::uint64_t& into) noexcept {
    unsigned first = 0;
    if (!byte(first)) return false;
    switch (first) {
      case wire::kUint8:
        return number<std::uint8_t>(into);
      case wire::kUint16:
        return number<std::uint16_t>(into);
      case wire::kUint32:
        return number<std::uint32_t>(into);
      case wire::kUint64:
        return number<std::uint64_t>(into);
      default:
        into = first;
        return first < wire::kFixMap;
    }
  }
  bool begin_array(std::size_t& count) noexcept {
    unsigned first = 0;
    if (!byte(first) || first < wire::kFixArray || first >= wire::kFixStr) return false;
    count = first & 0x0fu;
    return true;
  }

 private:
  template <class T>
  bool number(std::uint64_t& into) noexcept {
    if (left() < sizeof(T)) return false;
    into = wire::load<T>(at_);
    at_ += sizeof(T);
    return true;
  }

  const char* at_;
  const char* end_;
};

/// Which is UTF-8 without a further look.
bool is_ascii(std::string_view id) noexcept {
  static_assert(kOwnIdSize == 36);
  const auto eight = [&](std::size_t at) {
    std::uint64_t bytes;
    std::memcpy(&bytes, id.data() + at, sizeof bytes);
    return bytes;
  };
  const std::uint64_t all = eight(0) | eight(8) | eight(16) | eight(24) | eight(28);
  return (all & 0x8080'8080'8080'8080) == 0;
}

bool read_call(Words& words, unsigned fields, Message& into) noexcept {
  if (!words.take(kFunction) || !words.string(into.function) || !words.take(kNameSpace) ||
      !words.string(into.name_space)) {
    return false;
  }
  if (fields != kCallFields) {
    if (fields != kCallFields + 1 || !words.take(kDeadline)) return false;
    into.extras.present = true;
    if (!words.unsigned_integer(into.extras.deadline_ms.emplace())) return false;
  }
  if (!words.take(kArguments) || !words.begin_array(into.arguments)) return false;
  // Fewer bytes than values, or bytes and no value: the other reader says what is wrong.
  if (words.left() < into.arguments || (into.arguments == 0 && words.left() != 0)) return false;
  into.has_function = true;
  into.arguments_at = words.rest();
  into.kind = MessageKind::call;
  return true;
}

bool read_response(Words& words, unsigned fields, Message& into) noexcept {
  if (fields != kResponseFields || !words.take(kResult) || words.left() == 0) return false;
  into.result = words.rest();
  into.kind = MessageKind::response;
  return true;
}

bool read_item(Words& words, unsigned fields, Message& into) noexcept {
  if (fields != kItemFields || !words.take(kSequence) ||
      !words.unsigned_integer(into.count.emplace()) || !words.take(kValue) || words.left() == 0) {
    return false;
  }
  into.item = words.rest();
  into.kind = MessageKind::stream_item;
  return true;
}

template <std::size_t size>
char* put(char* to, const char (&word)[size]) noexcept {
  std::memcpy(to, word, size - 1);
  return to + size - 1;
}

/// What a message begins with, up to its timestamp.
constexpr std::size_t kHeadSize = 1 + length_of(kAppAndId) + kOwnIdSize + length_of(kType) +
                                  wire::kShortString + length_of(kTimestamp) + sizeof(double);

char* put_id(char* at, std::size_t fields, std::string_view id) noexcept {
  *at++ = static_cast<char>(wire::kFixMap | fields);
  at = put(at, kAppAndId);
  // In the pieces in which it was written (CallIdSequence): to read in a large piece what has just
  // been written in small ones is slow.
  std::memcpy(at, id.data(), 16);
  std::memcpy(at + 16, id.data() + 16, 8);
  std::memcpy(at + 24, id.data() + 24, 4);
  std::memcpy(at + 28, id.data() + 28, 8);
  return at + kOwnIdSize;
}

char* put_time(char* at, double timestamp) noexcept {
  wire::store(at, std::bit_cast<std::uint64_t>(timestamp));
  return at + sizeof timestamp;
}

/// Lets `put` write up to `most` bytes behind what stands in `buffer`; it returns where they end.
template <class Put>
void write(Buffer& buffer, std::size_t most, const Put& put) {
  char* const begin = buffer.extend(most);
  buffer.shorten(most - static_cast<std::size_t>(put(begin) - begin));
}

/// The same beginning as that of every message, with this type.
template <std::size_t size>
bool take_type(Words& words, const char (&type)[size]) noexcept {
  return words.take(type) && words.skip(sizeof(double));
}

}  // namespace

[[gnu::hot]] bool read_own_form(std::string_view frame, Message& into) noexcept {
  if (frame.size() < kTypeAt) return false;
  const unsigned fields = static_cast<unsigned char>(frame[0]) ^ wire::kFixMap;
  into.id = frame.substr(kIdAt, kOwnIdSize);
  if (!stands_at(frame.data() + 1, kAppAndId) || !is_ascii(into.id)) return false;
  Words words(frame.substr(kTypeAt));
  if (take_type(words, kCall)) return read_call(words, fields, into);
  if (take_type(words, kResponse)) return read_response(words, fields, into);
  return take_type(words, kItem) && read_item(words, fields, into);
}

[[gnu::hot]] bool read_own_result(std::string_view frame, Result& into) noexcept {
  const char* const at = frame.data();
  if (frame.size() <= kResultValueAt ||
      static_cast<unsigned char>(*at) != (wire::kFixMap | kResponseFields) ||
      !stands_at(at + 1, kAppAndId) || !stands_at(at + kTypeAt, kResponse) ||
      !stands_at(at + kResultAt, kResult)) {
    return false;
  }
  into = {frame.substr(kIdAt, kOwnIdSize), frame.substr(kResultValueAt)};
  return is_ascii(into.id);
}

void begin_own_form(Encoder& to, std::size_t fields, std::string_view id, std::string_view type,
                    double timestamp) {
  write(to.buffer(), kHeadSize, [&](char* at) {
    at = wire::put_short_string(put(put_id(at, fields, id), kType), type);
    return put_time(put(at, kTimestamp), timestamp);
  });
}

[[gnu::hot]] bool begin_own_call(Encoder& to, const CallHead& head, double timestamp) {
  if (head.id.size() != kOwnIdSize || head.function.size() >= wire::kShortString ||
      head.name_space.size() >= wire::kShortString || head.name_space.empty() ||
      head.arguments > kMostArguments || head.credit || !head.traceparent.empty()) {
    return false;
  }
  constexpr std::size_t kMost = kHeadSize + length_of(kFunction) + length_of(kNameSpace) +
                                2 * wire::kShortString + length_of(kDeadline) +
                                wire::kUnsignedRoom + length_of(kArguments) + 1;
  write(to.buffer(), kMost, [&](char* at) {
    const bool timed = head.deadline_ms.has_value();
    at = put_id(at, timed ? kCallFields + 1 : kCallFields, head.id);
    at = put_time(put(at, kCall), timestamp);
    at = wire::put_short_string(put(at, kFunction), head.function);
    at = wire::put_short_string(put(at, kNameSpace), head.name_space);
    if (timed) at = wire::put_unsigned(put(at, kDeadline), *head.deadline_ms);
    at = put(at, kArguments);
    *at++ = static_cast<char>(wire::kFixArray | head.arguments);
    return at;
  });
  return true;
}

[[gnu::hot]] void begin_own_response(Encoder& to, std::string_view id, double timestamp) {
  write(to.buffer(), kHeadSize + length_of(kResult), [&](char* at) {
    return put(put_time(put(put_id(at, kResponseFields, id), kResponse), timestamp), kResult);
  });
}

}  // namespace multifrost::protocol
