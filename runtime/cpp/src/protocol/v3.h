// Multifrost v3 (spec 11.1): msgpack maps under the app id `comlink_ipc_v3`.
#pragma once

#include <string_view>

#include "protocol/protocol.h"

namespace multifrost::protocol {

inline constexpr std::string_view kAppId = "comlink_ipc_v3";

class V3 final : public Protocol {
 public:
  Format format() const noexcept override { return Format::msgpack; }
  Reading read(const Bytes& frame, Message& into) const override;
  bool read_result(const Bytes& frame, Result& into) const noexcept override;

  void begin_call(Encoder& to, const CallHead& head) const override;
  void end_call(Encoder& to) const override;
  void begin_response(Encoder& to, std::string_view id, Time now) const override;
  void end_response(Encoder& to) const override;
  void error(Encoder& to, std::string_view id, std::string_view text,
             const ErrorExtras& extras) const override;
  void output(Encoder& to, std::string_view id, OutputStream stream,
              std::string_view text) const override;
  void heartbeat(Encoder& to, std::string_view id, const InterfaceList* expected) const override;
  void echo(Encoder& to, const Message& heartbeat, std::optional<std::uint64_t> busy_ms,
            const InterfaceList& served) const override;
  std::vector<Interface> interfaces(BytesView encoded) const override;
  void shutdown(Encoder& to, std::string_view id) const override;
  void cancel(Encoder& to, std::string_view id) const override;
  void begin_item(Encoder& to, std::string_view id, std::uint64_t sequence) const override;
  void end_item(Encoder& to) const override;
  void stream_end(Encoder& to, std::string_view id,
                  std::optional<std::string_view> error) const override;
  void credit(Encoder& to, std::string_view id, std::uint64_t items) const override;

  /// Reads field by field; read() does so only where the message has not the form that we write.
  static Reading read_fields(const Bytes& frame, Message& into);
  /// Writes field by field, as begin_call() does only where it must.
  static void begin_call_by_fields(Encoder& to, const CallHead& head);
};

}  // namespace multifrost::protocol
