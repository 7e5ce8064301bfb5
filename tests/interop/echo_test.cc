// Every type of the language, from a typed C++ client to workers in C++ and Python and back.
//
// ECHO_WORKERS lists them, "name=script[|executable]" separated by ";"; ODD_WORKER is the Python
// worker that answers as published peers do, or as a broken one would.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "echo.mf.h"
#include "multifrost/error.h"
#include "multifrost/parent_worker.h"

namespace echo = interop::echo;
using testing::HasSubstr;

namespace {

struct WorkerProgram {
  std::string name;
  std::string script;
  std::string executable;
};

std::string required_variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) {
    ADD_FAILURE() << name << " is not set: run these tests through ctest";
    return {};
  }
  return value;
}

WorkerProgram parse(const std::string& text) {
  const auto name_end = text.find('=');
  const auto script_end = text.find('|', name_end);
  WorkerProgram program{text.substr(0, name_end), {}, {}};
  program.script = text.substr(name_end + 1, script_end - name_end - 1);
  if (script_end != std::string::npos) program.executable = text.substr(script_end + 1);
  return program;
}

class Echo : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const WorkerProgram program = parse(required_variable(GetParam()));
    client_ = std::make_unique<echo::EchoClient>(
        echo::EchoClient::spawn(program.script, program.executable));
  }
  const echo::EchoClient& client() { return *client_; }

 private:
  std::unique_ptr<echo::EchoClient> client_;
};

INSTANTIATE_TEST_SUITE_P(Workers, Echo, testing::Values("ECHO_CPP_WORKER", "ECHO_PYTHON_WORKER"),
                         [](const auto& instance) {
                           const std::string name = instance.param;
                           return name == "ECHO_CPP_WORKER" ? "cpp" : "python";
                         });

template <class T>
std::vector<T> extremes() {
  using Limits = std::numeric_limits<T>;
  return {Limits::min(), Limits::max(), T{0}, T{1}, static_cast<T>(Limits::max() / 2)};
}

/// The interface as an older or newer .mfidl would have it.
constexpr std::string_view kOtherFingerprint = "0123456789abcdef";
multifrost::Interface other_version() {
  multifrost::Interface other = echo::Echo::kInterface;
  other.fingerprint = kOtherFingerprint;
  return other;
}

TEST_P(Echo, AClientOfAnotherVersionDoesNotStart) {
  const WorkerProgram program = parse(required_variable(GetParam()));
  const multifrost::Interface other = other_version();
  auto worker = multifrost::ParentWorker::spawn(program.script, program.executable);
  ASSERT_TRUE(worker.channel()->expect(other).ok()) << "nobody can know yet";
  try {
    worker.start();
    FAIL() << "it started";
  } catch (const multifrost::InterfaceMismatchError& error) {
    EXPECT_THAT(error.what(), HasSubstr("interop.echo.Echo"));
    EXPECT_THAT(error.what(), HasSubstr(std::string(kOtherFingerprint)));
    EXPECT_THAT(error.what(), HasSubstr(std::string(echo::Echo::kInterface.fingerprint)));
  }
}

TEST_P(Echo, OneWorkerServesTheClientsOfSeveralInterfaces) {
  EXPECT_EQ(echo::SecondClient(client().channel()).name(), "second");
  const multifrost::Interface other = other_version();
  const auto refused = client().channel()->expect(other);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().code(), multifrost::ErrorCode::interface_mismatch);
  EXPECT_TRUE(client().boolean(true)) << "the worker goes on serving who fits";
}

TEST_P(Echo, TheTraceOfACallArrives) {
  const std::string parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  using Trace = std::vector<std::string>;
  EXPECT_EQ(client().trace(), (Trace{"", ""}));
  EXPECT_EQ(client().with({.traceparent = parent, .tracestate = "a=1"}).trace(),
            (Trace{parent, "a=1"}));
  EXPECT_EQ(client().with({.timeout = std::chrono::seconds(30), .traceparent = parent}).trace(),
            (Trace{parent, ""}));
  EXPECT_EQ(client().with({.traceparent = "odd", .tracestate = "a=1"}).trace(), (Trace{"", ""}));
}

