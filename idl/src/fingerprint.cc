#include "mfidl/fingerprint.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <vector>

namespace mfidl {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string shortest(double value) {
  std::array<char, 32> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  static_cast<void>(error);  // 32 characters hold every double
  return {buffer.data(), end};
}

std::string wire_of(const std::variant<std::string, Integer>& wire) {
  if (const auto* text = std::get_if<std::string>(&wire)) return quoted(*text);
  return to_string(std::get<Integer>(wire));
}

// Defaults and limits hold neither filled lists nor maps.
std::string describe(const Literal& literal) {
  struct Visitor {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(const Integer& value) const { return to_string(value); }
    std::string operator()(double value) const { return shortest(value); }
    std::string operator()(const std::string& value) const { return quoted(value); }
    std::string operator()(std::chrono::nanoseconds value) const {
      return std::to_string(value.count()) + "ns";
    }
    std::string operator()(const EnumValue* value) const { return wire_of(value->wire); }
    std::string operator()(const LiteralList&) const { return "[]"; }
    std::string operator()(const LiteralMap&) const { return "{}"; }
  };
  return std::visit(Visitor{}, literal.value);
}

// Writes what one interface and everything behind it looks like on the wire. Structs, unions and
// errors are written once and referred to by a number given in the order in which they are first
// met: their names are not on the wire.
class Describer {
 public:
  std::string run(const Interface& interface) {
    text_ = "interface " + interface.full_name + "\n";
    std::map<std::string_view, const Method*> methods;
    for (const Method& method : interface.methods) methods.emplace(method.wire, &method);
    for (const auto& [wire, method] : methods) add_method(*method, interface.positional);
    while (next_ < waiting_.size()) add_waiting(next_++);
    return std::move(text_);
  }

 private:
  using Waiting = std::variant<const Struct*, const Union*>;

  void add_method(const Method& method, bool positional) {
    text_ += quoted(method.wire) + "(";
    std::string separator;
    for (const Parameter& parameter : method.parameters) {
      text_ += separator + describe_parameter(parameter, positional);
      separator = ", ";
    }
    if (method.stream_parameter) {
      text_ += separator + "stream " + describe_type(method.stream_parameter->type);
    }
    text_ += ")";
    if (method.result) {
      text_ += std::string(" -> ") + (method.stream_result ? "stream " : "") +
               describe_type(*method.result);
    }
    std::set<std::string> errors;
    for (const Error* error : method.throws) errors.insert(describe_error(*error));
    for (const std::string& error : errors) text_ += " throws " + error;
    text_ += "\n";
  }

  std::string describe_parameter(const Parameter& parameter, bool positional) {
    std::string text;
    if (!positional) text += quoted(parameter.wire);
    if (parameter.form == ParameterForm::kOptional) text += "?";
    text += ":" + describe_type(parameter.type);
    if (parameter.default_value) text += "=" + describe(*parameter.default_value);
    return text;
  }

  // By name: it is what the error string starts with.
  std::string describe_error(const Error& error) {
    std::string text = error.full_name;
    const std::set<std::string> prefixes(error.match.begin(), error.match.end());
    for (const std::string& prefix : prefixes) text += " " + quoted(prefix);
    return text + " " + describe_members(error.members);
  }

  std::string describe_members(const std::vector<Member>& members) {
    std::map<std::string_view, const Member*> sorted;
    for (const Member& member : members) sorted.emplace(member.wire, &member);
    std::string text = "{";
    for (const auto& [wire, member] : sorted) {
      text += quoted(member->wire) + (member->form == MemberForm::kOptional ? "?:" : ":") +
              describe_type(member->type);
      if (member->default_value) text += "=" + describe(*member->default_value);
      text += ";";
    }
    return text + "}";
  }

  std::string describe_type(const Type& type) {
    std::string text;
    switch (type.kind) {
      case Kind::kEnum:
        text = describe_enum(*type.enumeration);
        break;
      case Kind::kStruct:
        text = reference(type.structure);
        break;
      case Kind::kUnion:
        text = reference(type.tagged_union);
        break;
      default:
        text = kind_name(type.kind);
    }
    if (!type.arguments.empty()) text += describe_arguments(type);
    if (type.nan_as_null) text += " nan_as_null";
    if (type.encoding == Encoding::kMillis) text += " millis";
    if (type.encoding == Encoding::kExt) text += " ext";
    if (type.min) text += " min " + describe(*type.min);
    if (type.max) text += " max " + describe(*type.max);
    if (type.min_size) text += " min_size " + std::to_string(*type.min_size);
    if (type.max_size) text += " max_size " + std::to_string(*type.max_size);
    return type.nullable ? text + "?" : text;
  }

  std::string describe_arguments(const Type& type) {
    std::vector<std::string> arguments;
    for (const Type& argument : type.arguments) arguments.push_back(describe_type(argument));
    // The members of an inline union differ by what is sent, not by where they stand.
    if (type.kind == Kind::kOneOf) std::sort(arguments.begin(), arguments.end());
    std::string text = "<";
    for (const std::string& argument : arguments) text += argument + ",";
    return text + ">";
  }

  static std::string describe_enum(const Enum& enumeration) {
    std::set<std::string> values;
    for (const EnumValue& value : enumeration.values) values.insert(wire_of(value.wire));
    std::string text = enumeration.open ? "open enum(" : "enum(";
    for (const std::string& value : values) text += value + ",";
    return text + ")";
  }

  template <typename Declared>
  std::string reference(const Declared* declared) {
    const auto [entry, is_new] = numbers_.emplace(declared, numbers_.size() + 1);
    if (is_new) waiting_.emplace_back(declared);
    return "#" + std::to_string(entry->second);
  }

  void add_waiting(std::size_t index) {
    const Waiting one = waiting_[index];
    std::string line = "#" + std::to_string(index + 1) + " ";
    if (const auto* structure = std::get_if<const Struct*>(&one)) {
      if ((*structure)->strict) line += "strict ";
      if ((*structure)->keep_unknown) line += "keep_unknown ";
      line += describe_members((*structure)->members);
    } else {
      line += describe_union(*std::get<const Union*>(one));
    }
    text_ += line + "\n";
  }

  std::string describe_union(const Union& tagged_union) {
    std::map<std::string_view, const Variant*> sorted;
    for (const Variant& variant : tagged_union.variants)
      sorted.emplace(variant.tag_value, &variant);
    std::string text =
        (tagged_union.open ? "open union " : "union ") + quoted(tagged_union.tag) + " {";
    for (const auto& [tag, variant] : sorted) {
      text += quoted(variant->tag_value) + ":" + reference(variant->structure) + ";";
    }
    return text + "}";
  }

  std::string text_;
  std::map<const void*, std::size_t> numbers_;
  std::vector<Waiting> waiting_;
  std::size_t next_ = 0;
};

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return hash;
}

}  // namespace

std::string describe_interface(const Interface& interface) { return Describer().run(interface); }

std::string fingerprint(const Interface& interface) {
  std::uint64_t hash = fnv1a(describe_interface(interface));
  std::string hex(16, '0');
  for (std::size_t i = hex.size(); i > 0; --i) {
    hex[i - 1] = "0123456789abcdef"[hash & 0xf];
    hash >>= 4;
  }
  return hex;
}

}  // namespace mfidl
