// The part of JSON Schema that docs/model-json.schema.json uses, strictly: a keyword that is not
// known fails.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace mfidl::test {

class JsonSchema {
 public:
  explicit JsonSchema(nlohmann::json schema) : schema_(std::move(schema)) {}

  // What is wrong with `value`, with its place; empty when nothing is.
  std::string check(const nlohmann::json& value);

  // "member.wire" for every property that the definitions name, and for those that a checked value
  // had.
  std::set<std::string> all_properties() const;
  const std::set<std::string>& seen_properties() const { return seen_; }

 private:
  // An object's properties with those of `allOf`, and which of them must be there.
  struct Shape {
    nlohmann::json properties = nlohmann::json::object();
    std::set<std::string> required;
    std::set<std::string> definitions;  // that took part
  };

  std::string check(const nlohmann::json& value, const nlohmann::json& schema,
                    const std::string& definition, const std::string& place);
  std::string check_object(const nlohmann::json& value, const nlohmann::json& schema,
                           const std::string& definition, const std::string& place);
  std::string check_type(const nlohmann::json& value, const std::string& type) const;
  void gather(const nlohmann::json& schema, const std::string& definition, Shape& shape) const;
  const nlohmann::json& definition(const std::string& name) const;

  nlohmann::json schema_;
  std::set<std::string> seen_;
};

}  // namespace mfidl::test
