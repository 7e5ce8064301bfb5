#include "python/types.h"

#include <array>
#include <charconv>
#include <string_view>
#include <variant>

#include "python/names.h"
#include "python/text.h"

namespace mfgen::python {
namespace {

using mfidl::Kind;

std::string shortest(double value) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  std::string number(text.data(), end);
  if (number.find_first_of(".en") == std::string::npos) number += ".0";
  return number;
}

std::string seconds(std::chrono::nanoseconds span) {
  return shortest(static_cast<double>(span.count()) / 1e9);
}

std::string_view time_codec(const mfidl::Type& type) {
  const bool stamp = type.kind == Kind::kTimestamp;
  switch (type.encoding) {
    case mfidl::Encoding::kMillis:
      return stamp ? "_mf.TIMESTAMP_MILLIS" : "_mf.DURATION_MILLIS";
    case mfidl::Encoding::kExt:
      return "_mf.TIMESTAMP_EXT";
    case mfidl::Encoding::kSeconds:
      break;
  }
  return stamp ? "_mf.TIMESTAMP" : "_mf.DURATION";
}

}  // namespace

Types::Types(const mfidl::File& file) : file_(file) {
  for (const mfidl::DeclarationRef& ref : file.declarations) {
    declared_.insert(declared_name(mfidl::declaration(ref)));
  }
}

std::string Types::beside_types(std::string name) const {
  while (declared_.contains(name)) name += '_';
  return name;
}

std::string Types::annotation(const mfidl::Type& type) const {
  return type.nullable ? plain_annotation(type) + " | None" : plain_annotation(type);
}

std::string Types::plain_annotation(const mfidl::Type& type) const {
  if (type.alias != nullptr && !type.alias->type.nullable) return name(*type.alias);
  switch (type.kind) {
    case Kind::kBool:
      return "bool";
    case Kind::kF32:
    case Kind::kF64:
      return "float";
    case Kind::kString:
      return "str";
    case Kind::kBytes:
      return "bytes";
    case Kind::kAny:
      used_.any = true;
      return "_Any";
    case Kind::kTimestamp:
      used_.datetime = true;
      return "_datetime";
    case Kind::kDuration:
      used_.timedelta = true;
      return "_timedelta";
    case Kind::kList:
      return "list[" + annotation(type.arguments[0]) + "]";
    case Kind::kMap:
      return "dict[" + joined(type.arguments, ", ", &Types::annotation) + "]";
    case Kind::kTuple:
      return "tuple[" + joined(type.arguments, ", ", &Types::annotation) + "]";
    case Kind::kEnum:
      if (!type.enumeration->open) return name(*type.enumeration);
      return name(*type.enumeration) + (type.enumeration->base ? " | int" : " | str");
    case Kind::kStruct:
      return name(*type.structure);
    case Kind::kUnion:
      return name(*type.tagged_union);
    case Kind::kOneOf:
      return joined(type.arguments, " | ", &Types::annotation);
    default:
      return "int";
  }
}

std::string Types::codec(const mfidl::Type& type) const {
  const std::string plain = limited(plain_codec(type), type);
  return type.nullable ? "_mf.Optional(" + plain + ")" : plain;
}

std::string Types::plain_codec(const mfidl::Type& type) const {
  switch (type.kind) {
    case Kind::kList:
      return "_mf.ListOf(" + codec(type.arguments[0]) + ")";
    case Kind::kMap:
      return "_mf.MapOf(" + joined(type.arguments, ", ", &Types::codec) + ")";
    case Kind::kTuple:
      return "_mf.TupleOf(" + joined(type.arguments, ", ", &Types::codec) + ")";
    case Kind::kOneOf:
      return "_mf.OneOf(" + joined(type.arguments, ", ", &Types::codec) + ")";
    case Kind::kEnum:
      return codec_name(*type.enumeration);
    case Kind::kStruct:
      return codec_name(*type.structure);
    case Kind::kUnion:
      return codec_name(*type.tagged_union);
    case Kind::kTimestamp:
    case Kind::kDuration:
      return std::string(time_codec(type));
    case Kind::kF32:
      return type.nan_as_null ? "_mf.NAN_AS_NULL_F32" : "_mf.F32";
    case Kind::kF64:
      return type.nan_as_null ? "_mf.NAN_AS_NULL" : "_mf.F64";
    default:
      return "_mf." + upper_case(mfidl::kind_name(type.kind));
  }
}

std::string Types::limited(const std::string& codec, const mfidl::Type& type) const {
  std::string limits;
  if (type.min) limits += ", least=" + literal(*type.min, type);
  if (type.max) limits += ", most=" + literal(*type.max, type);
  if (type.min_size) limits += ", least_size=" + std::to_string(*type.min_size);
  if (type.max_size) limits += ", most_size=" + std::to_string(*type.max_size);
  return limits.empty() ? codec : "_mf.Limited(" + codec + limits + ")";
}

std::string Types::literal(const mfidl::Literal& value, const mfidl::Type& type) const {
  struct Write {
    const Types& types;
    const mfidl::Type& type;
    std::string operator()(std::monostate) const { return "None"; }
    std::string operator()(bool flag) const { return flag ? "True" : "False"; }
    std::string operator()(const mfidl::Integer& number) const { return to_string(number); }
    std::string operator()(double number) const { return shortest(number); }
    std::string operator()(const std::string& text) const { return quoted(text); }
    std::string operator()(std::chrono::nanoseconds span) const {
      types.used_.timedelta = true;
      return "_timedelta(seconds=" + seconds(span) + ")";
    }
    std::string operator()(const mfidl::EnumValue* value) const {
      return types.name(*type.enumeration) + "." + enum_value_name(*value);
    }
    std::string operator()(const mfidl::LiteralList&) const { return "[]"; }
    std::string operator()(const mfidl::LiteralMap&) const { return "{}"; }
  };
  return std::visit(Write{*this, type}, value.value);
}

std::string Types::name(const mfidl::Declaration& declaration) const {
  return module_prefix(declaration) + declared_name(declaration);
}

std::string Types::codec_name(const mfidl::Declaration& declaration) const {
  return module_prefix(declaration) + "_" + declaration.name;
}

std::string Types::module_prefix(const mfidl::Declaration& declaration) const {
  if (declaration.file == &file_) return {};
  for (const mfidl::Import& import : file_.imports) {
    if (import.file == declaration.file) return import_alias(import) + ".";
  }
  // Reached through an alias or a base interface of an imported file, which this file need not
  // import itself: the whole module's name, which the view imports too.
  return module_name(*declaration.file) + ".";
}

std::string Types::joined(const std::vector<mfidl::Type>& types, std::string_view separator,
                          std::string (Types::*write)(const mfidl::Type&) const) const {
  std::string text;
  for (const mfidl::Type& type : types) {
    if (!text.empty()) text += separator;
    text += (this->*write)(type);
  }
  return text;
}

std::string import_alias(const mfidl::Import& import) { return import.prefix + "_mf"; }

}  // namespace mfgen::python
