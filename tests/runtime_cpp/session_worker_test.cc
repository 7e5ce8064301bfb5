// A worker's session against scripted parents: every call answered, to the connection that it came
// from.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "multifrost/child_worker.h"
#include "multifrost/responder.h"
#include "session_worker_support.h"

namespace multifrost::session {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using transport::PeerId;

TEST_F(WorkerSessionTest, AnswersGoToTheConnectionNotToTheId) {
  add_echo();
  serve({.many_parents = true});
  call("same-id", "echo", {"one"}, PeerId{1});
  call("same-id", "echo", {"two"}, PeerId{2});
  const auto first = parent_->next();
  const auto second = parent_->next();
  EXPECT_EQ(first.peer, PeerId{1});
  EXPECT_EQ(first.value["result"], Value("one"));
  EXPECT_EQ(second.peer, PeerId{2});
  EXPECT_EQ(second.value["result"], Value("two"));
  parent_->lose(0, PeerId{9});
  call("x", "echo", {3}, PeerId{1});
}

TEST_F(WorkerSessionTest, OddCallsAreMetAsTheWirePageSays) {
  add_echo();
  serve();
  parent_->deliver(message_of("call", "a", {{"function", "echo"}}));  // Go leaves empty args out
  EXPECT_TRUE(parent_->next().value["result"].is_null());
  for (const Value& name_space : {Value(), Value("")}) {
    parent_->deliver(message_of("call", "b", {{"function", "echo"}, {"namespace", name_space}}));
    EXPECT_EQ(parent_->next().id(), "b");
  }
  parent_->deliver(message_of("call", "c", {{"args", Value::Array{}}}));
  EXPECT_THAT(parent_->next().value["error"].as_string(),
              HasSubstr("Message missing 'function' field"));
  parent_->deliver(message_of("call", "d", {{"function", "echo"}, {"namespace", "other"}}));
  parent_->deliver(message_of("call", "", {{"function", "echo"}}));
  parent_->deliver(message_of("unheard_of", "e"));
  call("f", "echo", {1});
  EXPECT_EQ(parent_->next().id(), "f") << "the three before were ignored";
}

TEST_F(WorkerSessionTest, ErrorStringsAreExact) {
  add_echo();
  add("fail", [](const std::vector<Value>&, CallContext&) -> Value {
    throw std::invalid_argument("bad \xff input");
  });
  serve();
  call("a", "missing");
  EXPECT_EQ(parent_->next().value["error"], Value("Function 'missing' not found"));
  call("b", "_hidden");
  EXPECT_EQ(parent_->next().value["error"], Value("Cannot call private method '_hidden'"));
  call("c", "fail");
  const auto failed = parent_->next();
  EXPECT_THAT(failed.value["error"].as_string(),
              testing::StartsWith("std::invalid_argument: bad "));
  EXPECT_EQ(failed.value["metadata"]["mf"]["executed"], Value(true));
}

TEST_F(WorkerSessionTest, AnswersOfABatchLeaveTogetherButWaitForNoSlowHandler) {
  std::atomic<bool> go = false;
  add("wait", [&](const std::vector<Value>&, CallContext&) {
    go.wait(false);
    return Value("waited");
  });
  add("start", [&](const std::vector<Value>&, CallContext&) {
    // While this runs everything else arrives.
    for (int i = 0; i < 20; ++i) call("quick" + std::to_string(i), "echo", {i});
    call("slow", "wait");
    return Value();
  });
  add_echo();
  serve();
  call("first", "start");
  EXPECT_EQ(parent_->next().id(), "first");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(parent_->next().value["result"], Value(i));
  EXPECT_TRUE(parent_->ever_held());
  go = true;
  go.notify_all();
  EXPECT_EQ(parent_->next().id(), "slow");
}

TEST_F(WorkerSessionTest, AnAnswerWaitsForNoOtherParentsCall) {
  constexpr auto kOther = static_cast<PeerId>(2);
  WorkerOptions options;
  options.many_parents = true;
  add("start", [&](const std::vector<Value>&, CallContext&) {
    call("one", "echo", {1});
    call("other", "echo", {2}, kOther);
    return Value();
  });
  add_echo();
  serve(options);
  parent_->connect(kOther);
  for (const char* id : {"not known to be quick", "quick"}) {
    call(id, "echo");
    EXPECT_EQ(parent_->next().id(), id);
  }
  call("first", "start");
  for (const char* id : {"first", "one", "other"}) EXPECT_EQ(parent_->next().id(), id);
  EXPECT_FALSE(parent_->ever_held());
}

TEST_F(WorkerSessionTest, TheStandbyAnswersHeartbeatsAndKeepsCallsInOrder) {
  std::atomic<bool> go = false;
  add("wait", [&](const std::vector<Value>&, CallContext&) {
    go.wait(false);
    return Value("waited");
  });
  add_echo();
  serve();
  call("slow", "wait");
  parent_->deliver(message_of("heartbeat", "beat", {{"args", Value::Array{17}}}));
  const auto echo = parent_->next();
  EXPECT_EQ(echo.id(), "beat") << "answered while the handler runs";
  EXPECT_EQ(echo.value["args"], Value(Value::Array{17}));
  EXPECT_EQ(echo.value["metadata"]["hb_response"], Value(true));
  EXPECT_GE(echo.value["metadata"]["mf"]["busy_ms"].as_int(), 10);
  for (int i = 0; i < 20; ++i) call("call" + std::to_string(i), "echo", {i});
  parent_->deliver(message_of("heartbeat", "beat2"));
  EXPECT_EQ(parent_->next().id(), "beat2") << "only control messages overtake";
  go = true;
  go.notify_all();
  EXPECT_EQ(parent_->next().id(), "slow");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(parent_->next().value["result"], Value(i));
  for (int i = 0; i < 20; ++i) call("more" + std::to_string(i), "echo", {i});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(parent_->next().value["result"], Value(i));
}

TEST_F(WorkerSessionTest, ADeferredCallKeepsItsPlaceUntilItIsAnswered) {
  std::promise<Responder<Value>> taken;
  add("later", [&](const std::vector<Value>&, CallContext&) {
    return deferred<Value>(
        [&](Responder<Value> responder) { taken.set_value(std::move(responder)); });
  });
  add_echo();
  serve();
  call("first", "later");
  call("second", "echo", {2});
  Responder<Value> responder = taken.get_future().get();
  parent_->deliver(
      message_of("heartbeat", "beat", {{"metadata", Value::Map{{"hb_timestamp", 1}}}}));
  EXPECT_EQ(parent_->next().id(), "beat") << "the standby answers, and nothing else was sent";
  responder.answer("done");
  const auto first = parent_->next();
  EXPECT_EQ(first.id(), "first");
  EXPECT_EQ(first.value["result"], Value("done"));
  EXPECT_EQ(parent_->next().id(), "second");
}

TEST_F(WorkerSessionTest, AHandlerSeesItsCallersTrace) {
  add("trace", [](const std::vector<Value>&, CallContext& context) {
    return Value(Value::Array{Value(context.traceparent()), Value(context.tracestate())});
  });
  serve();
  const std::string parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const auto seen = [&](Value::Map metadata) {
    parent_->deliver(
        message_of("call", "t", {{"function", "trace"}, {"metadata", Value(std::move(metadata))}}));
    return parent_->next("response").value["result"];
  };
  const auto pair = [](std::string_view first, std::string_view second) {
    return Value(Value::Array{Value(first), Value(second)});
  };
  EXPECT_EQ(seen({{"traceparent", parent}, {"tracestate", "a=1"}}), pair(parent, "a=1"));
  EXPECT_EQ(seen({{"traceparent", parent}, {"tracestate", 5}}), pair(parent, ""));
  EXPECT_EQ(seen({{"traceparent", "odd"}, {"tracestate", "a=1"}}), pair("", ""));
  EXPECT_EQ(seen({}), pair("", ""));
}

/// A worker of an interface without methods.
class Generated final : public Dispatcher {
 public:
  explicit Generated(const Interface& interface) : interface_(interface) {}
  const Interface& interface() const noexcept override { return interface_; }
  void dispatch(IncomingCall& call) override { call.fail_not_found(); }

