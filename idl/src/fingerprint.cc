#include "fingerprint.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "graph.h"

namespace mfidl {
namespace {

std::string hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  std::string hex(16, '0');
  for (std::size_t i = hex.size(); i > 0; --i, hash >>= 4) {
    hex[i - 1] = "0123456789abcdef"[hash & 0xf];
  }
  return hex;
}

// The length in front keeps what stands next to each other apart.
std::string counted(std::string_view text) {
  return std::to_string(text.size()) + ":" + std::string(text);
}

std::string sorted_list(std::vector<std::string> items) {
  std::sort(items.begin(), items.end());
  std::string text = "(";
  for (const std::string& item : items) text += item + ";";
  return text + ")";
}

std::string text_of(double value) {
  std::array<char, 32> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  static_cast<void>(error);  // 32 characters hold every double
  return {buffer.data(), end};
}

std::string text_of(const std::variant<std::string, Integer>& wire) {
  if (const auto* text = std::get_if<std::string>(&wire)) return counted(*text);
  return to_string(std::get<Integer>(wire));
}

// Defaults and limits hold neither filled lists nor maps.
std::string text_of(const Literal& literal) {
  struct Visitor {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(const Integer& value) const { return to_string(value); }
    std::string operator()(double value) const { return text_of(value); }
    std::string operator()(const std::string& value) const { return counted(value); }
    std::string operator()(std::chrono::nanoseconds value) const {
      return std::to_string(value.count()) + "ns";
    }
    std::string operator()(const EnumValue* value) const { return text_of(value->wire); }
    std::string operator()(const LiteralList&) const { return "[]"; }
    std::string operator()(const LiteralMap&) const { return "{}"; }
  };
  return std::visit(Visitor{}, literal.value);
}

class Fingerprinter {
 public:
  explicit Fingerprinter(const Model& model) : model_(model) {
    for (const auto& one : model.enums) hashes_.emplace(one.get(), hash_of(text_of(*one)));
    hash_structs_and_unions();
    for (const auto& one : model.errors) hashes_.emplace(one.get(), hash_of(text_of(*one)));
  }

  std::string of(const Interface& interface) {
    std::vector<std::string> methods;
    for (const Method& method : interface.methods) {
      methods.push_back(text_of(method, interface.positional));
    }
    return hash_of("interface" + counted(interface.full_name) + sorted_list(std::move(methods)));
  }

 private:
  // What a type holds is hashed before it. Types that hold each other are hashed together, and know
  // each other by name.
  void hash_structs_and_unions() {
    const std::size_t structs = model_.structs.size();
    std::vector<const Declaration*> nodes;
    std::unordered_map<const Declaration*, std::size_t> numbers;
    for (const auto& one : model_.structs) nodes.push_back(one.get());
    for (const auto& one : model_.unions) nodes.push_back(one.get());
    for (std::size_t i = 0; i < nodes.size(); ++i) numbers.emplace(nodes[i], i);
    Graph edges(nodes.size());
    for (std::size_t i = 0; i < structs; ++i) {
      for (const Member& member : model_.structs[i]->members) {
        collect(member.type, numbers, edges[i]);
      }
    }
    for (std::size_t i = structs; i < nodes.size(); ++i) {
      for (const Variant& variant : model_.unions[i - structs]->variants) {
        edges[i].push_back(numbers.at(variant.structure));
      }
    }
    for (const std::vector<std::size_t>& component : components(edges)) {
      std::vector<std::string> texts;
      texts.reserve(component.size());
      for (const std::size_t node : component) {
        texts.push_back(node < structs ? text_of(*model_.structs[node])
                                       : text_of(*model_.unions[node - structs]));
      }
      const bool recursive = component.size() > 1;
      std::string together = sorted_list(std::move(texts));
      if (recursive) together = hash_of(together);  // once, not for each of its types
      for (const std::size_t node : component) {
        const std::string name = recursive ? nodes[node]->full_name : "";
        hashes_.emplace(nodes[node], hash_of(name + together));
      }
    }
  }

  static void collect(const Type& type,
                      const std::unordered_map<const Declaration*, std::size_t>& numbers,
                      std::vector<std::size_t>& edges) {
    if (type.structure != nullptr) edges.push_back(numbers.at(type.structure));
    if (type.tagged_union != nullptr) edges.push_back(numbers.at(type.tagged_union));
    for (const Type& argument : type.arguments) collect(argument, numbers, edges);
  }