TEST_P(Echo, IntegersSurviveAtTheirLimits) {
  for (const auto value : extremes<std::int8_t>()) EXPECT_EQ(client().int8(value), value);
  for (const auto value : extremes<std::int16_t>()) EXPECT_EQ(client().int16(value), value);
  for (const auto value : extremes<std::int32_t>()) EXPECT_EQ(client().int32(value), value);
  for (const auto value : extremes<std::int64_t>()) EXPECT_EQ(client().int64(value), value);
  for (const auto value : extremes<std::uint8_t>()) EXPECT_EQ(client().uint8(value), value);
  for (const auto value : extremes<std::uint16_t>()) EXPECT_EQ(client().uint16(value), value);
  for (const auto value : extremes<std::uint32_t>()) EXPECT_EQ(client().uint32(value), value);
  for (const auto value : extremes<std::uint64_t>()) EXPECT_EQ(client().uint64(value), value);
  constexpr std::int64_t kSafe = (std::int64_t{1} << 53) - 1;
  for (const auto value : {-kSafe, kSafe}) EXPECT_EQ(client().safe(value), value);
}

TEST_P(Echo, EveryWidthOfAnIntegerSurvives) {
  for (int bit = 0; bit < 63; ++bit) {
    const std::int64_t value = std::int64_t{1} << bit;
    for (const auto near : {value - 1, value, -value, -value - 1}) {
      ASSERT_EQ(client().int64(near), near);
    }
  }
}

TEST_P(Echo, FloatsSurvive) {
  for (const double value : {0.0, -0.0, 3.0, 0.1, 1e308, -1e-308, 5e-324, 1e15, 4294967296.0}) {
    EXPECT_EQ(client().number(value), value);
    EXPECT_EQ(std::signbit(client().number(value)), std::signbit(value));
  }
  EXPECT_EQ(client().single(3.4028235e38F), 3.4028235e38F);
  EXPECT_EQ(client().single(0.1F), 0.1F);
}

TEST_P(Echo, WhatThisWireCannotCarryIsRefusedBeforeItIsSent) {
  const auto refused = client().try_number(std::nan(""));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().code(), multifrost::ErrorCode::invalid_argument);
  EXPECT_EQ(refused.failure().execution(), multifrost::Execution::not_executed);
  EXPECT_THAT(refused.failure().message(), HasSubstr("Echo.number: value"));

  EXPECT_THROW((void)client().safe(std::int64_t{1} << 53), multifrost::InvalidArgumentError);
  EXPECT_EQ(client().maybe(std::nan("")), std::nullopt) << "an f64? sends NaN as null";
  EXPECT_TRUE(std::isnan(client().noisy(std::nullopt))) << "@nan_as_null on the result";
}

TEST_P(Echo, TextAndBytesSurvive) {
  for (const std::string& text :
       {std::string(), std::string("grüße 😀"), std::string("a\0b", 3), std::string(70000, 'x')}) {
    EXPECT_EQ(client().text(text), text);
  }
  std::vector<unsigned char> raw(70000);
  for (std::size_t i = 0; i < raw.size(); ++i) raw[i] = static_cast<unsigned char>(i * 31);
  EXPECT_EQ(client().raw(raw), multifrost::Bytes(multifrost::BytesView(raw)));
  EXPECT_TRUE(client().raw({}).empty());
  EXPECT_THROW((void)client().text("\xff\xfe"), multifrost::InvalidArgumentError);
}

