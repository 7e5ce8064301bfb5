#include "json_schema.h"

#include <algorithm>

namespace mfidl::test {
namespace {

using nlohmann::json;

// "#/$defs/member" -> "member"
std::string name_of(const json& reference) {
  const std::string text = reference.get<std::string>();
  return text.substr(text.rfind('/') + 1);
}

}  // namespace

const json& JsonSchema::definition(const std::string& name) const {
  return schema_.at("$defs").at(name);
}

std::string JsonSchema::check(const json& value) { return check(value, schema_, "", "$"); }

std::string JsonSchema::check(const json& value, const json& schema, const std::string& name,
                              const std::string& place) {
  if (schema.contains("$ref")) {
    const std::string referred = name_of(schema.at("$ref"));
    return check(value, definition(referred), referred, place);
  }
  if (schema.contains("anyOf")) {
    std::string reasons;
    for (const json& choice : schema.at("anyOf")) {
      const std::string reason = check(value, choice, name, place);
      if (reason.empty()) return {};
      reasons += "\n  " + reason;
    }
    return place + " is none of:" + reasons;
  }
  if (schema.contains("const")) {
    return value == schema.at("const") ? "" : place + " is not " + schema.at("const").dump();
  }
  if (schema.contains("enum")) {
    const json& choices = schema.at("enum");
    return std::find(choices.begin(), choices.end(), value) != choices.end()
               ? ""
               : place + " is not one of " + choices.dump();
  }
  const std::string type = schema.at("type").get<std::string>();
  if (const std::string wrong = check_type(value, type); !wrong.empty()) return place + wrong;
  if (type == "object") return check_object(value, schema, name, place);
  if (type != "array") return {};
  for (std::size_t i = 0; i < value.size(); ++i) {
    const std::string wrong =
        check(value[i], schema.at("items"), name, place + "[" + std::to_string(i) + "]");
    if (!wrong.empty()) return wrong;
  }
  return {};
}

std::string JsonSchema::check_type(const json& value, const std::string& type) const {
  const bool good = type == "object"    ? value.is_object()
                    : type == "array"   ? value.is_array()
                    : type == "string"  ? value.is_string()
                    : type == "integer" ? value.is_number_integer()
                    : type == "number"  ? value.is_number()
                    : type == "boolean" ? value.is_boolean()
                    : type == "null"    ? value.is_null()
                                        : false;
  return good ? "" : " is not of type " + type + ": " + value.dump().substr(0, 60);
}

void JsonSchema::gather(const json& schema, const std::string& name, Shape& shape) const {
  shape.definitions.insert(name);
  if (schema.contains("allOf")) {
    for (const json& part : schema.at("allOf")) {
      const std::string referred = name_of(part.at("$ref"));
      gather(definition(referred), referred, shape);
    }
  }
  if (schema.contains("properties")) shape.properties.update(schema.at("properties"));
  if (!schema.contains("required")) return;
  for (const json& key : schema.at("required")) shape.required.insert(key.get<std::string>());
}

std::string JsonSchema::check_object(const json& value, const json& schema, const std::string& name,
                                     const std::string& place) {
  Shape shape;
  gather(schema, name, shape);
  for (const std::string& key : shape.required) {
    if (!value.contains(key)) return place + " has no " + key;
  }
  for (const auto& [key, inner] : value.items()) {
    const std::string inner_place = place + "." + key;
    if (!shape.properties.contains(key)) {
      const json others = schema.value("additionalProperties", json(false));
      if (!others.is_object()) return inner_place + " is not in the schema";
      if (const auto wrong = check(inner, others, name, inner_place); !wrong.empty()) return wrong;
      continue;
    }
    for (const std::string& one : shape.definitions) {
      const json& properties = definition(one).value("properties", json::object());
      if (properties.contains(key)) seen_.insert(one + "." + key);
    }
    if (const auto wrong = check(inner, shape.properties.at(key), name, inner_place);
        !wrong.empty()) {
      return wrong;
    }
  }
  return {};
}

std::set<std::string> JsonSchema::all_properties() const {
  std::set<std::string> all;
  for (const auto& [name, schema] : schema_.at("$defs").items()) {
    if (!schema.contains("properties")) continue;
    for (const auto& [key, ignored] : schema.at("properties").items()) all.insert(name + "." + key);
  }
  return all;
}

}  // namespace mfidl::test
