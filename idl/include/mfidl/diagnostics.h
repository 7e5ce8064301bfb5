// Diagnostics: what a user is told about an .mfidl file.
//
// A phase reports a typed constant of the one table (src/diagnostic_table.def) with a place and
// the constant's arguments; the compiler checks their number. Example:
//
//   diagnostics.report(diag::kUnknownType, path.span, path.str())
//       .suggest("geo.Rect")                          // "; did you mean 'geo.Rect'?"
//       .note(declared.name.span, "declared here")
//       .help("import the file that declares it");
//
// Rendering stands in mfidl/render.h. Threads: one Diagnostics belongs to one run on one thread.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mfidl/source.h"

namespace mfidl {

enum class Severity : uint8_t { kError, kWarning };

// One row of the table. `format` holds one "{}" for each argument.
struct DiagnosticInfo {
  int number = 0;
  Severity severity = Severity::kError;
  std::string_view name;   // "UnknownType"
  std::string_view title;  // one line for the index
  std::string_view format;
  bool retired = false;  // the number was used once and is never given again
};

// Every row, retired ones included, in ascending order of numbers.
std::span<const DiagnosticInfo> all_diagnostics();
// nullptr for a number that was never given.
const DiagnosticInfo* find_diagnostic(int number);
// 142 -> "MF0142"
std::string diagnostic_code(int number);

// A row as a typed constant: it takes exactly `ArgumentCount` arguments.
template <std::size_t ArgumentCount>
struct DiagnosticDef {
  DiagnosticInfo info;
};

consteval std::size_t count_placeholders(std::string_view format) {
  std::size_t count = 0;
  for (std::size_t i = 0; i + 1 < format.size(); ++i) {
    if (format[i] == '{' && format[i + 1] == '}') ++count;
  }
  return count;
}

// What fills a "{}": text or an integer.
class DiagnosticArgument {
 public:
  template <typename T>
  requires std::convertible_to<const T&, std::string_view> DiagnosticArgument(const T& text)
      : text_(std::string_view(text)) {}  // NOLINT: implicit
  template <std::integral T>
  DiagnosticArgument(T number) : text_(std::to_string(number)) {}  // NOLINT: implicit

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

struct DiagnosticNote {
  SourceSpan span;  // may be invalid: a note without a place
  std::string message;
};

struct Diagnostic {
  int number = 0;
  Severity severity = Severity::kError;
  SourceSpan span;  // invalid when the finding has no place (a file that cannot be read)
  std::string message;
  std::string suggestion;  // the spelling meant, when there is one
  std::vector<DiagnosticNote> notes;
  std::string help_text;

  Diagnostic& note(SourceSpan where, std::string text);
  Diagnostic& help(std::string text);
  // Appends "; did you mean 'X'?" to the message; an empty suggestion changes nothing.
  Diagnostic& suggest(std::string spelling);
};

inline constexpr std::size_t kMaxErrors = 50;
inline constexpr std::size_t kMaxWarnings = 100;

// Collects what the phases report, in that order. What is beyond kMaxErrors or kMaxWarnings is only
// counted.
class Diagnostics {
 public:
  Diagnostics() = default;
  Diagnostics(const Diagnostics&) = delete;
  Diagnostics& operator=(const Diagnostics&) = delete;

  // The reference is good until the next report().
  template <std::size_t Count, typename... Args>
  requires(sizeof...(Args) == Count) Diagnostic& report(const DiagnosticDef<Count>& def,
                                                        SourceSpan span, const Args&... args) {
    const std::array<DiagnosticArgument, Count> filled{DiagnosticArgument(args)...};
    return add(def.info, span, filled);
  }

  const std::vector<Diagnostic>& all() const { return all_; }
  bool has_errors() const { return error_count_ > 0; }
  // Suppressed ones included.
  std::size_t error_count() const { return error_count_; }
  std::size_t warning_count() const { return warning_count_; }
  std::size_t suppressed_count() const { return error_count_ + warning_count_ - all_.size(); }
  // True once no further error will be kept: a phase may stop.
  bool full() const { return error_count_ >= kMaxErrors; }

 private:
  Diagnostic& add(const DiagnosticInfo& info, SourceSpan span,
                  std::span<const DiagnosticArgument> args);

  std::vector<Diagnostic> all_;
  Diagnostic dropped_;  // what report() returns for one that is not kept
  std::size_t error_count_ = 0;
  std::size_t warning_count_ = 0;
};

}  // namespace mfidl