 private:
  const Interface& interface_;
};

TEST_F(WorkerSessionTest, AParentThatAsksIsToldWhatIsServed) {
  const Interface one{.name = "a.One", .name_space = "one", .version = "1", .fingerprint = "f1"};
  const Interface two{.name = "a.Two", .name_space = "two", .version = "", .fingerprint = "f2"};
  Generated first(one);
  Generated second(two);
  functions_.add(first);
  functions_.add(second);
  add_echo();
  serve();
  const auto told = [&](Value::Map metadata) {
    parent_->deliver(message_of("heartbeat", "b", {{"metadata", std::move(metadata)}}));
    return parent_->next("heartbeat").value["metadata"]["mf"];
  };
  EXPECT_EQ(told({{"hb_timestamp", 1.5}}).find("iface"), nullptr);
  const Value mf = told({{"mf", Value::Map{{"v", 1}, {"iface", Value::Map{{"name", "a.One"}}}}}});
  ASSERT_EQ(mf["iface"].as_array().size(), 3u);
  EXPECT_EQ(mf["iface"].as_array()[0]["name"], Value("a.One"));
  EXPECT_EQ(mf["iface"].as_array()[0]["version"], Value("1"));
  EXPECT_EQ(mf["iface"].as_array()[1]["fingerprint"], Value("f2"));
  EXPECT_EQ(mf["iface"].as_array()[2]["name"], Value("")) << "functions of their own";
}

TEST_F(WorkerSessionTest, CancelReachesTheRunningCallAndRemovesQueuedOnes) {
  add("until_stopped", [](const std::vector<Value>&, CallContext& context) {
    while (!context.stop().stop_requested()) std::this_thread::yield();
    return Value("stopped");
  });
  add_echo();
  serve();
  call("running", "until_stopped");
  call("queued", "echo", {1});
  call("kept", "echo", {2});
  parent_->deliver(message_of("mf_cancel", "queued"));
  parent_->deliver(message_of("mf_cancel", "running"));
  EXPECT_EQ(parent_->next().id(), "running");
  EXPECT_EQ(parent_->next().id(), "kept");
}

TEST_F(WorkerSessionTest, ShutdownLetsTheRunningCallEndAndRefusesTheRest) {
  std::atomic<bool> stopped = false;
  add("until_stopped", [&](const std::vector<Value>&, CallContext& context) {
    while (!context.stop().stop_requested()) std::this_thread::yield();
    stopped = true;
    return Value("ended well");
  });
  add_echo();
  serve();
  call("running", "until_stopped");
  call("queued", "echo", {1});
  parent_->deliver(message_of("shutdown", "bye"));
  EXPECT_EQ(parent_->next().value["result"], Value("ended well"));
  const auto refused = parent_->next();
  EXPECT_EQ(refused.id(), "queued");
  EXPECT_THAT(refused.value["error"].as_string(), HasSubstr("shutting down"));
  EXPECT_EQ(refused.value["metadata"]["mf"]["code"], Value(15));
  EXPECT_EQ(refused.value["metadata"]["mf"]["executed"], Value(false));
  ended_.wait(false);
}

TEST_F(WorkerSessionTest, ALostParentEndsTheWorker) {
  add_echo();
  serve();
  call("a", "echo", {1});
  parent_->next();
  parent_->lose();
  ended_.wait(false);
}

TEST_F(WorkerSessionTest, AServiceOutlivesItsParentsAndTheirShutdowns) {
  add_echo();
  serve({.many_parents = true, .obey_shutdown = false});
  call("a", "echo", {1}, PeerId{1});
  parent_->next();
  parent_->deliver(message_of("shutdown", "bye"), PeerId{1});
  call("b", "echo", {2}, PeerId{1});
  EXPECT_EQ(parent_->next().value["result"], Value(2));
}

TEST_F(WorkerSessionTest, AnExpiredCallIsNotRun) {
  std::atomic<bool> go = false;
  std::atomic<bool> ran = false;
  add("wait", [&](const std::vector<Value>&, CallContext&) {
    go.wait(false);
    return Value();
  });
  add("late", [&](const std::vector<Value>&, CallContext&) {
    ran = true;
    return Value();
  });
  serve();
  call("slow", "wait");
  parent_->deliver(message_of(
      "call", "late",
      {{"function", "late"}, {"metadata", Value::Map{{"mf", Value::Map{{"deadline_ms", 0}}}}}}));
  go = true;
  go.notify_all();
  EXPECT_EQ(parent_->next().id(), "slow");
  EXPECT_EQ(parent_->next().value["metadata"]["mf"]["code"], Value(16));
  EXPECT_FALSE(ran);
}

TEST_F(WorkerSessionTest, EveryCapturedCallAndHeartbeatIsAnswered) {
  add_echo();
  for (const char* name : {"add", "noargs", "kw", "nested", "get_point"}) {
    add(name, [](const std::vector<Value>& values, CallContext&) { return Value(values); });
  }
  serve();
  std::size_t answered = 0;
  for (const char* file : {"python-parent", "js-parent", "go-parent", "rust-parent"}) {
    std::ifstream in(std::string(MULTIFROST_VECTORS) + "/" + file + ".json");
    for (const auto& vector : nlohmann::json::parse(in)) {
      const auto& decoded = vector.at("decoded");
      const std::string type = decoded.at("type");
      if (type != "call" && type != "heartbeat") continue;
      if (decoded.value("namespace", "default") != "default") continue;
      std::string frame;
      const std::string hex = vector.at("frames_hex").back();
      for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        frame.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
      }
      parent_->deliver(Bytes(std::string_view(frame)));
      const auto answer = parent_->next();
      SCOPED_TRACE(std::string(file) + ": " + decoded.dump());
      // What each sender demands of an answer: all four common fields, its own id, a known type.
      EXPECT_EQ(answer.value["app"], Value("comlink_ipc_v3"));
      EXPECT_EQ(answer.id(), decoded.at("id").get<std::string>());
      EXPECT_EQ(answer.value["timestamp"].kind(), Kind::floating);
      if (type == "heartbeat") {
        EXPECT_EQ(answer.type(), "heartbeat");
        EXPECT_EQ(answer.value["metadata"]["hb_response"], Value(true));
      } else {
        EXPECT_THAT(answer.type(), testing::AnyOf("response", "error"));
        EXPECT_TRUE(answer.value.find("result") != nullptr ||
                    answer.value.find("error") != nullptr);
      }
      ++answered;
    }
  }
  EXPECT_GT(answered, 20u);
}

