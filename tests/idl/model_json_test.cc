// The dumps, docs/model-json.schema.json and docs/model-json.md hold each other to the truth.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "front_end.h"
#include "json_schema.h"
#include "mfidl/model_json.h"

namespace mfidl::test {
namespace {

using nlohmann::json;

constexpr const char* kGoodInputs[] = {"tests/idl/good/everything.mfidl",
                                       "samples/vision/vision.mfidl", "samples/calc/calc.mfidl",
                                       "samples/notes/notes.mfidl"};

JsonSchema schema() {
  return JsonSchema(json::parse(read_file(source_path("docs/model-json.schema.json"))));
}

json dump_of(const std::string& path) {
  FrontEnd front_end;
  front_end.run(source_path(path));
  EXPECT_TRUE(front_end.model.has_value()) << front_end.text();
  return json::parse(model_to_json(*front_end.model));
}

TEST(ModelJson, DumpsFollowTheSchemaAndUseAllOfIt) {
  JsonSchema checked = schema();
  for (const char* path : kGoodInputs) EXPECT_EQ(checked.check(dump_of(path)), "") << path;
  for (const std::string& property : checked.all_properties()) {
    EXPECT_TRUE(checked.seen_properties().contains(property)) << property << " is in no dump";
  }
}

TEST(ModelJson, TheSchemaRefusesWhatIsNotInIt) {
  JsonSchema checked = schema();
  json dump = dump_of("samples/calc/calc.mfidl");
  json& method = dump["files"][0]["declarations"].back()["methods"][0];
  EXPECT_EQ(checked.check(dump), "");
  method["colour"] = "red";
  EXPECT_NE(checked.check(dump), "");
  method.erase("colour");
  method.erase("wire");
  EXPECT_NE(checked.check(dump), "");
  method["wire"] = 5;
  EXPECT_NE(checked.check(dump), "");
}

TEST(ModelJson, ThePageNamesEveryField) {
  const std::string page = read_file(source_path("docs/model-json.md"));
  for (const std::string& property : schema().all_properties()) {
    const std::string field = property.substr(property.find('.') + 1);
    const bool named = page.find("`" + field + "`") != std::string::npos ||
                       page.find("\"" + field + "\"") != std::string::npos;
    EXPECT_TRUE(named) << field;
  }
  EXPECT_NE(page.find("`\"schema\": " + std::to_string(kModelJsonSchema) + "`"), std::string::npos);
}

}  // namespace
}  // namespace mfidl::test
