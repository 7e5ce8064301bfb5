// A parent's session with a scripted worker at the other end: the test says what that does.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "log_records.h"
#include "session/dynamic_call.h"
#include "session/parent_channel.h"
#include "session_support.h"

namespace multifrost::session {

/// Hands out transports that the test has made.
class FakeLauncher final : public Launcher {
 public:
  struct Supply {
    std::mutex mutex;
    std::deque<std::shared_ptr<FakeTransport>> transports;
    std::atomic<int> launches = 0;
    std::function<void()> give_up;  ///< what close() does besides, before it ends the worker
  };
  explicit FakeLauncher(Supply& supply) : supply_(supply) {}
  Result<Launched> launch() override {
    ++supply_.launches;
    const std::lock_guard lock(supply_.mutex);
    if (supply_.transports.empty()) {
      return Failure(ErrorCode::spawn, Execution::not_executed, "the test has no worker left");
    }
    Launched launched;
    launched.transport = supply_.transports.front();
    supply_.transports.pop_front();
    return launched;
  }
  void give_up() noexcept override {
    if (supply_.give_up) supply_.give_up();
  }

 private:
  Supply& supply_;
};

class ParentSessionTest : public testing::Test {
 protected:
  ParentSessionTest() { next_incarnation(); }

  std::shared_ptr<FakeTransport> next_incarnation() {
    worker_ = std::make_shared<FakeTransport>();
    const std::lock_guard lock(supply_.mutex);
    supply_.transports.push_back(worker_);
    return worker_;
  }
  ParentSession& session() {
    if (!channel_) {
      channel_ = std::make_unique<ParentChannel>(
          std::make_shared<ParentSession>(runtime_.core(), std::make_unique<FakeLauncher>(supply_),
                                          protocol::multifrost_v3(), "scripted", options_));
    }
    return channel_->session();
  }
  Channel& channel() {
    session();
    return *channel_;
  }
  /// Opens the session; the scripted worker connects and answers the first heartbeat.
  void open(Value::Map extras = {}) {
    session();
    std::jthread opener([this] { EXPECT_TRUE(session().open().ok()); });
    worker_->connect();
    echo(std::move(extras));
  }
  /// With a worker that has our extensions.
  void open_ours() { open(kOurs); }
  void echo(Value::Map extras = {}) {
    const auto beat = worker_->next("heartbeat");
    Value::Map metadata{{"hb_response", true}};
    for (auto& entry : extras) metadata.push_back(std::move(entry));
    worker_->deliver(message_of("heartbeat", beat.id(), {{"metadata", std::move(metadata)}}));
  }
  Pending<Value> start(std::string_view function, CallOptions options = {}) {
    return start_dynamic_call(channel(), function, {1, 2}, options);
  }
  /// Answers the next call as soon as a caller reads.
  std::jthread answer_a_reader() {
    return std::jthread([this] {
      worker_->await_reader();
      answer(worker_->next("call").id(), "read");
    });
  }
  void answer(const std::string& id, Value result) {
    worker_->deliver(message_of("response", id, {{"result", std::move(result)}}));
  }

  const Value::Map kOurs{{"mf", Value::Map{{"v", 1}}}};
  std::shared_ptr<LogRecords> log_ = std::make_shared<LogRecords>();
  Runtime runtime_{{.log = log_, .log_level = LogLevel::debug}};
  SpawnOptions options_;
  FakeLauncher::Supply supply_;
  std::shared_ptr<FakeTransport> worker_;
  std::unique_ptr<ParentChannel> channel_;
};

}  // namespace multifrost::session
