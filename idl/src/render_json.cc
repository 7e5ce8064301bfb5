// Diagnostics for editors, CI and scripts. The shape is a promise: docs/language.md lists every
// member, members are only ever added, and "version" changes if one must go.
#include <nlohmann/json.hpp>

#include "mfidl/render.h"

namespace mfidl {
namespace {

using Json = nlohmann::ordered_json;

// The members that place something; none when it has no place.
void put_place(Json& json, const SourceManager& sources, SourceSpan span) {
  const SourceFile* file = sources.file_of(span);
  if (file == nullptr) return;
  json["file"] = file->path();
  json["line"] = file->line_of(span.begin);
  json["column"] = file->column_of(span.begin);
  json["end_line"] = file->line_of(span.end);
  json["end_column"] = file->column_of(span.end);
}

Json to_json(const Diagnostic& diagnostic, const SourceManager& sources) {
  Json json;
  json["code"] = diagnostic_code(diagnostic.number);
  json["severity"] = diagnostic.severity == Severity::kError ? "error" : "warning";
  json["message"] = diagnostic.message;
  put_place(json, sources, diagnostic.span);
  if (!diagnostic.suggestion.empty()) json["suggestion"] = diagnostic.suggestion;
  json["notes"] = Json::array();
  for (const DiagnosticNote& note : diagnostic.notes) {
    Json entry;
    entry["message"] = note.message;
    put_place(entry, sources, note.span);
    json["notes"].push_back(std::move(entry));
  }
  if (!diagnostic.help_text.empty()) json["help"] = diagnostic.help_text;
  return json;
}

}  // namespace

std::string render_json(const Diagnostics& diagnostics, const SourceManager& sources) {
  Json json;
  json["version"] = 1;
  json["errors"] = diagnostics.error_count();
  json["warnings"] = diagnostics.warning_count();
  json["not_shown"] = diagnostics.suppressed_count();
  json["diagnostics"] = Json::array();
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    json["diagnostics"].push_back(to_json(diagnostic, sources));
  }
  // A path may hold any bytes; what is not UTF-8 in it is replaced rather than refused.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace mfidl
