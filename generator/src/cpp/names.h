// How names of a .mfidl file are spelled in C++: as written, or as @name(cpp = …) says, with a
// trailing underscore where C++, a standard macro or the generated code itself already uses them.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "mfidl/model.h"

namespace mfgen::cpp {

using NameSet = std::set<std::string, std::less<>>;

// A macro that ISO C, POSIX or a usual system header may define (macros.cc).
bool is_standard_macro(std::string_view name);

// A function, type or variable that a C or POSIX header may declare globally (global_names.cc).
bool is_global_name(std::string_view name);

// A keyword, a standard macro, or `std`, which a declaration of ours would hide.
bool is_reserved(std::string_view name);

// `name`, followed by an underscore when it is reserved or in `taken`, and by a number where that
// is taken, too.
std::string escaped(std::string_view name, const NameSet& taken = {});

// The name of a type or constant at namespace scope.
std::string declaration_name(const mfidl::Declaration& declaration);

// "acme.vision" -> "acme::vision", "clock" -> "clock_"
std::string namespace_of(std::string_view package);

// "ImageStore" -> "image_store"
std::string snake_case(std::string_view name);

// The names that all types and constants of one package have, and those derived from them: what a
// member, method or parameter of that package must not be called.
struct PackageNames {
  std::string package;
  NameSet types;            // declared and derived: Vision, VisionClient, …
  NameSet method_taken;     // those, and the generated classes' own members
  NameSet parameter_taken;  // types, constants (which would be shadowed), and local names

  std::string member(const mfidl::Named& named) const;
  std::string enum_value(const mfidl::Enum& declared, const mfidl::Named& named) const;
  std::string method(const mfidl::Named& named) const;
  std::string parameter(const mfidl::Named& named) const;
};

// Of the package that the model's main file belongs to.
PackageNames package_names(const mfidl::Model& model);

// The names of the classes and namespaces that belong to an interface.
struct InterfaceNames {
  explicit InterfaceNames(const mfidl::Interface& interface);

  std::string caller;      // Vision
  std::string client;      // VisionClient
  std::string worker;      // VisionWorker
  std::string mock;        // MockVision
  std::string parameters;  // vision_parameters, and so on: namespaces in the .cc file
  std::string throws;
  std::string methods;
  std::string requests;
  std::string serving;
};

}  // namespace mfgen::cpp
