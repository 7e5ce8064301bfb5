// The golden C++ at work: values through the codec, calls through a worker in this process, mocks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <ctime>
#include <limits>
#include <string>
#include <vector>

#include "clock.mf.h"
#include "multifrost/error.h"
#include "multifrost/in_process.h"
#include "names.mf.h"
#include "names.mock.mf.h"
#include "recursion.mf.h"
#include "split.mf.h"
#include "types.mf.h"
#include "types.mock.mf.h"
#include "vision.mf.h"
#include "vision.mock.mf.h"

namespace {

namespace mf = multifrost;
namespace types = acme::types;
namespace recursion = acme::recursion;
namespace split = acme::split;
namespace vision = acme::vision;
using mf::CallContext;
using testing::ElementsAre;
using testing::HasSubstr;

template <class T>
void expect_round_trip(const T& value) {
  for (const mf::Format format : {mf::Format::msgpack, mf::Format::json}) {
    const auto encoded = mf::encode(value, format);
    ASSERT_TRUE(encoded.ok()) << encoded.failure().message();
    const auto decoded = mf::decode<T>(*encoded, format);
    ASSERT_TRUE(decoded.ok()) << decoded.failure().message();
    EXPECT_TRUE(*decoded == value) << to_string(*decoded) << "\n" << to_string(value);
  }
}

template <class Number>
constexpr Number least() {
  return std::numeric_limits<Number>::lowest();
}
template <class Number>
constexpr Number greatest() {
  return std::numeric_limits<Number>::max();
}

types::Scalars extremes(bool low) {
  types::Scalars value;
  constexpr std::int64_t kGreatestI53 = (std::int64_t{1} << 53) - 1;
  value.yes = low;
  value.a = low ? least<std::int8_t>() : greatest<std::int8_t>();
  value.b = low ? least<std::int16_t>() : greatest<std::int16_t>();
  value.c = low ? least<std::int32_t>() : greatest<std::int32_t>();
  value.d = low ? least<std::int64_t>() : greatest<std::int64_t>();
  value.e = low ? least<std::uint8_t>() : greatest<std::uint8_t>();
  value.f = low ? least<std::uint16_t>() : greatest<std::uint16_t>();
  value.g = low ? least<std::uint32_t>() : greatest<std::uint32_t>();
  value.h = low ? least<std::uint64_t>() : greatest<std::uint64_t>();
  value.i = low ? -kGreatestI53 : kGreatestI53;
  value.j = low ? least<float>() : greatest<float>();
  value.k = low ? least<double>() : greatest<double>();
  value.text = low ? "" : std::string("gr\xC3\xBC\xC3\x9F\x65\0!", 9);
  value.data = low ? mf::Bytes() : mf::Bytes(std::string_view("\0\xFF\x80", 3));
  value.at = std::chrono::sys_seconds(std::chrono::seconds(low ? 0 : 1763712000));
  value.length = std::chrono::milliseconds(low ? -1500 : 250);
  return value;
}

types::Containers containers() {
  types::Containers value;
  value.matrix = {{1.5, 2}, {}};
  value.flags = {true, false};
  value.pair = {7, "seven"};
  value.by_name = {{"", extremes(true)}, {"b", extremes(false)}};
  value.by_number = {{-1, "a"}, {2, "b"}};
  value.by_color = {{types::Color::green, 1}};
  value.by_level = {{types::Level::low, {"x"}}};
  value.by_shade = {{types::Shade::dark, true}, {types::Shade(std::string("unknown")), false}};
  value.by_grade = {{types::Grade::good, true}, {types::Grade(std::uint16_t{999}), false}};
  value.places = {{.x = 1, .y = 2, .unit = types::base::Unit::foot}};
  return value;
}

TEST(Generated, EveryTypeRoundTrips) {
  expect_round_trip(extremes(true));
  expect_round_trip(extremes(false));
  expect_round_trip(containers());
  expect_round_trip(types::Optionals());
  types::Optionals full;
  full.nullable = 1;
  full.optional = "";
  full.color = types::Color::blue;
  full.list_of_nullable = {1.0, std::nullopt};
  full.maybe = "m";
  full.place = types::base::Point{};
  full.key = std::int64_t{5};
  expect_round_trip(full);
  expect_round_trip(types::Defaults());
  expect_round_trip(types::Strict{.value = 1});
  expect_round_trip(types::Shape(types::Square{.side = 2}));
}

TEST(Generated, DefaultsAreWhatTheFileSays) {
  const types::Defaults value;
  EXPECT_EQ(value.small, -128);
  EXPECT_EQ(value.large, types::GREATEST);
  EXPECT_EQ(value.text, "two\nlines");
  EXPECT_EQ(value.wait, std::chrono::microseconds(250));
  EXPECT_EQ(value.color, types::Color::blue);
  EXPECT_EQ(value.shade, types::Shade::dark);
  EXPECT_EQ(value.greeting, types::GREETING);
  EXPECT_EQ(types::LEAST, least<std::int64_t>());
  EXPECT_EQ(types::LONG_PATIENCE, std::chrono::hours(2));
  EXPECT_EQ(types::FAVOURITE, types::Color::green);
}

TEST(Generated, WhatDoesNotFitIsRefusedWithItsPath) {
  types::Limits limits{.count = 11, .other = 1, .name = "n"};
  const auto high = mf::encode(limits);
  ASSERT_FALSE(high.ok());
  EXPECT_THAT(high.failure().message(), HasSubstr("count"));
  limits.count = 10;
  limits.parts = {"a", "b", "c"};
  EXPECT_THAT(mf::encode(limits).failure().message(), HasSubstr("parts"));
  types::Encodings encodings;
  encodings.reading = std::nan("");
  const auto nan = mf::encode(encodings);
  ASSERT_TRUE(nan.ok());
  EXPECT_TRUE(std::isnan(mf::decode<types::Encodings>(*nan)->reading));
  auto scalars = extremes(true);
  scalars.k = std::nan("");
  EXPECT_THAT(mf::encode(scalars).failure().message(), HasSubstr("k"));
}

TEST(Generated, UnknownValuesOfOpenTypesAreKept) {
  const types::Shade shade(std::string("twilight"));
  EXPECT_FALSE(shade.known());
  EXPECT_EQ(shade.raw(), "twilight");
  EXPECT_EQ(types::Shade(std::string("dark")), types::Shade::dark);
  switch (types::Shade(types::Shade::light).value()) {
    case types::Shade::light:
      break;
    case types::Shade::dark:
      FAIL();
  }
  EXPECT_EQ(to_string(types::Grade(std::uint16_t{2})), "good");
  EXPECT_EQ(to_string(types::Grade(std::uint16_t{7})), "7");
  EXPECT_EQ(to_string(types::Color::green), "vert");

  const auto strange = mf::encode(mf::Value(mf::Value::Map{{"kind", "cone"}, {"height", 2.0}}));
  const auto figure = mf::decode<types::Figure>(*strange);
  ASSERT_TRUE(figure.ok()) << figure.failure().message();
  EXPECT_TRUE(std::holds_alternative<mf::Value>(*figure));
  expect_round_trip(*figure);
  EXPECT_FALSE(mf::decode<types::Shape>(*strange).ok());

  const auto kept = mf::encode(mf::Value(mf::Value::Map{{"value", 1}, {"later", "x"}}));
  const auto value = mf::decode<types::Kept>(*kept);
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(value->unknown_fields.size(), 1U);
  expect_round_trip(*value);
  EXPECT_FALSE(mf::decode<types::Strict>(*kept).ok());
}

TEST(Generated, TypesThatContainThemselves) {
  recursion::Node node{.value = 1, .next = recursion::Node{.value = 2}};
  expect_round_trip(node);
  recursion::Tree tree{.name = "root"};
  tree.children.push_back(recursion::Tree{.name = "child"});
  tree.left = tree;
  expect_round_trip(tree);
  recursion::Sum sum;
  sum.terms = {recursion::Literal{.value = 1},
               recursion::Negation{.operand = recursion::Literal{.value = 2}}};
  const recursion::Expression expression = sum;
  expect_round_trip(expression);
  const recursion::Expression copy = expression;
  EXPECT_EQ(copy, expression);
  EXPECT_TRUE(std::holds_alternative<recursion::Literal>(recursion::Expression()) ||
              std::holds_alternative<recursion::Sum>(recursion::Expression()));
}

// Gives back what it gets.
class Echo final : public types::TypesWorker {
 public:
  std::string ping(std::string text, CallContext&) override { return text; }
  double measure(types::base::Point place, CallContext&) override {
    throw types::base::OutOfRange({.limit = place.x}, "too far");
  }
  types::Scalars scalars(types::Scalars value, CallContext&) override { return value; }
  types::Encodings encodings(types::Encodings value, CallContext&) override { return value; }
  types::Limits limits(std::int32_t, types::Limits value, CallContext&) override { return value; }
  types::Containers containers(types::Containers value, CallContext&) override { return value; }
  types::Optionals optionals(types::Optionals value, CallContext&) override { return value; }
  types::Defaults defaults(types::Defaults value, std::chrono::microseconds wait,
                           types::Color color, std::vector<std::string> names, std::string text,
                           CallContext&) override {
    value.wait = wait;
    value.color = color;
    value.text = text + std::to_string(names.size());
    return value;
  }
  types::Strict strict(types::Strict value, CallContext&) override { return value; }
  types::Kept kept(types::Kept value, types::OnlyUnknown, CallContext&) override { return value; }
  types::Figure shape(types::Shape value, std::vector<types::Figure> others,
                      CallContext&) override {
    if (others.empty()) {
      throw types::Failed({.code = 3, .shape = std::move(value)}, "no others");
    }
    return others.back();
  }
  std::optional<types::Key> union_of(
      types::Key key,
      std::variant<std::string, double, mf::Bytes, std::vector<std::int32_t>, types::Strict> wide,
      CallContext&) override {
    if (wide.index() == 2) {
      return std::nullopt;
    }
    return key;
  }
  std::vector<std::optional<std::int32_t>> nullable(
      std::optional<std::int32_t> a, std::optional<std::string> b, std::optional<mf::Bytes> c,
      std::optional<std::vector<std::int32_t>> d, std::optional<types::Scalars> e,
      std::optional<std::vector<bool>> f, CallContext&) override {
    return {a, b ? 1 : 0, c ? 1 : 0, d ? 1 : 0, e ? 1 : 0, f ? 1 : 0};
  }
  std::optional<std::string> optional(std::optional<std::int32_t> a, std::optional<std::string> b,
                                      std::optional<mf::Bytes> c,
                                      std::optional<std::vector<std::string>> d,
                                      std::optional<types::Scalars> e,
                                      std::optional<std::vector<bool>> f, CallContext&) override {
    std::string text;
    for (const bool given : {a.has_value(), b.has_value(), c.has_value(), d.has_value(),
                             e.has_value(), f.has_value()}) {
      text += given ? '1' : '0';
    }
    return text;
  }
  void views(std::string, mf::Bytes, std::vector<mf::Bytes>, std::map<std::string, std::int32_t>,
             std::tuple<std::int32_t, std::int32_t>,
             std::chrono::sys_time<std::chrono::microseconds>, std::chrono::microseconds,
             types::Shade, types::Grade, types::Color, mf::Value, CallContext&) override {}
  types::MaybeId maybe(types::MaybeId id, CallContext&) override { return id; }
  std::vector<bool> bools(std::vector<bool> values, std::vector<std::vector<bool>>,
                          CallContext&) override {
    return values;
  }
};

class Calls : public testing::TestWithParam<mf::Format> {
 protected:
  Echo echo_;
  types::TypesClient client_ = mf::in_process<types::Types>(echo_, GetParam());
};

TEST_P(Calls, CarryEveryType) {
  EXPECT_EQ(client_.ping("hello"), "hello");
  EXPECT_TRUE(client_.scalars(extremes(true)) == extremes(true));
  EXPECT_TRUE(client_.scalars(extremes(false)) == extremes(false));
  EXPECT_TRUE(client_.containers(containers()) == containers());
  EXPECT_EQ(client_.union_of("k", 1.5), types::Key("k"));
  EXPECT_EQ(client_.union_of(std::int64_t{3}, mf::Bytes(std::string_view("b"))), std::nullopt);
  EXPECT_EQ(client_.maybe(std::nullopt), std::nullopt);
  EXPECT_EQ(client_.maybe("x"), "x");
  EXPECT_EQ(client_.bools({true, false}, {}), (std::vector<bool>{true, false}));
  client_.views("", std::string("bytes"), {}, {}, {1, 2}, {}, {}, types::Shade::dark,
                types::Grade::bad, types::Color::red, mf::Value());
}

TEST_P(Calls, DefaultAndOptionalArguments) {
  const types::Defaults defaults = client_.defaults({});
  EXPECT_EQ(defaults.wait, std::chrono::seconds(1));
  EXPECT_EQ(defaults.color, types::Color::red);
  EXPECT_EQ(defaults.text, "abc0");
  EXPECT_EQ(client_.optional(), "000000");
  EXPECT_EQ(client_.optional(1), "100000");
  EXPECT_EQ(client_.optional(1, "b", std::string("c"), std::nullopt), "111000");
  EXPECT_EQ(client_.optional(1, std::nullopt, std::string("c")), "101000");
  const auto hole = client_.try_optional(std::nullopt, "b");
  ASSERT_FALSE(hole.ok());
  EXPECT_EQ(hole.failure().code(), mf::ErrorCode::invalid_argument);
  EXPECT_EQ(hole.failure().execution(), mf::Execution::not_executed);
  EXPECT_THAT(client_.nullable(5, "", std::nullopt, std::nullopt, extremes(true), std::nullopt),
              ElementsAre(5, 1, 0, 0, 1, 0));
}

TEST_P(Calls, DeclaredErrorsArriveTyped) {
  try {
    client_.shape(types::Circle{.radius = 1}, {});
    FAIL();
  } catch (const types::Failed& error) {
    ASSERT_NE(error.details(), nullptr);
    EXPECT_EQ(error.details()->code, 3);
    EXPECT_TRUE(error.details()->shape == types::Shape(types::Circle{.radius = 1}));
    EXPECT_THAT(error.message(), HasSubstr("no others"));
  }
  const auto result = client_.try_measure({.x = 4});
  ASSERT_FALSE(result.ok());
  const auto error = result.failure().as<types::base::OutOfRange>();
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->details()->limit, 4);
  EXPECT_FALSE(result.failure().as<types::Failed>().has_value());
}

