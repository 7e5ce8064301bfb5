#include "cpp/includes.h"

namespace mfgen::cpp {

using mfidl::Kind;

void Includes::type(const mfidl::Type& type) {
  if (type.alias != nullptr) {
    declaration(*type.alias);
  }
  if (type.boxed) {
    runtime("boxed.h");
  } else if (type.nullable) {
    standard("optional");
  }
  if (mfidl::is_integer(type.kind)) {
    standard("cstdint");
  }
  switch (type.kind) {
    case Kind::kString:
      standard("string");
      break;
    case Kind::kBytes:
      runtime("bytes.h");
      break;
    case Kind::kAny:
      runtime("value.h");
      break;
    case Kind::kTimestamp:
    case Kind::kDuration:
      runtime("chrono.h");
      break;
    case Kind::kList:
      standard("vector");
      break;
    case Kind::kMap:
      standard("map");
      break;
    case Kind::kTuple:
      standard("tuple");
      break;
    case Kind::kOneOf:
      standard("variant");
      break;
    case Kind::kEnum:
      declaration(*type.enumeration);
      break;
    case Kind::kStruct:
      declaration(*type.structure);
      break;
    case Kind::kUnion:
      declaration(*type.tagged_union);
      break;
    default:
      break;
  }
  for (const mfidl::Type& argument : type.arguments) {
    this->type(argument);
  }
}

void Includes::parameter(const mfidl::Type& parameter, bool optional) {
  type(parameter);
  if (optional) {
    standard("optional");
  }
  if (parameter.kind == Kind::kString) {
    standard("string_view");
  } else if (parameter.kind == Kind::kList) {
    standard("span");
  }
}

void Includes::declaration(const mfidl::Declaration& declaration) {
  if (declaration.file != &file_) {
    generated_.insert(output_stem(*declaration.file) + ".mf.h");
  }
}

List Includes::listed(const Headers& headers) {
  List list;
  for (const std::string& header : headers) {
    list.emplace_back(header);
  }
  return list;
}

std::string output_stem(const mfidl::File& file) {
  constexpr std::string_view kSuffix = ".mfidl";
  const std::string& path = file.root_path;
  return path.ends_with(kSuffix) ? path.substr(0, path.size() - kSuffix.size()) : path;
}

}  // namespace mfgen::cpp
