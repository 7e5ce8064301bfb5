// Multifrost v3 messages: every captured frame reads as its vector says, what we write reads back,
// and no damaged frame does harm (wire page; tests/data/vectors).
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "multifrost/codec.h"
#include "multifrost/value.h"
#include "protocol/v3.h"

namespace multifrost::protocol {
namespace {

using nlohmann::json;

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

struct Vector {
  std::string name;
  std::string frame;
  json decoded;
};

std::vector<Vector> vectors() {
  std::vector<Vector> all;
  for (const char* file : {"python-parent", "js-parent", "go-parent", "rust-parent", "python-child",
                           "js-child", "go-child", "rust-child", "python-lib", "go-lib"}) {
    std::ifstream in(std::string(MULTIFROST_VECTORS) + "/" + file + ".json");
    const json list = json::parse(in);
    for (std::size_t i = 0; i < list.size(); ++i) {
      const json& frames = list[i].at("frames_hex");
      all.push_back({std::string(file) + "[" + std::to_string(i) + "]",
                     from_hex(frames.back().get<std::string>()), list[i].at("decoded")});
    }
  }
  return all;
}

Bytes frame_of(Encoder& to) {
  return Bytes(std::string_view(to.buffer().data(), to.buffer().size()));
}

std::string_view type_of(MessageKind kind) {
  switch (kind) {
    case MessageKind::call:
      return "call";
    case MessageKind::response:
      return "response";
    case MessageKind::error:
      return "error";
    case MessageKind::out:
      return "stdout";
    case MessageKind::err:
      return "stderr";
    case MessageKind::heartbeat:
      return "heartbeat";
    case MessageKind::shutdown:
      return "shutdown";
    default:
      return "unknown";
  }
}

TEST(V3, ReadsEveryCapturedFrame) {
  std::size_t read = 0;
  for (const Vector& vector : vectors()) {
    SCOPED_TRACE(vector.name);
    const Bytes frame{std::string_view(vector.frame)};
    Message message;
    const json known = vector.decoded.value("id", json());
    const std::string id = known.is_string() ? known.get<std::string>() : "";
    if (id.empty()) {  // nobody could be answered
      EXPECT_EQ(multifrost_v3().read(frame, message), Reading::garbage);
      continue;
    }
    ASSERT_EQ(multifrost_v3().read(frame, message), Reading::message);
    ++read;
    EXPECT_EQ(message.damage, "");
    EXPECT_EQ(message.id, id);
    EXPECT_EQ(type_of(message.kind), vector.decoded.at("type").get<std::string>());
    if (message.kind == MessageKind::call) {
      EXPECT_EQ(message.function, vector.decoded.at("function").get<std::string>());
      EXPECT_EQ(message.name_space, vector.decoded.value("namespace", ""));
      const json arguments = vector.decoded.value("args", json::array());
      EXPECT_EQ(message.arguments, arguments.size());
      Decoder from(message.arguments_at);
      for (std::size_t i = 0; i < message.arguments; ++i) EXPECT_TRUE(from.skip());
      EXPECT_TRUE(from.finish());
    }
    if (message.kind == MessageKind::response) {
      EXPECT_EQ(message.result.empty(), !vector.decoded.contains("result"));
    }
    if (message.kind == MessageKind::error) {
      EXPECT_EQ(message.text, vector.decoded.at("error").get<std::string>());
    }
    if (message.kind == MessageKind::out || message.kind == MessageKind::err) {
      EXPECT_EQ(message.text, vector.decoded.at("output").get<std::string>());
    }
  }
  EXPECT_GT(read, 150u);
}

TEST(V3, WritesACallInTheFormThatEveryPeerAccepts) {
  Encoder to;
  const V3 protocol;
  protocol.begin_call(to, {.id = "9146a407-05de-4c37-b0bd-3804304ebcef",
                           .function = "add",
                           .name_space = "",
                           .arguments = 2,
                           .deadline_ms = 1500});
  to.integer(1);
  to.string("two");
  protocol.end_call(to);
  const Bytes frame = frame_of(to);
  const Value value = decode_value(frame).value();
  EXPECT_EQ(value["app"], Value("comlink_ipc_v3"));
  EXPECT_EQ(value["type"], Value("call"));
  EXPECT_EQ(value["timestamp"].kind(), Kind::floating);
  EXPECT_EQ(value["namespace"], Value("default")) << "never empty";
  EXPECT_EQ(value["args"], Value(Value::Array{1, "two"}));
  EXPECT_EQ(value["metadata"]["mf"]["deadline_ms"], Value(1500));
  Message message;
  ASSERT_EQ(protocol.read(frame, message), Reading::message);
  EXPECT_EQ(message.function, "add");
  EXPECT_EQ(message.extras.deadline_ms, 1500u);
}

TEST(V3, AnErrorCarriesItsExtras) {
  Encoder fields;
  fields.begin_map(1);
  fields.key("id");
  fields.integer(7);
  fields.end_map();
  Encoder to;
  const V3 protocol;
  protocol.error(to, "some-id", "NotFound: no image 7",
                 {.code = ErrorCode::declared,
                  .execution = Execution::executed,
                  .type = "acme.vision.NotFound",
                  .fields = fields.buffer().view()});
  const Bytes frame = frame_of(to);
  Message message;
  ASSERT_EQ(protocol.read(frame, message), Reading::message);
  EXPECT_EQ(message.kind, MessageKind::error);
  EXPECT_EQ(message.text, "NotFound: no image 7");
  EXPECT_EQ(message.extras.code, 2u);
  EXPECT_EQ(message.extras.executed, true);
  EXPECT_EQ(message.extras.error_type, "acme.vision.NotFound");
  EXPECT_EQ(message.extras.error_fields.as_text(), fields.buffer().view().as_text());
}

TEST(V3, AnEchoGivesBackWhatWasSent) {
  const V3 protocol;
  for (const Vector& vector : vectors()) {
    if (vector.decoded.value("type", "") != "heartbeat") continue;
    SCOPED_TRACE(vector.name);
    const Bytes beat{std::string_view(vector.frame)};
    Message message;
    ASSERT_EQ(protocol.read(beat, message), Reading::message);
    Encoder to;
    protocol.echo(to, message, 12, {});
    const Bytes frame = frame_of(to);
    const Value sent = decode_value(beat).value();
    const Value echo = decode_value(frame).value();
    EXPECT_EQ(echo["id"], sent["id"]);
    EXPECT_EQ(echo["metadata"]["hb_response"], Value(true));
    EXPECT_EQ(echo["metadata"]["mf"]["busy_ms"], Value(12));
    if (const Value* arguments = sent.find("args")) {
      EXPECT_EQ(echo["args"], *arguments);
    }
    const Value* metadata = sent.find("metadata");
    if (metadata != nullptr && metadata->find("hb_timestamp") != nullptr) {
      EXPECT_EQ(echo["metadata"]["hb_timestamp"], (*metadata)["hb_timestamp"]);
    }
  }
}

TEST(V3, TheHandshakeTravelsAsOneMapOrAsAnArray) {
  const V3 protocol;
  const Interface first{.name = "a.First", .name_space = "", .version = "1", .fingerprint = "f1"};
  const Interface second{.name = "a.Second", .name_space = "", .version = "", .fingerprint = "f2"};
  for (const InterfaceList& list : {InterfaceList{}, {&first}, {&first, &second}}) {
    Encoder asking;
    protocol.heartbeat(asking, "id", &list);
    const Bytes beat = frame_of(asking);
    Message message;
    ASSERT_EQ(protocol.read(beat, message), Reading::message);
    ASSERT_FALSE(message.extras.interfaces.empty()) << "an empty list asks as well";
    const auto asked = protocol.interfaces(message.extras.interfaces);
    ASSERT_EQ(asked.size(), list.size());
    Encoder telling;
    protocol.echo(telling, message, std::nullopt, list);
    const Bytes echo = frame_of(telling);
    Message told;
    ASSERT_EQ(protocol.read(echo, told), Reading::message);
    EXPECT_EQ(told.extras.interfaces.empty(), list.empty());
    const auto served = protocol.interfaces(told.extras.interfaces);
    ASSERT_EQ(served.size(), list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
      EXPECT_EQ(served[i].name, list[i]->name);
      EXPECT_EQ(served[i].version, list[i]->version);
      EXPECT_EQ(served[i].fingerprint, list[i]->fingerprint);
    }
  }
  const Value one(Value::Map{{"name", "a.First"}, {"fingerprint", "f1"}});
  Encoder later;
  protocol.heartbeat(later, "id", nullptr);
  EXPECT_EQ(decode_value(frame_of(later)).value()["metadata"].find("mf"), nullptr)
      << "later heartbeats do not ask";
  const Bytes odd = encode(Value(Value::Array{5, one, "text"})).value();
  const auto read = protocol.interfaces(odd.view());
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].name, "a.First");
  EXPECT_EQ(read[0].version, "");
}