TEST_P(Echo, TimesSurviveToTheMicrosecond) {
  using namespace std::chrono_literals;
  const std::chrono::sys_time<std::chrono::microseconds> now(1'795'240'361'754'028us);
  EXPECT_EQ(client().at(now), now);
  EXPECT_EQ(client().span(-1us), -1us);
  EXPECT_EQ(client().span(36h), 36h);
}

echo::Everything filled() {
  using namespace std::chrono_literals;
  const std::chrono::sys_time<std::chrono::microseconds> at(1'795'240'361'754'028us);
  const std::chrono::sys_time<std::chrono::microseconds> at_millis(1'795'240'361'754ms);
  echo::Everything all;
  all.small = -128;
  all.large = std::numeric_limits<std::uint64_t>::max();
  all.safe = -9007199254740991;
  all.single = 0.5F;
  all.double_ = 1e-300;
  all.text = "ä";
  all.raw = multifrost::Bytes(std::string_view("\0\xff", 2));
  all.extra = multifrost::Value::Map{{"a", multifrost::Value(1)},
                                     {"b", multifrost::Value::Array{"x", nullptr, 2.5}}};
  all.at = at;
  all.at_millis = at_millis;
  all.at_ext = at;
  all.span = -3us;
  all.span_millis = 1500ms;
  all.colour = echo::Colour::sky;
  all.level = echo::Level::low;
  all.backend = echo::Backend("tpu");
  all.code = echo::Code(std::uint8_t{200});
  all.inner = {.text = "in", .flag = false};
  all.list_of_lists = {{}, {1, 255}};
  all.by_name = {{"", {.text = "empty key"}}, {"ü", {}}};
  all.by_number = {{-5, "minus"}, {0, ""}};
  all.by_colour = {{echo::Colour::red, std::int8_t{1}}};
  all.pair = {7, "seven"};
  all.nullable = 0;
  all.omitted = "";
  all.defaulted = 8;
  all.defaulted_list = {"one"};
  all.shape = echo::Square{.side = 2.0, .corner = "round"};
  all.key = std::variant<std::string, std::int64_t>("k");
  all.noisy = {1.0};
  all.class_ = "first";
  echo::Tree leaf{.value = 3, .children = {}, .next = {}};
  all.tree = echo::Tree{.value = 1, .children = {leaf, leaf}, .next = leaf};
  return all;
}

TEST_P(Echo, AStructOfEverythingSurvives) {
  const echo::Everything all = filled();
  EXPECT_EQ(client().everything(all), all) << to_string(client().everything(all));
  const echo::Everything empty;
  EXPECT_EQ(client().everything(empty), empty) << to_string(client().everything(empty));
}

TEST_P(Echo, UnionsAreToldApartByTheirTag) {
  const std::vector<echo::Shape> shapes = {echo::Circle{.radius = 1}, echo::Square{.side = 2}};
  EXPECT_EQ(client().shapes(shapes), shapes);
  const echo::Part unknown(multifrost::Value(
      multifrost::Value::Map{{"kind", multifrost::Value("cone")}, {"h", multifrost::Value(3)}}));
  EXPECT_EQ(client().part(unknown), unknown);
}

TEST_P(Echo, UnknownKeysAreKeptWhereTheStructSaysSo) {
  echo::Loose loose;
  loose.a = 1;
  loose.unknown_fields = {{"b", multifrost::Value(2)}};
  EXPECT_EQ(client().loose(loose), loose);
}

TEST_P(Echo, InlineUnionsTakeEveryMember) {
  using Key = std::optional<std::variant<std::string, std::int64_t>>;
  for (const Key& key : {Key("text"), Key(std::int64_t{-1}), Key()}) {
    EXPECT_EQ(client().key(key), key);
  }
}

TEST_P(Echo, UntypedValuesSurvive) {
  const multifrost::Value value = multifrost::Value::Map{
      {"list", multifrost::Value::Array{1, -1, 1.5, "s", nullptr, true}},
      {"bytes", multifrost::Value(multifrost::Bytes(std::string_view("\1\2")))},
      {"deep", multifrost::Value::Map{{"k", multifrost::Value(std::int64_t{1} << 62)}}}};
  EXPECT_EQ(client().extra(value), value);
}

TEST_P(Echo, MissingArgumentsTakeTheirDefaults) {
  using Answer = std::vector<std::optional<std::int32_t>>;
  EXPECT_EQ(client().defaults(1), (Answer{1, 2, std::nullopt, std::nullopt}));
  EXPECT_EQ(client().defaults(1, 5, 3), (Answer{1, 5, 3, std::nullopt}));
  const auto hole = client().try_defaults(1, 2, std::nullopt, 4);
  ASSERT_FALSE(hole.ok());
  EXPECT_EQ(hole.failure().execution(), multifrost::Execution::not_executed);
}

TEST_P(Echo, LimitsAreCheckedOnTheWayBack) {
  EXPECT_EQ(client().share(1.0), 1.0);
  const auto refused = client().try_share(1.5);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.failure().message(), HasSubstr("result"));
}

TEST_P(Echo, ADeclaredErrorArrivesWithItsFields) {
  try {
    client().fail("NotFound");
    FAIL() << "no error arrived";
  } catch (const echo::NotFound& error) {
    ASSERT_NE(error.details(), nullptr);
    EXPECT_EQ(error.details()->id, "x-1");
    EXPECT_EQ(error.details()->hint, "look elsewhere");
    EXPECT_THAT(error.message(), HasSubstr("no such thing"));
    EXPECT_EQ(error.execution(), multifrost::Execution::executed);
  }
  EXPECT_THROW(client().fail("Busy"), echo::Busy);
}

TEST_P(Echo, AnUndeclaredErrorIsARemoteCallError) {
  const auto failed = client().try_fail("undeclared");
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.failure().code(), multifrost::ErrorCode::remote);
  EXPECT_THAT(failed.failure().message(), HasSubstr("not in the list"));
}

