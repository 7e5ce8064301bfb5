// The protocol port: what messages look like, nothing else. Sessions know no bytes, protocols no
// state.
//
// Writers append to `to`; values that callers write in place (arguments, a result) go between a
// begin and its end. Thread rule: const and stateless, any thread. Nothing blocks; only allocation
// throws.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "multifrost/encoder.h"
#include "multifrost/failure.h"
#include "multifrost/method.h"
#include "protocol/message.h"

namespace multifrost::protocol {

using InterfaceList = std::vector<const Interface*>;

/// When a message is written.
using Time = std::chrono::steady_clock::time_point;

struct CallHead {
  Time now = std::chrono::steady_clock::now();
  std::string_view id;
  std::string_view function;
  std::string_view name_space;
  std::size_t arguments = 0;
  std::optional<std::uint64_t> deadline_ms;  ///< time left, for peers that understand it
  std::string_view traceparent = {};         ///< empty: none; then no tracestate either
  std::string_view tracestate = {};          ///< may be empty
  std::optional<std::uint64_t> credit =
      {};  ///< the result is a stream: items that it may begin with
};

/// An ERROR's extras for peers of ours.
struct ErrorExtras {
  ErrorCode code = ErrorCode::remote;
  Execution execution = Execution::executed;
  std::string_view type;  ///< full name of a declared error, may be empty
  BytesView fields;       ///< its fields as one encoded map, may be empty
};

enum class OutputStream : std::uint8_t { out, err };

/// What became of a received frame.
enum class Reading : std::uint8_t {
  message,  ///< complete, or with `damage` set
  foreign,  ///< another application or version, `app` says which: no negotiation (spec 13.1)
  garbage,  ///< not a message at all, or nobody could be answered
};

class Protocol {
 public:
  virtual ~Protocol() = default;

  virtual Format format() const noexcept = 0;
  /// `into`: a fresh Message.
  virtual Reading read(const Bytes& frame, Message& into) const = 0;

  /// The short way for what a parent receives most: a response that ends with its result. False:
  /// it is something else, or looks otherwise, and read() has to tell.
  virtual bool read_result(const Bytes& frame, Result& into) const noexcept = 0;

  /// Up to the arguments; the caller then writes exactly head.arguments values.
  virtual void begin_call(Encoder& to, const CallHead& head) const = 0;
  virtual void end_call(Encoder& to) const = 0;
  /// Up to the result; the caller then writes exactly one value.
  virtual void begin_response(Encoder& to, std::string_view id, Time now) const = 0;
  virtual void end_response(Encoder& to) const = 0;
  virtual void error(Encoder& to, std::string_view id, std::string_view text,
                     const ErrorExtras& extras) const = 0;
  virtual void output(Encoder& to, std::string_view id, OutputStream stream,
                      std::string_view text) const = 0;
  /// `expected`: what the parent's clients were generated for, which asks the worker what it
  /// serves; null: nothing is asked.
  virtual void heartbeat(Encoder& to, std::string_view id, const InterfaceList* expected) const = 0;
  /// `served` is told to a parent that has asked.
  virtual void echo(Encoder& to, const Message& heartbeat, std::optional<std::uint64_t> busy_ms,
                    const InterfaceList& served) const = 0;
  /// Takes Extras::interfaces apart; the names are views into it. What cannot be read is left out.
  virtual std::vector<Interface> interfaces(BytesView encoded) const = 0;
  virtual void shutdown(Encoder& to, std::string_view id) const = 0;
  virtual void cancel(Encoder& to, std::string_view id) const = 0;

  // Streams (wire page). `id` is the call's.
  /// Up to the item; the caller then writes exactly one value.
  virtual void begin_item(Encoder& to, std::string_view id, std::uint64_t sequence) const = 0;
  virtual void end_item(Encoder& to) const = 0;
  /// The caller's last item was written, or, with an error, will never be.
  virtual void stream_end(Encoder& to, std::string_view id,
                          std::optional<std::string_view> error) const = 0;
  virtual void credit(Encoder& to, std::string_view id, std::uint64_t items) const = 0;
};

/// Multifrost v3, `comlink_ipc_v3`. Never ends.
const Protocol& multifrost_v3() noexcept;

}  // namespace multifrost::protocol
