// Typed ends of a stream (`stream T` in the language).
//
// The v3 protocol has no streams of its own; they need a worker of ours (docs/wire.md). A call of a
// stream method on a channel that does not carry them ends with Unimplemented.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "multifrost/channel.h"
#include "multifrost/pending.h"

namespace multifrost {

/// The untyped end, implemented by channels that carry streams.
class StreamPort {
 public:
  virtual ~StreamPort() = default;
  /// Blocks for the next item; nullopt: the stream has ended well.
  virtual Result<std::optional<Reply>> next() = 0;
  /// Blocks while the peer has given no credit.
  virtual Result<void> write(Encoder& item) = 0;
  virtual Result<void> finish() = 0;
  virtual void cancel() noexcept = 0;
};

template <class T>
class StreamReader {
 public:
  using Read = Result<T> (*)(Reply);
  StreamReader() noexcept = default;
  StreamReader(std::shared_ptr<StreamPort> port, Read how) noexcept
      : port_(std::move(port)), read_(how) {}

  /// The next item, nullopt at the end. Blocks; throws as a call would.
  std::optional<T> next() { return try_next().value(); }
  Result<std::optional<T>> try_next() {
    auto item = port_->next();
    if (!item) return item.failure();
    if (!item->has_value()) return std::optional<T>();
    auto value = read_(**std::move(item));
    if (!value) return value.failure();
    return std::optional<T>(*std::move(value));
  }
  void cancel() noexcept { port_->cancel(); }

 private:
  std::shared_ptr<StreamPort> port_;
  Read read_ = nullptr;
};

template <class T>
class StreamWriter {
 public:
  using Write = bool (*)(Encoder&, const T&);
  StreamWriter() noexcept = default;
  StreamWriter(std::shared_ptr<StreamPort> port, Write how) noexcept
      : port_(std::move(port)), write_(how) {}

  /// Blocks while the reader has given no credit; throws as a call would.
  void write(const T& item) { try_write(item).value(); }
  Result<void> try_write(const T& item) {
    Encoder to;
    if (!write_(to, item)) return to.failure("stream item");
    return port_->write(to);
  }
  void finish() { port_->finish().value(); }

 private:
  std::shared_ptr<StreamPort> port_;
  Write write_ = nullptr;
};

/// What a call with a stream parameter gives at once: where to write the items, and the result,
/// which comes after finish().
template <class T, class R>
struct StreamUpload {
  StreamWriter<T> input;
  Pending<R> result;
};

/// The same when the result is a stream, too.
template <class T, class U>
struct StreamExchange {
  StreamWriter<T> input;
  StreamReader<U> output;
};

}  // namespace multifrost