TEST(V3, ACallCarriesItsTraceBesideItsDeadline) {
  const V3 protocol;
  for (const bool has_state : {false, true}) {
    for (const bool has_deadline : {false, true}) {
      CallHead head;
      head.id = "id";
      head.function = "f";
      head.traceparent = "a-parent";
      if (has_state) head.tracestate = "a-state";
      if (has_deadline) head.deadline_ms = 7;
      Encoder to;
      protocol.begin_call(to, head);
      protocol.end_call(to);
      ASSERT_TRUE(to.finish());
      const Bytes frame = frame_of(to);
      Message message;
      ASSERT_EQ(protocol.read(frame, message), Reading::message);
      EXPECT_EQ(message.damage, "");
      EXPECT_EQ(message.traceparent, "a-parent");
      EXPECT_EQ(message.tracestate, has_state ? "a-state" : "");
      EXPECT_EQ(message.extras.deadline_ms.has_value(), has_deadline);
      EXPECT_EQ(message.extras.present, has_deadline);
    }
  }
}

TEST(V3, OtherApplicationsAndVersionsAreForeign) {
  const V3 protocol;
  const auto read = [&](const Value::Map& fields) {
    const Bytes frame = encode(Value(fields)).value();
    Message message;
    return protocol.read(frame, message);
  };
  EXPECT_EQ(read({{"app", "comlink_ipc_v4"}, {"id", "x"}, {"type", "call"}}), Reading::foreign);
  EXPECT_EQ(read({{"id", "x"}, {"type", "call"}}), Reading::garbage);
  EXPECT_EQ(read({{"app", "comlink_ipc_v3"}, {"type", "call"}}), Reading::garbage);
  EXPECT_EQ(read({{"app", "comlink_ipc_v3"}, {"id", 5}, {"type", "call"}}), Reading::garbage);
  EXPECT_EQ(read({{"app", "comlink_ipc_v3"}, {"id", "x"}, {"type", "call"}}), Reading::message);
}

