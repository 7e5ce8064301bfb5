#include "cpp/types.h"

#include "cpp/literal.h"

namespace mfgen::cpp {

namespace {

using mfidl::Kind;
using mfidl::Type;

struct ScalarWords {
  std::string_view value;
  std::string_view parameter;
  std::string_view codec;
};

// Indexed by Kind, up to kDuration.
constexpr ScalarWords kScalars[] = {
    {"bool", "bool", "codec::Bool"},
    {"std::int8_t", "std::int8_t", "codec::I8"},
    {"std::int16_t", "std::int16_t", "codec::I16"},
    {"std::int32_t", "std::int32_t", "codec::I32"},
    {"std::int64_t", "std::int64_t", "codec::I64"},
    {"std::uint8_t", "std::uint8_t", "codec::U8"},
    {"std::uint16_t", "std::uint16_t", "codec::U16"},
    {"std::uint32_t", "std::uint32_t", "codec::U32"},
    {"std::uint64_t", "std::uint64_t", "codec::U64"},
    {"std::int64_t", "std::int64_t", "codec::I53"},
    {"float", "float", "codec::F32"},
    {"double", "double", "codec::F64"},
    {"std::string", "std::string_view", "codec::String"},
    {"::multifrost::Bytes", "::multifrost::BytesView", "codec::Binary"},
    {"::multifrost::Value", "const ::multifrost::Value&", "codec::Any"},
    {"std::chrono::sys_time<std::chrono::microseconds>",
     "std::chrono::sys_time<std::chrono::microseconds>", "codec::Timestamp"},
    {"std::chrono::microseconds", "std::chrono::microseconds", "codec::Duration"},
};
constexpr std::size_t kScalarCount = std::size(kScalars);
static_assert(static_cast<std::size_t>(Kind::kDuration) + 1 == kScalarCount);

const ScalarWords* scalar(const Type& type) {
  const auto index = static_cast<std::size_t>(type.kind);
  return index < kScalarCount ? &kScalars[index] : nullptr;
}

const mfidl::Declaration& declared(const Type& type) {
  switch (type.kind) {
    case Kind::kEnum:
      return *type.enumeration;
    case Kind::kStruct:
      return *type.structure;
    default:
      return *type.tagged_union;
  }
}

bool is_declared(const Type& type) {
  return type.kind == Kind::kEnum || type.kind == Kind::kStruct || type.kind == Kind::kUnion;
}

std::string_view encoding_name(mfidl::Encoding encoding) {
  switch (encoding) {
    case mfidl::Encoding::kSeconds:
      return "codec::Seconds";
    case mfidl::Encoding::kMillis:
      return "codec::Millis";
    case mfidl::Encoding::kExt:
      return "codec::Ext";
  }
  return {};
}

std::string applied(std::string_view wrapper, std::string_view argument) {
  return std::string(wrapper) + '<' + std::string(argument) + '>';
}

// True where the limits or encodings of an alias were changed at the place of use; the name then
// still says what the value is, but for boxes.
bool prints_alias(const Type& type) { return type.alias != nullptr && !type.boxed; }

}  // namespace

std::string Types::reference(const mfidl::Declaration& declaration) const {
  const std::string name = declaration_name(declaration);
  return declaration.file->package == names_.package
             ? name
             : "::" + namespace_of(declaration.file->package) + "::" + name;
}

std::string Types::value(const Type& type) const {
  // An alias may be nullable itself: `type Id = string?`. Then its name says it all.
  if (prints_alias(type) && type.alias->type.nullable) {
    return reference(*type.alias);
  }
  std::string plain = plain_value(type);
  if (type.boxed) {
    return applied("::multifrost::Boxed", plain);
  }
  return type.nullable ? applied("std::optional", plain) : plain;
}

std::string Types::plain_value(const Type& type) const {
  if (prints_alias(type) && !type.alias->type.nullable) {
    return reference(*type.alias);
  }
  if (const ScalarWords* words = scalar(type)) {
    return std::string(words->value);
  }
  if (is_declared(type)) {
    return reference(declared(type));
  }
  switch (type.kind) {
    case Kind::kList:
      return applied("std::vector", arguments(type));
    case Kind::kMap:
      return applied("std::map", arguments(type));
    case Kind::kTuple:
      return applied("std::tuple", arguments(type));
    default:
      return applied("std::variant", arguments(type));
  }
}

std::string Types::arguments(const Type& type) const {
  std::string result;
  for (const Type& argument : type.arguments) {
    result += result.empty() ? "" : ", ";
    result += value(argument);
  }
  return result;
}

std::string Types::parameter(const Type& type, bool optional) const {
  const bool empty_allowed = optional || type.nullable;
  std::string view;
  if (type.boxed) {
    return "const " + value(type) + '&';
  }
  if (type.kind == Kind::kList && type.arguments[0].kind != Kind::kBool) {
    view = applied("std::span", "const " + value(type.arguments[0]));
  } else if (type.kind == Kind::kList && type.arguments[0].nullable) {
    view = applied("std::span", "const " + value(type.arguments[0]));
  } else if (type.kind == Kind::kString || type.kind == Kind::kBytes) {
    view = scalar(type)->parameter;
  } else if (is_cheap(type)) {
    view = plain_value(type);
  } else {
    const std::string plain = plain_value(type);
    return "const " + (empty_allowed ? applied("std::optional", plain) : plain) + '&';
  }
  return empty_allowed ? applied("std::optional", view) : view;
}

bool Types::is_cheap(const Type& type) {
  switch (type.kind) {
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kAny:
    case Kind::kList:
    case Kind::kMap:
    case Kind::kTuple:
    case Kind::kStruct:
    case Kind::kUnion:
    case Kind::kOneOf:
      return false;
    case Kind::kEnum:
      return !type.enumeration->open || type.enumeration->base.has_value();
    default:
      return true;
  }
}

std::string Types::codec(const Type& type) {
  std::string plain = codec_of_value(type);
  if (type.boxed || type.nullable) {
    uses_codec_header("optional.h");
  }
  if (type.boxed) {
    return applied("codec::Boxed", plain);
  }
  return type.nullable ? applied("codec::Optional", plain) : plain;
}

std::string Types::codec_of_value(const Type& type) {
  std::string plain = plain_codec(type);
  if (type.min || type.max || type.min_size || type.max_size) {
    uses_codec_header("limited.h");
    plain = applied("codec::Limited", plain + ", " + limits_name(type));
  }
  return type.nan_as_null ? applied("codec::NanAsNull", plain) : plain;
}

std::string Types::plain_codec(const Type& type) {
  if (type.kind == Kind::kTimestamp || type.kind == Kind::kDuration) {
    uses_codec_header("time.h");
    return applied(scalar(type)->codec, encoding_name(type.encoding));
  }
  if (const ScalarWords* words = scalar(type)) {
    return std::string(words->codec);
  }
  if (type.kind == Kind::kEnum) {
    return applied(type.enumeration->base ? "codec::NumberedEnum" : "codec::NamedEnum",
                   reference(*type.enumeration));
  }
  if (is_declared(type)) {
    return applied("codec::Generated", reference(declared(type)));
  }
  std::string inner;
  for (const Type& argument : type.arguments) {
    const bool key = type.kind == Kind::kMap && inner.empty();
    inner += inner.empty() ? "" : ", ";
    inner += key ? key_codec(argument) : codec(argument);
  }
  switch (type.kind) {
    case Kind::kList:
      uses_codec_header("list.h");
      return applied("codec::List", inner);
    case Kind::kMap:
      uses_codec_header("map.h");
      return applied("codec::Map", inner);
    case Kind::kTuple:
      uses_codec_header("tuple.h");
      return applied("codec::Tuple", inner);
    default:
      uses_codec_header("one_of.h");
      return applied("codec::OneOf", inner);
  }
}

std::string Types::key_codec(const Type& type) {
  switch (type.kind) {
    case Kind::kString:
      return "codec::StringKey";
    case Kind::kEnum:
      return applied("codec::EnumKey", reference(*type.enumeration));
    default:
      return applied("codec::IntKey", scalar(type)->codec);
  }
}

std::string Types::limits_name(const Type& type) {
  Limits limits;
  const auto text = [&](const std::optional<mfidl::Literal>& bound) {
    return bound ? literal(*bound, type, *this) : std::string();
  };
  limits.number = type.kind == Kind::kDuration ? "std::chrono::nanoseconds" : plain_value(type);
  limits.min = text(type.min);
  limits.max = text(type.max);
  limits.min_size = type.min_size ? std::to_string(*type.min_size) : "";
  limits.max_size = type.max_size ? std::to_string(*type.max_size) : "";
  const bool numeric = !limits.min.empty() || !limits.max.empty();
  const std::string content = (numeric ? limits.number : "") + '|' + limits.min + '|' + limits.max +
                              '|' + limits.min_size + '|' + limits.max_size;
  auto [known, is_new] = limits_by_content_.try_emplace(content);
  if (is_new) {
    limits.name = "Limits" + std::to_string(limits_.size() + 1);
    known->second = limits.name;
    limits_.push_back(std::move(limits));
  }
  return known->second;
}

}  // namespace mfgen::cpp
