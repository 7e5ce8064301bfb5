// The helpers that generated code is written with: structs, tagged unions, enums.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "multifrost/codec.h"
#include "multifrost/generated.h"
#include "multifrost/value.h"
#include "wire_support.h"

namespace multifrost {

// A small interface as the generator would write it.
namespace sample {

using namespace codec;

enum class Picture { jpeg, png, tiff };
constexpr std::string_view kPictureNames[] = {"jpeg", "png", "image/tiff"};
constexpr EnumTable kPicture = {"Picture", kPictureNames};
bool mf_write(Encoder& to, Picture value) {
  return write_enum(to, kPicture, static_cast<std::int64_t>(value));
}
bool mf_read(Decoder& from, Picture& into) {
  std::int64_t value;
  if (!read_enum(from, kPicture, value)) return false;
  into = static_cast<Picture>(value);
  return true;
}
bool mf_write_key(Encoder& to, Picture value) {
  return write_enum_key(to, kPicture, static_cast<std::int64_t>(value));
}
bool mf_read_key(Decoder& from, std::string_view text, Picture& into) {
  std::int64_t value;
  if (!read_enum_key(from, kPicture, text, value)) return false;
  into = static_cast<Picture>(value);
  return true;
}

constexpr std::string_view kPriorityNames[] = {"low", "normal", "high"};
constexpr std::int64_t kPriorityNumbers[] = {-1, 0, 2};
constexpr EnumTable kPriority = {"Priority", kPriorityNames, kPriorityNumbers};
constexpr std::string_view kHugeNames[] = {"small", "huge"};
constexpr std::int64_t kHugeNumbers[] = {1, -1};
constexpr EnumTable kHuge = {"Huge", kHugeNames, kHugeNumbers, true};

struct Tree {
  std::string label = {};
  double weight = 1.5;
  std::optional<std::int64_t> size = {};
  multifrost::Boxed<Tree> left = {};
  std::vector<Tree> children = {};
  UnknownFields unknown = {};
  bool operator==(const Tree&) const = default;
};
constexpr Field kTreeFields[] = {
    {"label", Field::kRequired}, {"weight"}, {"size"}, {"left"}, {"children"}};
constexpr StructTable kTree = {"Tree", kTreeFields};
bool mf_write(Encoder& to, const Tree& value);
bool mf_read(Decoder& from, Tree& value);
bool mf_write(Encoder& to, const Tree& value) {
  to.begin_map(4u + (value.size ? 1 : 0) + value.unknown.size());
  return field<String>(to, "label", value.label) && field<F64>(to, "weight", value.weight) &&
         field_if<I53>(to, "size", value.size) &&
         field<codec::Boxed<Generated<Tree>>>(to, "left", value.left) &&
         field<List<Generated<Tree>>>(to, "children", value.children) &&
         write_unknown(to, value.unknown);
}
bool mf_read(Decoder& from, Tree& value) {
  StructReader fields(from, kTree, &value.unknown);
  for (int index; fields.next(index);) {
    switch (index) {
      case 0:
        fields.read<String>(value.label);
        break;
      case 1:
        fields.read_or_keep<F64>(value.weight);
        break;
      case 2:
        fields.read<Optional<I53>>(value.size);
        break;
      case 3:
        fields.read<codec::Boxed<Generated<Tree>>>(value.left);
        break;
      case 4:
        fields.read_or_keep<List<Generated<Tree>>>(value.children);
        break;
    }
  }
  return fields.finish();
}

struct Point {
  std::int32_t x = 0;
  bool operator==(const Point&) const = default;
};
constexpr Field kPointFields[] = {{"x", Field::kRequired}};
constexpr StructTable kPoint = {"Point", kPointFields, true};
bool mf_write(Encoder& to, const Point& value) {
  to.begin_map(1);
  return field<I32>(to, "x", value.x);
}
bool mf_read(Decoder& from, Point& value) {
  StructReader fields(from, kPoint);
  for (int index; fields.next(index);) fields.read<I32>(value.x);
  return fields.finish();
}

struct Shape : std::variant<Tree, Point, Value> {
  using variant::variant;
};
constexpr std::string_view kShapeNames[] = {"tree", "point"};
constexpr UnionTable kShape = {"Shape", "kind", kShapeNames, true};
constexpr UnionTable kClosedShape = {"Shape", "kind", kShapeNames};
bool mf_write(Encoder& to, const Shape& value) {
  switch (value.index()) {
    case 0:
      return write_member(to, kShape, 0, std::get<0>(value));
    case 1:
      return write_member(to, kShape, 1, std::get<1>(value));
    default:
      return Any::write(to, std::get<2>(value));
  }
}
bool mf_read(Decoder& from, Shape& value) {
  const auto member = find_member(from, kShape);
  if (!member) return false;
  switch (*member) {
    case 0:
      return read_member(from, kShape, value.emplace<0>());
    case 1:
      return read_member(from, kShape, value.emplace<1>());
    default:
      return Any::read(from, value.emplace<2>());
  }
}

}  // namespace sample

namespace {

using namespace sample;

std::string json(const auto& value) {
  return std::string(encode(value, Format::json).value().as_text());
}

template <class T>
std::string why_not(std::string_view json_text) {
  const Result<T> result = decode<T>(BytesView(json_text), Format::json);
  return result.ok() ? "" : result.failure().message();
}

TEST(Struct, RoundTripsWithRecursionAndUnknownFields) {
  Tree tree{.label = "root", .size = 7};
  tree.left = Tree{.label = "left"};
  tree.children = {Tree{.label = "a"}, Tree{.label = "b", .weight = 0}};
  tree.unknown = {{"z", Value(3)}, {"y", Value("text")}};
  for (const Format format : {Format::msgpack, Format::json}) {
    const Bytes encoded = encode(tree, format).value();
    EXPECT_EQ(decode<Tree>(encoded, format).value(), tree);
  }
  EXPECT_EQ(json(Tree{.label = "x"}), R"({"label":"x","weight":1.5,"left":null,"children":[]})");
}

TEST(Struct, ReadsKeysInAnyOrderAndAbsentAsDefault) {
  const auto tree =
      decode<Tree>(BytesView(std::string_view(R"({"children":null,"label":"x"})")), Format::json);
  EXPECT_EQ(tree.value(), Tree{.label = "x"});
}

TEST(Struct, NamesThePathOfWhatDoesNotFit) {
  EXPECT_EQ(why_not<Tree>(R"({"label":"x","children":[{"label":"y"},{"label":5}]})"),
            "value.children[1].label: expected string, got 5");
  EXPECT_EQ(why_not<Tree>(R"({"label":"x","left":{"weight":3}})"),
            "value.left: expected Tree, but key \"label\" is missing");
  EXPECT_EQ(why_not<Tree>(R"({"label":"x","label":"y"})"), "");  // JSON has the last one only
  EXPECT_EQ(why_not<Tree>(R"([1])"), "value: expected Tree, got list of 1");
  EXPECT_EQ(why_not<Tree>(R"({"label":"x","weight":null})"),
            "value.weight: expected f64, got null (this wire turns NaN into null; declare f64? or "
            "@nan_as_null)");
  EXPECT_EQ(decode<Point>(BytesView(from_hex("82a17801a17802"))).failure().message(),
            "value: key \"x\" stands there twice");
  EXPECT_EQ(why_not<Point>(R"({"x":1,"y":2})"),
            "value: unknown key \"y\"; Point is strict and has x");
  Tree tree{.label = "x",
            .children = {Tree{.label = "y", .weight = std::numeric_limits<double>::infinity()}}};
  EXPECT_THAT(encode(tree).failure().message(),
              testing::StartsWith("value.children[0].weight: expected f64, got Infinity"));
  EXPECT_EQ(encode(tree).failure().code(), ErrorCode::invalid_argument);
}

TEST(Struct, DescribesItselfAsJson) {
  EXPECT_EQ(describe("Point", Point{.x = 3}), R"(Point{"x":3})");
  EXPECT_THAT(describe("Tree", Tree{.label = "\xff"}),
              testing::StartsWith("Tree{.label: expected UTF-8 text"));
}

TEST(Struct, ManyFieldsAreTracked) {
  constexpr int count = 130;
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back("f" + std::to_string(i));
  std::vector<Field> fields;
  for (const std::string& name : names) fields.push_back({name, Field::kRequired});
  const StructTable table = {"Wide", {fields.data(), fields.size()}};
  const auto read = [&](int left_out, int twice) {
    Encoder to;
    to.begin_map(static_cast<std::size_t>(count - (left_out >= 0) + (twice >= 0)));
    for (int i = 0; i < count; ++i) {
      for (int times = (i != left_out) + (i == twice); times > 0; --times) {
        to.key(names[static_cast<std::size_t>(i)]);
        to.integer(i);
      }
    }
    Decoder from{to.buffer().view()};
    StructReader reader(from, table);
    for (int index; reader.next(index);) {
      std::int64_t value = 0;
      reader.read<I64>(value);
      EXPECT_EQ(value, index);
    }
    return reader.finish() ? "" : from.reason();
  };
  EXPECT_EQ(read(-1, -1), "");
  for (const int at : {0, 63, 64, 129}) {
    const std::string key = "key \"f" + std::to_string(at) + "\"";
    EXPECT_EQ(read(at, -1), "expected Wide, but " + key + " is missing");
    EXPECT_EQ(read(-1, at), key + " stands there twice");
  }
}

TEST(Union, CarriesItsTagInsideTheMap) {
  const Shape shapes[] = {Tree{.label = "x"}, Point{.x = 3},
                          Value(Value::Map{{"kind", "circle"}, {"r", 2.5}})};
  for (const Shape& shape : shapes) {
    for (const Format format : {Format::msgpack, Format::json}) {
      const Bytes encoded = encode(shape, format).value();
      EXPECT_TRUE(decode<Shape>(encoded, format).value() == shape);
    }
  }
  // @strict members allow the tag's key, which may stand anywhere, and is not kept as unknown.
  EXPECT_EQ(json(shapes[1]), R"({"kind":"point","x":3})");
  EXPECT_TRUE(decode<Shape>(BytesView(std::string_view(R"({"x":3,"kind":"point"})")), Format::json)
                  .value() == shapes[1]);
  EXPECT_TRUE(std::get<Tree>(decode<Shape>(encode(shapes[0]).value()).value()).unknown.empty());
}

TEST(Union, SaysWhichTagsItKnows) {
  const auto closed = [](std::string_view text) {
    Decoder from{BytesView(text), Format::json};
    return find_member(from, kClosedShape) ? "" : from.reason();
  };
  EXPECT_EQ(closed(R"({"kind":"circle"})"), R"(expected Shape (kind: tree, point), got "circle")");
  EXPECT_EQ(closed(R"({"kind":3})"), "expected Shape (kind: tree, point), got 3");
  EXPECT_EQ(closed(R"({"x":3})"),
            R"(expected Shape (kind: tree, point), got a map without "kind")");
  EXPECT_EQ(closed("[]"), "expected Shape, got list of 0");
}

TEST(Enum, TravelsAsNameOrNumber) {
  EXPECT_EQ(json(Picture::tiff), R"("image/tiff")");
  EXPECT_EQ(decode<Picture>(BytesView(packed("png"))).value(), Picture::png);
  EXPECT_EQ(decode<Picture>(BytesView(packed("gif"))).failure().message(),
            R"(value: expected Picture (jpeg, png, image/tiff), got "gif")");
  EXPECT_EQ(decode<Picture>(BytesView(packed(1))).failure().message(),
            "value: expected Picture (jpeg, png, image/tiff), got 1");
  EXPECT_EQ(encode(static_cast<Picture>(9)).failure().message(),
            "value: expected Picture (jpeg, png, image/tiff), got 9");

  const auto number = [](const EnumTable& table, const std::string& message) {
    std::int64_t value = 77;
    Decoder from{BytesView(message)};
    return read_enum(from, table, value) ? std::to_string(value) : from.reason();
  };
  EXPECT_EQ(number(kPriority, packed(-1)), "-1");
  EXPECT_EQ(number(kPriority, from_hex("cb4000000000000000")), "2");  // 2.0 from JavaScript
  EXPECT_EQ(number(kPriority, packed(5)),
            "expected Priority (low = -1, normal = 0, high = 2), got 5");
  EXPECT_EQ(number(kPriority, packed(0.5)),
            "expected Priority (low = -1, normal = 0, high = 2), got 0.5");
  EXPECT_EQ(number(kPriority, packed(UINT64_MAX)),
            "expected Priority (low = -1, normal = 0, high = 2), got 18446744073709551615");
  EXPECT_EQ(number(kHuge, packed(UINT64_MAX)), "-1");
  EXPECT_EQ(number(kHuge, packed(-1)),
            "expected Huge (small = 1, huge = 18446744073709551615), got -1");
  Encoder to;
  EXPECT_TRUE(write_enum(to, kHuge, -1));
  EXPECT_EQ(to.buffer().view().as_text(), packed(UINT64_MAX));
}

TEST(Enum, KnowsItsNames) {
  EXPECT_EQ(find_value(kPicture, "png"), 1);
  EXPECT_EQ(find_value(kPicture, "gif"), std::nullopt);
  EXPECT_EQ(find_value(kPriority, "high"), 2);
  EXPECT_EQ(find_value(kPriority, std::int64_t{1}), std::nullopt);
  EXPECT_EQ(name_of(kPriority, -1), "low");
  EXPECT_EQ(name_of(kPicture, 3), "");
  EXPECT_EQ(name_of(kPicture, -1), "");
}

TEST(Enum, CanBeAMapsKey) {
  using Sizes = Map<EnumKey<Picture>, I32>;
  Encoder to;
  ASSERT_TRUE(Sizes::write(to, {{Picture::tiff, 3}}));
  Decoder from{to.buffer().view()};
  Sizes::Type read;
  ASSERT_TRUE(Sizes::read(from, read));
  EXPECT_EQ(read.at(Picture::tiff), 3);
  const std::string message = packed(std::map<std::string, int>{{"gif", 1}});
  EXPECT_EQ(refusal(message, [&](Decoder& d) { return Sizes::read(d, read); }),
            R"(expected Picture (jpeg, png, image/tiff) as map key, got "gif")");
  std::int64_t value = 0;
  Decoder none{BytesView()};
  EXPECT_TRUE(read_enum_key(none, kPriority, "-1", value));
  EXPECT_EQ(value, -1);
  EXPECT_TRUE(read_enum_key(none, kHuge, "18446744073709551615", value));
  EXPECT_EQ(value, -1);
  EXPECT_FALSE(read_enum_key(none, kPriority, "02", value));
}

TEST(Boxed, IsAnOptionalThatCopiesDeeply) {
  multifrost::Boxed<Tree> one = Tree{.label = "a"};
  multifrost::Boxed<Tree> two = one;
  EXPECT_TRUE(one == two);
  two->label = "b";
  EXPECT_EQ(one->label, "a");
  EXPECT_FALSE(one == two);
  one = std::move(two);
  EXPECT_EQ((*one).label, "b");
  one.reset();
  EXPECT_FALSE(one.has_value());
  EXPECT_TRUE(one == multifrost::Boxed<Tree>());
}

}  // namespace
}  // namespace multifrost
