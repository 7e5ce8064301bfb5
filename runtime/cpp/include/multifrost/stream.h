// Typed ends of a stream (`stream T` in the language).
//
//   for (const Sample& sample : client.watch("kitchen")) show(sample);
//
//   auto upload = client.upload("kitchen");
//   for (const Sample& sample : samples) upload.input.write(sample);
//   upload.input.finish();
//   auto stored = upload.result.get();
//
// A reader that is slow slows the writer: at most 32 items are on their way. The v3 protocol has no
// streams of its own; they need a worker of ours (docs/wire.md), and on another one such a call
// fails with UnimplementedError.
//
// Thread rule: an end belongs to one thread at a time; the ends of one call may be used by several
// threads at once, and cancel() by any. Blocking rule: next() waits for an item, write() for the
// reader's credit, both until the call ends or its deadline passes; nothing else blocks. Failure
// rule: the try_ forms return what the others throw; a failed call is told once all items that came
// before have been given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "multifrost/channel.h"
#include "multifrost/erased.h"
#include "multifrost/pending.h"

namespace multifrost {

/// One item as it came.
class StreamItem {
 public:
  /// `label`: "Vision.watch", a constant; `index` counts from 0.
  StreamItem(std::string_view label, std::uint64_t index, Bytes value, Format format) noexcept
      : label_(label), index_(index), value_(std::move(value)), format_(format) {}

  const Bytes& encoded() const noexcept { return value_; }
  /// None: it was read. A value that does not fit is a DecodeError: "Vision.watch: item 3.score:
  /// …".
  std::optional<Failure> read(detail::ReadValue* read_value, void* into) const;

 private:
  std::string_view label_;
  std::uint64_t index_;
  Bytes value_;
  Format format_;
};

/// The untyped end of a stream call, caller's or worker's; implemented by whatever carries streams.
///
/// Thread rule: next() by one thread at a time, writing (begin_item to finish) by one, both at
/// once; cancel() and give_up() by any.
class StreamPort {
 public:
  virtual ~StreamPort() = default;

  /// Blocks for the next item; nullopt: the stream has ended well. Its end or failure comes after
  /// all items, and again whenever it is asked for.
  virtual Result<std::optional<StreamItem>> next() = 0;

  /// Opens the next item: the encoder that stands where its value goes. Then exactly one of the
  /// next two.
  virtual Encoder& begin_item() = 0;
  /// The value is complete: sends it. Blocks until the peer has given credit.
  virtual Result<void> send_item() = 0;
  /// The encoder has refused the value: forgets it and tells why, with its path. The stream goes on
  /// without it.
  virtual Failure discard_item() = 0;
  /// No further items. Repeatable. On a worker the answer ends the call all the same.
  virtual Result<void> finish() = 0;
  /// The writer has been dropped. A caller's that was not finished: the worker's reader fails.
  virtual void give_up() noexcept = 0;

  /// Nobody reads any more. A caller's: ends the call as cancelled, if it has not ended.
  virtual void cancel() noexcept = 0;
};

namespace detail {
/// True: `into` was read; false: the stream has ended well.
Result<bool> read_item(StreamPort& port, ReadValue* read, void* into);
Result<void> write_item(StreamPort& port, WriteValue* write, const void* item);
}  // namespace detail

template <class T>
class [[nodiscard]] StreamReader {
 public:
  StreamReader() noexcept = default;
  StreamReader(std::shared_ptr<StreamPort> port, detail::ReadValue* how) noexcept
      : port_(std::move(port)), read_(how) {}
  /// For tests: gives these items, then ends, with `failure` if there is one.
  explicit StreamReader(std::vector<T> items, std::optional<Failure> failure = std::nullopt)
      : given_(std::make_unique<Given>(Given{std::move(items), 0, std::move(failure)})) {}
  StreamReader(StreamReader&&) noexcept = default;
  StreamReader& operator=(StreamReader&& other) noexcept {
    std::swap(port_, other.port_);
    std::swap(read_, other.read_);
    std::swap(given_, other.given_);
    return *this;
  }
  /// Cancels a call that has not ended.
  ~StreamReader() { cancel(); }