TEST_F(WorkerSessionTest, HostileFramesDoNoHarm) {
  add_echo();
  serve();
  const std::string good(
      encode(message_of("call", "id", {{"function", "echo"}, {"args", Value::Array{1, "x"}}}))
          .value()
          .as_text());
  for (std::size_t i = 0; i < good.size(); ++i) {
    parent_->deliver(Bytes(std::string_view(good).substr(0, i)));
    std::string flipped = good;
    flipped[i] = static_cast<char>(~flipped[i]);
    parent_->deliver(Bytes(std::string_view(flipped)));
    for (const char head : {'\xdf', '\xdd', '\xdb', '\xc6', '\xc9'}) {
      std::string longest = good.substr(0, i);
      longest.push_back(head);
      longest.append(4, '\xff');
      longest.append(good, i + 1);
      parent_->deliver(Bytes(std::string_view(longest)));
    }
  }
  call("the last of them", "echo");
  while (parent_->next().id() != "the last of them") {
  }
  for (int i = 0; i < 1000; ++i) {
    call("good", "echo", {i});
    ASSERT_EQ(parent_->next().value["result"], Value(i));
  }
}

TEST(FunctionTable, RefusesTwoOfOneNameInOneNamespace) {
  ChildWorker worker({.read_environment = false});
  worker.function("add", [](std::vector<Value>) { return Value(); });
  worker.function(
      "add", [](std::vector<Value>) { return Value(); }, "other");
  EXPECT_THROW(worker.function("add", [](std::vector<Value>) { return Value(); }),
               std::invalid_argument);
  EXPECT_THAT(worker.list_functions(), testing::ElementsAre("add", "other:add"));
}

TEST(ChildWorker, SaysWhyItCannotStart) {
  ChildWorker worker({.read_environment = false});
  const auto failure = worker.start().failure();
  EXPECT_EQ(failure.code(), ErrorCode::connection);
  EXPECT_THAT(failure.message(), HasSubstr("COMLINK_ZMQ_PORT is not set"));
  worker.stop();
  testing::internal::CaptureStderr();
  EXPECT_EQ(worker.run(), 1);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("COMLINK_ZMQ_PORT"));
}

}  // namespace
}  // namespace multifrost::session
