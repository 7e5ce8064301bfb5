// The handle that programs hold on a parent's session: the last one closes it.
//
// In a child of fork() it neither signals, sends nor joins: it leaves the session alone (R10).
#pragma once

#include <memory>

#include "multifrost/channel.h"
#include "session/parent_session.h"

namespace multifrost::session {

class ParentChannel final : public Channel {
 public:
  explicit ParentChannel(std::shared_ptr<ParentSession> session) noexcept
      : session_(std::move(session)) {}
  ~ParentChannel() override;

  Result<void> expect(const Interface& interface) override { return session_->expect(interface); }
  [[gnu::hot]] Result<void> begin(Request& request, std::size_t arguments) override {
    return session_->begin(request, arguments);
  }
  Reply call(Request& request) override;  // parent_calls.cc
  [[gnu::hot]] std::shared_ptr<PendingCall> start(Request& request) override {
    return session_->start(request);
  }
  Result<OpenedStream> open_stream(Request& request) override {
    return session_->open_stream(request);
  }
  Executor& executor() noexcept override { return session_->executor(); }
  ChannelState state() const noexcept override { return session_->state(); }
  Result<void> drain(std::chrono::nanoseconds deadline) override {
    return session_->drain(deadline);
  }
  Result<void> close(std::chrono::nanoseconds deadline) override {
    return session_->close(deadline);
  }

  ParentSession& session() noexcept { return *session_; }

 private:
  std::shared_ptr<ParentSession> session_;
};

/// A channel to a worker that open() will start.
std::shared_ptr<ParentChannel> make_spawn_channel(const std::string& script,
                                                  const std::string& executable,
                                                  const SpawnOptions& options, Runtime* runtime);
/// A channel to a service that open() will look for.
std::shared_ptr<ParentChannel> make_connect_channel(const std::string& service_id,
                                                    const ConnectOptions& options,
                                                    Runtime* runtime);

}  // namespace multifrost::session