TEST(V3, UnknownFieldsTypesAndWrongTypesAreIgnored) {
  const Bytes frame = encode(Value(Value::Map{{"app", "comlink_ipc_v3"},
                                              {"id", "x"},
                                              {"type", "from_the_future"},
                                              {"function", 5},
                                              {"args", "none"},
                                              {"namespace", nullptr},
                                              {"metadata", Value::Array{1, 2}},
                                              {"new_field", Value::Map{{"a", Value::Array{1}}}}}))
                          .value();
  Message message;
  ASSERT_EQ(multifrost_v3().read(frame, message), Reading::message);
  EXPECT_EQ(message.kind, MessageKind::unknown);
  EXPECT_FALSE(message.has_function);
  EXPECT_EQ(message.arguments, 0u);
  EXPECT_EQ(message.name_space, "");
}

TEST(V3, DamageBehindTheIdIsReportedWithIt) {
  Encoder to;
  multifrost_v3().begin_response(to, "some-id", Time{});
  to.buffer().push(static_cast<char>(0xc1));  // never used in msgpack
  const Bytes frame = frame_of(to);
  Message message;
  ASSERT_EQ(multifrost_v3().read(frame, message), Reading::message);
  EXPECT_EQ(message.id, "some-id");
  EXPECT_NE(message.damage, "");
}