TEST_P(Calls, ArgumentsAreCheckedBeforeAnythingIsSent) {
  const auto result = client_.try_limits(-1, {.count = 1, .other = 1, .name = "n"});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.failure().code(), mf::ErrorCode::invalid_argument);
  EXPECT_THAT(result.failure().message(), HasSubstr("Types.limits: count"));
}

TEST_P(Calls, AsyncGivesAPending) {
  auto pending = client_.async().ping("later");
  EXPECT_EQ(pending.get(), "later");
}

INSTANTIATE_TEST_SUITE_P(Generated, Calls, testing::Values(mf::Format::msgpack, mf::Format::json),
                         [](const auto& instance) {
                           return instance.param == mf::Format::json ? "json" : "msgpack";
                         });

TEST(Generated, SplitSourcesAreOneInterface) {
  struct Worker final : split::LargeWorker {
    std::int32_t a(std::int32_t value, CallContext&) override { return value + 1; }
    split::Item b(split::Item, CallContext&) override { throw split::Missing("gone"); }
    void c(std::string, CallContext&) override {}
    std::vector<split::Item> d(CallContext&) override { return {{.amount = 4}}; }
    std::optional<mf::Bytes> e(std::optional<mf::Bytes> value, CallContext&) override {
      return value;
    }
  };
  Worker worker;
  const auto client = mf::in_process<split::Large>(worker);
  EXPECT_EQ(client.a(1), 2);
  EXPECT_THROW(client.b({}), split::Missing);
  client.c();
  EXPECT_EQ(client.d().front().amount, 4);
  EXPECT_FALSE(client.try_a(4).ok());
}

