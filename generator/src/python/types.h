// Types and values in Python's words: the annotation, the codec that converts it, the literal.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "mfidl/model.h"

namespace mfgen::python {

// What of Python's library the written annotations and literals need.
struct UsedWords {
  bool any = false;
  bool datetime = false;
  bool timedelta = false;
};

// Writes types for one file: what another file declares is reached through that file's module.
class Types {
 public:
  explicit Types(const mfidl::File& file);

  // "list[Detection] | None"
  std::string annotation(const mfidl::Type& type) const;
  // "_mf.Optional(_mf.ListOf(_Detection))"
  std::string codec(const mfidl::Type& type) const;
  // "Priority.normal", "30.0", "[]"
  std::string literal(const mfidl::Literal& value, const mfidl::Type& type) const;

  // "geo_mf.Rect" or "Rect"
  std::string name(const mfidl::Declaration& declaration) const;
  // "geo_mf._Rect" or "_Rect"
  std::string codec_name(const mfidl::Declaration& declaration) const;

  // An attribute's or method's name, out of the way of the file's types: inside a class body it
  // would hide them from the annotations.
  std::string beside_types(std::string name) const;

  // What was used so far.
  const UsedWords& used() const { return used_; }

 private:
  std::string plain_annotation(const mfidl::Type& type) const;
  std::string plain_codec(const mfidl::Type& type) const;
  std::string limited(const std::string& codec, const mfidl::Type& type) const;
  std::string module_prefix(const mfidl::Declaration& declaration) const;
  std::string joined(const std::vector<mfidl::Type>& types, std::string_view separator,
                     std::string (Types::*write)(const mfidl::Type&) const) const;

  const mfidl::File& file_;
  std::set<std::string, std::less<>> declared_;
  mutable UsedWords used_;
};

// How this file's module knows the module of an import: "geo_mf".
std::string import_alias(const mfidl::Import& import);

}  // namespace mfgen::python
