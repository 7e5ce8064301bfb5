// A worker's session over a transport in memory, with functions that the test writes.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "multifrost/codec.h"
#include "session/worker_session.h"
#include "session_support.h"

namespace multifrost::session {

/// A Dispatcher of one function, as generated code has it for many.
class OneFunction final : public Dispatcher {
 public:
  using Body = std::function<Value(const std::vector<Value>&, CallContext&)>;
  explicit OneFunction(Body body) : body_(std::move(body)) {}
  const Interface& interface() const noexcept override {
    static constexpr Interface kNone{};
    return kNone;
  }
  void dispatch(IncomingCall& call) override {
    std::vector<Value> arguments(call.argument_count());
    for (Value& argument : arguments) {
      if (!call.argument<codec::Any>(argument)) return;
    }
    call.answer<codec::Any>(body_(arguments, call.context()));
  }

 private:
  Body body_;
};

/// A session and the parent that the test plays.
class WorkerSessionTest : public testing::Test {
 protected:
  using PeerId = transport::PeerId;

  ~WorkerSessionTest() override { end(); }

  /// For the destructor of a fixture whose members handlers use.
  void end() {
    if (!thread_.joinable()) return;
    session_->stop();
    thread_.join();
  }

  void add(std::string_view name, OneFunction::Body body, std::string_view name_space = "default") {
    functions_.add(name_space, name, std::make_unique<OneFunction>(std::move(body)));
  }
  void serve(const WorkerOptions& options = {}) {
    auto transport = std::make_unique<FakeTransport>();
    parent_ = transport.get();
    session_ = std::make_unique<WorkerSession>(std::move(transport), protocol::multifrost_v3(),
                                               functions_, options);
    thread_ = std::jthread([this] {
      session_->serve();
      session_->finish();
      ended_ = true;
      ended_.notify_all();
    });
    parent_->connect();
  }
  void call(std::string_view id, std::string_view function, Value::Array arguments = {},
            PeerId peer = FakeTransport::kPeer) {
    parent_->deliver(
        message_of(
            "call", id,
            {{"function", function}, {"args", std::move(arguments)}, {"namespace", "default"}}),
        peer);
  }
  void add_echo() {
    add("echo", [](const std::vector<Value>& values, CallContext&) {
      return values.empty() ? Value() : values[0];
    });
  }

  FunctionTable functions_;
  FakeTransport* parent_ = nullptr;
  std::unique_ptr<WorkerSession> session_;
  std::atomic<bool> ended_ = false;
  std::jthread thread_;
};

}  // namespace multifrost::session