  std::string reference(const Declaration* declared) const {
    const auto known = hashes_.find(declared);
    return known == hashes_.end() ? "@" + declared->full_name : "#" + known->second;
  }

  std::string text_of(const Method& method, bool positional) const {
    std::string text = counted(method.wire) + "(";
    for (const Parameter& parameter : method.parameters) {
      if (!positional) text += counted(parameter.wire);
      text += parameter.form == ParameterForm::kOptional ? "?:" : ":";
      text += text_of(parameter.type);
      if (parameter.default_value) text += "=" + mfidl::text_of(*parameter.default_value);
      text += ",";
    }
    if (method.stream_parameter) text += "stream " + text_of(method.stream_parameter->type);
    text += ")";
    if (method.stream_result) text += "stream ";
    if (method.result) text += text_of(*method.result);
    std::vector<std::string> errors;
    // By name too: it is what the error string starts with.
    for (const Error* error : method.throws) {
      errors.push_back(counted(error->full_name) + reference(error));
    }
    return text + sorted_list(std::move(errors));
  }

  std::string text_of(const std::vector<Member>& members) const {
    std::vector<std::string> texts;
    for (const Member& member : members) {
      std::string text = counted(member.wire);
      text += member.form == MemberForm::kOptional ? "?:" : ":";
      text += text_of(member.type);
      if (member.default_value) text += "=" + mfidl::text_of(*member.default_value);
      texts.push_back(std::move(text));
    }
    return sorted_list(std::move(texts));
  }

  std::string text_of(const Struct& one) const {
    return std::string(one.strict ? "strict " : "") + (one.keep_unknown ? "keep_unknown " : "") +
           "struct" + text_of(one.members);
  }

  std::string text_of(const Union& one) const {
    std::vector<std::string> variants;
    for (const Variant& variant : one.variants) {
      variants.push_back(counted(variant.tag_value) + reference(variant.structure));
    }
    return std::string(one.open ? "open " : "") + "union" + counted(one.tag) +
           sorted_list(std::move(variants));
  }

  static std::string text_of(const Enum& one) {
    std::vector<std::string> values;
    for (const EnumValue& value : one.values) values.push_back(mfidl::text_of(value.wire));
    return std::string(one.open ? "open " : "") + "enum" + sorted_list(std::move(values));
  }

  std::string text_of(const Error& one) const {
    std::vector<std::string> prefixes;
    for (const std::string& prefix : one.match) prefixes.push_back(counted(prefix));
    return "error" + sorted_list(std::move(prefixes)) + text_of(one.members);
  }

  std::string text_of(const Type& type) const {
    std::string text(kind_name(type.kind));
    if (type.enumeration != nullptr) text += reference(type.enumeration);
    if (type.structure != nullptr) text += reference(type.structure);
    if (type.tagged_union != nullptr) text += reference(type.tagged_union);
    std::vector<std::string> arguments;
    for (const Type& argument : type.arguments) arguments.push_back(text_of(argument));
    if (type.kind == Kind::kOneOf) {
      text += sorted_list(std::move(arguments));
    } else {
      for (const std::string& argument : arguments) text += "<" + argument + ">";
    }
    if (type.nan_as_null) text += " nan_as_null";
    if (type.encoding == Encoding::kMillis) text += " millis";
    if (type.encoding == Encoding::kExt) text += " ext";
    if (type.min) text += " min " + mfidl::text_of(*type.min);
    if (type.max) text += " max " + mfidl::text_of(*type.max);
    if (type.min_size) text += " min_size " + std::to_string(*type.min_size);
    if (type.max_size) text += " max_size " + std::to_string(*type.max_size);
    return type.nullable ? text + "?" : text;
  }

  const Model& model_;
  std::unordered_map<const Declaration*, std::string> hashes_;
};

}  // namespace

void set_fingerprints(Model& model) {
  Fingerprinter fingerprinter(model);
  for (const auto& interface : model.interfaces) {
    interface->fingerprint = fingerprinter.of(*interface);
  }
}

}  // namespace mfidl
