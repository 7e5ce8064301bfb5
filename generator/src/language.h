// The languages that mfgen generates. Adding one takes a view, a folder of templates, and a row in
// language.cc.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "mfidl/diagnostics.h"
#include "mfidl/model.h"
#include "value.h"

namespace mfgen {

struct ViewOptions {
  int split = 0;  // --split: spread methods over that many further sources; 0: one source
};

// A language's view of the model's main file: everything its templates print, as words. Reports
// what cannot be said in this language; the result is then not used.
//
// The member "files" lists what is written: objects with "path" (below --out) and "template" (a
// name below templates/<language>/). While it prints, that template sees its object as `file`.
using ViewFunction = Object (*)(const mfidl::Model& model, const ViewOptions& options,
                                mfidl::Diagnostics& diagnostics);

struct Language {
  std::string_view name;  // as in --lang and below templates/
  ViewFunction view;
  bool splits;  // knows --split
};

std::span<const Language> languages();

// Null when there is none of that name.
const Language* find_language(std::string_view name);

// "there is no language 'x'; there are: cpp"
std::string unknown_language(std::string_view name);

}  // namespace mfgen