std::size_t count_cats(const vision::Vision& service) {
  std::size_t cats = 0;
  for (const vision::Detection& hit :
       service.detect(vision::FileSource{.path = "a.png"}, vision::Format::png)) {
    cats += hit.label == "cat" ? 1 : 0;
  }
  return cats;
}

TEST(Generated, MocksStandInForAWorker) {
  vision::MockVision mock;
  EXPECT_THROW(count_cats(mock), mf::UnimplementedError);
  mock.on_detect.returns(std::vector<vision::Detection>{{.label = "cat"}, {.label = "dog"}});
  EXPECT_EQ(count_cats(mock), 1U);
  ASSERT_EQ(mock.on_detect.calls().size(), 2U);
  EXPECT_EQ(std::get<1>(mock.on_detect.calls().back()), vision::Format::png);
  mock.on_detect.fails(vision::NotFound({.id = "7"}, "gone").failure());
  EXPECT_THROW(count_cats(mock), vision::NotFound);
  mock.on_report.answers([](const std::string& id) {
    vision::Report report;
    report.id = id + "!";
    return report;
  });
  EXPECT_EQ(mock.report("x")->id, "x!");
  mock.on_set_backend.returns();
  mock.set_backend(vision::Backend::cuda);
}

TEST(Generated, EscapedNamesKeepTheirWireNames) {
  namespace names = acme::linux_::std_::new_;
  EXPECT_EQ(to_string(names::class_::int_), "int");
  const auto encoded = mf::encode(names::struct_{.major_ = 1, .minor_ = 2}, mf::Format::json);
  ASSERT_TRUE(encoded.ok());
  EXPECT_THAT(std::string(encoded->as_text()), HasSubstr("\"major\":1"));
  EXPECT_EQ(names::run::kInterface.name, "acme.linux.std.new.run");
  std::vector<std::string_view> wire;
  for (const mf::Method* method : names::run::kInterface.methods) {
    wire.push_back(method->name);
  }
  EXPECT_TRUE(std::is_sorted(wire.begin(), wire.end()));
  EXPECT_THAT(wire, testing::Contains("odd name"));
  EXPECT_THAT(wire, testing::Contains("spawn"));
}

TEST(Generated, PackagesStandBesideTheCLibrary) {
  EXPECT_NE(::clock(), static_cast<std::clock_t>(-1));
  const clock_::index::tm at{.index = 7};
  EXPECT_EQ(to_string(at), "tm{\"index\":7}");
  EXPECT_EQ(clock_::index::Clock::kInterface.name, "clock.index.Clock");
}

}  // namespace