/// The same map with a longer marker, which our own messages never have.
std::string with_map16(std::string frame) {
  const char fields = static_cast<char>(frame[0] & 0x0f);
  return std::string("\xde\0", 2) + fields + frame.substr(1);
}

TEST(V3, OurOwnOrderIsReadAsEveryOther) {
  const Protocol& protocol = multifrost_v3();
  constexpr std::string_view kId = "9146a407-05de-4c37-b0bd-3804304ebcef";
  std::vector<std::string> frames;
  const auto keep = [&](const Encoder& to) { frames.emplace_back(to.buffer().view().as_text()); };
  Encoder call;
  protocol.begin_call(
      call, {.id = kId, .function = "f", .name_space = "n", .arguments = 0, .deadline_ms = 5});
  protocol.end_call(call);
  keep(call);
  Encoder response;
  protocol.begin_response(response, kId, std::chrono::steady_clock::now());
  response.integer(7);
  protocol.end_response(response);
  keep(response);
  Encoder error;
  protocol.error(error, kId, "text", {});
  keep(error);
  Encoder shutdown;
  protocol.shutdown(shutdown, kId);
  keep(shutdown);
  for (const std::string& good : frames) {
    for (std::size_t flipped = 1; flipped <= good.size(); ++flipped) {
      std::string frame = good;
      if (flipped < good.size()) frame[flipped] = static_cast<char>(frame[flipped] ^ 0x11);
      Message message;
      Message oracle;
      const Bytes ours(std::string_view{frame});
      const Bytes other(std::string_view{with_map16(frame)});
      EXPECT_EQ(protocol.read(ours, message), protocol.read(other, oracle));
      EXPECT_EQ(message.kind, oracle.kind);
      EXPECT_EQ(message.id, oracle.id);
      EXPECT_EQ(message.function, oracle.function);
      EXPECT_EQ(message.name_space, oracle.name_space);
      EXPECT_EQ(message.arguments, oracle.arguments);
      EXPECT_EQ(message.result.as_text(), oracle.result.as_text());
      EXPECT_EQ(message.text, oracle.text);
      EXPECT_EQ(message.damage, oracle.damage);
    }
  }
}

TEST(V3, NoDamagedFrameDoesHarm) {
  for (const Vector& vector : vectors()) {
    Message message;
    const auto read = [&](const std::string& bytes) {
      const Bytes frame{std::string_view(bytes)};
      multifrost_v3().read(frame, message);
    };
    for (std::size_t i = 0; i < vector.frame.size(); ++i) {
      read(vector.frame.substr(0, i));
      std::string flipped = vector.frame;
      for (const int mask : {0x01, 0x80, 0xff}) {
        flipped[i] = static_cast<char>(vector.frame[i] ^ mask);
        read(flipped);
      }
      // Where this byte is a container's or a string's head, the longest length that msgpack has.
      for (const char head : {'\xdf', '\xdd', '\xdb', '\xc6', '\xc9'}) {
        std::string longest = vector.frame.substr(0, i);
        longest.push_back(head);
        longest.append(4, '\xff');
        longest.append(vector.frame, i + 1);
        read(longest);
      }
    }
  }
}

}  // namespace
}  // namespace multifrost::protocol