  /// The next item, nullopt at the end.
  std::optional<T> next() { return try_next().value(); }
  Result<std::optional<T>> try_next() {
    if (given_) return given_->next();
    if (!port_) return std::optional<T>();
    std::optional<T> item(std::in_place);
    const Result<bool> got = detail::read_item(*port_, read_, &*item);
    if (!got) return got.failure();
    if (!*got) item.reset();
    return item;
  }
  /// Ends a caller's call, if it has not ended; what has come can still be read.
  void cancel() noexcept {
    if (port_) port_->cancel();
  }

  /// For range-for: once over the items, each gone when the next one comes.
  class Iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;
    Iterator() noexcept = default;
    explicit Iterator(StreamReader& reader) : reader_(&reader) { ++*this; }
    T& operator*() const noexcept { return *item_; }
    T* operator->() const noexcept { return &*item_; }
    Iterator& operator++() {
      item_ = reader_->next();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& left, std::default_sentinel_t) noexcept {
      return !left.item_;
    }

   private:
    StreamReader* reader_ = nullptr;
    mutable std::optional<T> item_;
  };
  Iterator begin() { return Iterator(*this); }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  struct Given {
    std::vector<T> items;
    std::size_t at = 0;
    std::optional<Failure> failure;
    Result<std::optional<T>> next() {
      if (at < items.size()) return std::optional<T>(items[at++]);
      if (failure) return *failure;
      return std::optional<T>();
    }
  };

  std::shared_ptr<StreamPort> port_;
  detail::ReadValue* read_ = nullptr;
  std::unique_ptr<Given> given_;
};

template <class T>
class [[nodiscard]] StreamWriter {
 public:
  StreamWriter() noexcept = default;
  StreamWriter(std::shared_ptr<StreamPort> port, detail::WriteValue* how) noexcept
      : port_(std::move(port)), write_(how) {}
  /// For tests: puts the items into `kept`, which must live as long as this writer.
  explicit StreamWriter(std::vector<T>& kept) noexcept : kept_(&kept) {}
  StreamWriter(StreamWriter&&) noexcept = default;
  StreamWriter& operator=(StreamWriter&& other) noexcept {
    std::swap(port_, other.port_);
    std::swap(write_, other.write_);
    std::swap(kept_, other.kept_);
    return *this;
  }
  /// Gives up: a caller's items that were not finished make the worker's reader fail.
  ~StreamWriter() {
    if (port_) port_->give_up();
  }

  /// Blocks while the reader takes no more. An item that does not fit the interface is refused,
  /// with its path, and the stream goes on without it.
  void write(const T& item) { try_write(item).value(); }
  Result<void> try_write(const T& item) {
    if (kept_ != nullptr) kept_->push_back(item);
    return port_ ? detail::write_item(*port_, write_, &item) : Result<void>();
  }
  /// The last item was written. A caller's writer must be finished; a worker's need not.
  void finish() { try_finish().value(); }
  Result<void> try_finish() { return port_ ? port_->finish() : Result<void>(); }

 private:
  std::shared_ptr<StreamPort> port_;
  detail::WriteValue* write_ = nullptr;
  std::vector<T>* kept_ = nullptr;
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

// For generated clients; C is the items' codec.

template <class C>
Result<StreamReader<typename C::Type>> open_reader(Request&& request) {
  Result<OpenedStream> opened = std::move(request).open_stream();
  if (!opened) return opened.failure();
  return StreamReader<typename C::Type>(std::move(opened->port), &detail::read_value<C>);
}

template <class C, class R>
Result<StreamUpload<typename C::Type, typename R::Type>> open_upload(Request&& request) {
  using Upload = StreamUpload<typename C::Type, typename R::Type>;
  Result<OpenedStream> opened = std::move(request).open_stream();
  if (!opened) return opened.failure();
  return Upload{{std::move(opened->port), &detail::write_value<C>},
                {std::move(opened->outcome), &detail::finish<R>}};
}

template <class C, class U>
Result<StreamExchange<typename C::Type, typename U::Type>> open_exchange(Request&& request) {
  using Exchange = StreamExchange<typename C::Type, typename U::Type>;
  Result<OpenedStream> opened = std::move(request).open_stream();
  if (!opened) return opened.failure();
  return Exchange{{opened->port, &detail::write_value<C>}, {opened->port, &detail::read_value<U>}};
}

}  // namespace multifrost
