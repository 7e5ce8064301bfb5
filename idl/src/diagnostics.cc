#include "mfidl/diagnostics.h"

#include <algorithm>
#include <cstdio>

#include "utf8.h"

namespace mfidl {
namespace {

#define MFIDL_ERROR(number, name, title, format) \
  {number, Severity::kError, #name, title, format, false},
#define MFIDL_WARNING(number, name, title, format) \
  {number, Severity::kWarning, #name, title, format, false},
#define MFIDL_RETIRED(number, name, title) {number, Severity::kError, #name, title, "", true},
constexpr DiagnosticInfo kTable[] = {
#include "diagnostic_table.def"
};
#undef MFIDL_RETIRED
#undef MFIDL_WARNING
#undef MFIDL_ERROR

constexpr bool ascends() {
  for (std::size_t i = 1; i < std::size(kTable); ++i) {
    if (kTable[i - 1].number >= kTable[i].number) return false;
  }
  return true;
}
static_assert(ascends(), "diagnostic_table.def: numbers must ascend, each given once");

// User text inside a message: control characters escaped, cut when it is long, so that one message
// stays one line.
void append_argument(std::string& out, std::string_view text) {
  constexpr std::size_t kLongest = 200;
  std::size_t shown = 0;
  while (!text.empty()) {
    if (shown++ == kLongest) {
      out += "…";
      return;
    }
    const std::size_t length = sequence_length(text);
    const uint32_t code_point = length == 0 ? 0xFFFD : decode_code_point(text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
    if (code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0)) {
      char escaped[16];
      std::snprintf(escaped, sizeof escaped, "\\u{%x}", static_cast<unsigned>(code_point));
      out += escaped;
    } else {
      append_utf8(out, code_point);
    }
  }
}

std::string fill(std::string_view format, std::span<const DiagnosticArgument> args) {
  std::string message;
  for (const DiagnosticArgument& arg : args) {
    const std::size_t hole = format.find("{}");
    message += format.substr(0, hole);
    append_argument(message, arg.text());
    format.remove_prefix(hole + 2);
  }
  message += format;
  return message;
}

}  // namespace

std::span<const DiagnosticInfo> all_diagnostics() { return kTable; }

const DiagnosticInfo* find_diagnostic(int number) {
  const auto* row =
      std::lower_bound(std::begin(kTable), std::end(kTable), number,
                       [](const DiagnosticInfo& info, int wanted) { return info.number < wanted; });
  return row != std::end(kTable) && row->number == number ? row : nullptr;
}

std::string diagnostic_code(int number) {
  char code[16];
  std::snprintf(code, sizeof code, "MF%04d", number);
  return code;
}

Diagnostic& Diagnostic::note(SourceSpan where, std::string text) {
  notes.push_back({where, std::move(text)});
  return *this;
}

Diagnostic& Diagnostic::help(std::string text) {
  help_text = std::move(text);
  return *this;
}

Diagnostic& Diagnostic::suggest(std::string spelling) {
  if (spelling.empty()) return *this;
  message += "; did you mean '" + spelling + "'?";
  suggestion = std::move(spelling);
  return *this;
}

Diagnostic& Diagnostics::add(const DiagnosticInfo& info, SourceSpan span,
                             std::span<const DiagnosticArgument> args) {
  const bool is_error = info.severity == Severity::kError;
  const bool kept = is_error ? error_count_ < kMaxErrors : warning_count_ < kMaxWarnings;
  ++(is_error ? error_count_ : warning_count_);
  Diagnostic diagnostic;
  if (kept) {
    diagnostic.number = info.number;
    diagnostic.severity = info.severity;
    diagnostic.span = span;
    diagnostic.message = fill(info.format, args);
    return all_.emplace_back(std::move(diagnostic));
  }
  dropped_ = std::move(diagnostic);
  return dropped_;
}

}  // namespace mfidl
