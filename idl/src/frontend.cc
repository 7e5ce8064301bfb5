#include "mfidl/frontend.h"

#include <utility>

#include "check_annotations.h"
#include "check_defaults.h"
#include "check_examples.h"
#include "check_names.h"
#include "check_portability.h"
#include "check_recursion.h"
#include "check_types.h"
#include "check_unions.h"
#include "definition_order.h"
#include "evaluator.h"
#include "fingerprint.h"
#include "program.h"
#include "resolve_extends.h"
#include "resolve_imports.h"
#include "resolve_names.h"

namespace mfidl {
namespace {

// False at the first phase after which there is no point in going on.
bool check(const std::string& path, const std::vector<std::string>& include_dirs,
           SourceManager& sources, Diagnostics& diagnostics, Program& program) {
  if (!resolve_imports(path, include_dirs, sources, diagnostics, program)) return false;
  if (diagnostics.has_errors()) return false;
  resolve_names(sources, program, diagnostics);
  check_types(program, diagnostics);
  if (diagnostics.has_errors()) return false;
  Evaluator evaluator(diagnostics);
  check_defaults(program, evaluator, diagnostics);
  check_annotations(program, evaluator, diagnostics);
  check_unions(program, diagnostics);
  check_names(program, diagnostics);
  check_recursion(program, diagnostics);
  if (!diagnostics.has_errors()) check_examples(program, evaluator, diagnostics);
  resolve_extends(program, diagnostics);
  return !diagnostics.has_errors();
}

}  // namespace

std::optional<Model> load(const std::string& path, const std::vector<std::string>& include_dirs,
                          SourceManager& sources, Diagnostics& diagnostics) {
  Program program;
  if (!check(path, include_dirs, sources, diagnostics, program)) return std::nullopt;
  Model& model = program.model;
  for (const auto& file : model.files) set_definition_order(*file);
  set_fingerprints(model);
  check_portability(model, diagnostics);
  return std::move(model);
}

}  // namespace mfidl
