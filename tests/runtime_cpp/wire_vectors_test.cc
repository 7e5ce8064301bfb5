// Frames captured from the published implementations decode to what the vectors say (wire page).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "multifrost/value.h"
#include "wire_support.h"

namespace multifrost {
namespace {

using Json = nlohmann::ordered_json;

/// The Value that the vector's notation describes: see the wire page, "Reading the vectors".
Value described(const Json& json) {
  switch (json.type()) {
    case Json::value_t::boolean:
      return json.get<bool>();
    case Json::value_t::number_integer:
      return json.get<std::int64_t>();
    case Json::value_t::number_unsigned:
      return json.get<std::uint64_t>();
    case Json::value_t::number_float:
      return json.get<double>();
    case Json::value_t::string:
      return json.get<std::string>();
    case Json::value_t::array: {
      // An extension is written as [type, bytes]; type 0 is JavaScript's undefined.
      if (json.size() == 2 && json[0].is_number() && json[1].contains("__bytes_hex__")) {
        if (json[0] == 0) return nullptr;
        return Value::Extension{json[0].get<std::int8_t>(), described(json[1]).as_bytes()};
      }
      Value::Array items;
      for (const Json& item : json) items.push_back(described(item));
      return items;
    }
    case Json::value_t::object: {
      if (json.contains("__float64__")) {
        return std::stod(json["__float64__"].dump());
      }
      if (json.contains("__bytes_hex__")) {
        return Bytes(from_hex(json["__bytes_hex__"].get<std::string>()));
      }
      if (json.contains("__float__")) return std::nan("");
      Value::Map entries;
      for (const auto& [key, value] : json.items()) {
        constexpr std::string_view other = "__key__:";  // a key that is no string
        entries.emplace_back(key.starts_with(other) ? key.substr(other.size()) : key,
                             described(value));
      }
      return entries;
    }
    default:
      return nullptr;
  }
}

/// Equal, NaN included.
bool same(const Value& left, const Value& right) { return to_string(left) == to_string(right); }

TEST(Vectors, EveryFrameDecodesToWhatItsVectorSays) {
  int frames = 0;
  for (const auto& file : std::filesystem::directory_iterator(MULTIFROST_VECTORS)) {
    std::ifstream text(file.path());
    for (const Json& vector : Json::parse(text)) {
      const std::string payload = from_hex(vector["frames_hex"].back().get<std::string>());
      const auto decoded = decode_value(Bytes(payload));
      const std::string name = file.path().filename().string() + ": " + vector["note"].dump();
      ASSERT_TRUE(decoded.ok()) << name << decoded.failure().message();
      EXPECT_TRUE(same(*decoded, described(vector["decoded"]))) << name << "\n"
                                                                << to_string(*decoded) << "\n"
                                                                << vector["decoded"];
      ++frames;
    }
  }
  EXPECT_GT(frames, 200);
}

}  // namespace
}  // namespace multifrost