TEST_P(Echo, TwoInterfacesShareAWorker) {
  const echo::SecondClient second(client().channel());
  EXPECT_EQ(second.name(), "second");
}

TEST_P(Echo, CallsInFlightEachGetTheirOwnAnswer) {
  std::vector<multifrost::Pending<std::int64_t>> pending;
  for (std::int64_t i = 0; i < 500; ++i) pending.push_back(client().async().int64(i * i));
  for (std::int64_t i = 0; i < 500; ++i) {
    ASSERT_EQ(pending[static_cast<std::size_t>(i)].get(), i * i);
  }
}

TEST(EchoPython, AMatchedForeignErrorBecomesTheDeclaredOne) {
  const WorkerProgram program = parse(required_variable("ECHO_PYTHON_WORKER"));
  const auto client = echo::EchoClient::spawn(program.script, program.executable);
  try {
    client.fail("KeyError");
    FAIL() << "no error arrived";
  } catch (const echo::NotFound& error) {
    EXPECT_EQ(error.details(), nullptr) << "a KeyError brings no fields";
    EXPECT_EQ(error.remote_type(), "KeyError");
  }
}

TEST(EchoPython, AResultOfTheWrongTypeIsAnErrorThatNamesItsPath) {
  const WorkerProgram program = parse(required_variable("ECHO_PYTHON_WORKER"));
  const auto client = echo::EchoClient::spawn(program.script, program.executable);
  const auto failed = client.try_fail("wrong type");
  ASSERT_FALSE(failed.ok());
  EXPECT_THAT(failed.failure().message(), HasSubstr("result: expected i32, got string"));
}

// What published peers, or broken ones, answer.
class Odd : public testing::Test {
 protected:
  Odd() {
    const WorkerProgram program = parse(required_variable("ODD_WORKER"));
    client_ = std::make_unique<echo::EchoClient>(
        echo::EchoClient::spawn(program.script, program.executable));
  }
  const echo::EchoClient& client() { return *client_; }

  template <class T>
  void expect_misfit(const multifrost::Result<T>& result, const std::string& message) {
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.failure().code(), multifrost::ErrorCode::decode);
    EXPECT_THAT(result.failure().message(), HasSubstr(message));
  }

 private:
  std::unique_ptr<echo::EchoClient> client_;
};

TEST_F(Odd, NumbersOfJavaScriptAreRead) {
  EXPECT_EQ(client().number(0.0), 3.0) << "3.0 arrives as the integer 3";
  EXPECT_EQ(client().int64(0), std::int64_t{1} << 40) << "a large integer arrives as a float";
  EXPECT_EQ(client().int8(1), -1);
}

TEST_F(Odd, UndefinedIsNull) { EXPECT_EQ(client().maybe(1.0), std::nullopt); }

TEST_F(Odd, AMethodWithoutResultIgnoresWhatComesBack) { EXPECT_NO_THROW(client().nothing()); }

TEST_F(Odd, KeysThatAreNoTextAreKeptAsText) {
  const echo::Loose loose = client().loose({});
  EXPECT_EQ(loose.a, 1);
  EXPECT_EQ(loose.unknown_fields.size(), 2U);
}

TEST_F(Odd, WhatDoesNotFitNamesItsPath) {
  expect_misfit(client().try_number(1.0),
                "Echo.number: result: expected f64, got null (this wire turns NaN into null; "
                "declare f64? or @nan_as_null)");
  expect_misfit(client().try_number(2.0), "result: expected f64, got string \"3.0\"");
  expect_misfit(client().try_number(3.0), "result: expected f64, got true");
  expect_misfit(client().try_int64(1), "result: expected i64, got 2.5");
  expect_misfit(client().try_int64(3), "result: 1e+300 is out of range for i64");
  expect_misfit(client().try_int8(0), "result: 128 is out of range for i8 (-128 to 127)");
  expect_misfit(client().try_text("bytes"), "result: expected string, got bytes");
  expect_misfit(client().try_text("undefined"), "result: expected string, got null");
  expect_misfit(client().try_raw({}), "result: expected bytes, got string");
  expect_misfit(client().try_key(std::nullopt), "result: expected number or string, got list of 1");
  expect_misfit(client().try_shapes({}),
                "result[1]: expected Shape (kind: circle, sq), got \"triangle\"");
  expect_misfit(client().try_exact({}), "result: unknown key");
}

}  // namespace
