// Diagnostics in GCC form: place, message, number, then the source line with a caret.
#include <algorithm>
#include <string>

#include "mfidl/render.h"
#include "utf8.h"

namespace mfidl {
namespace {

// Of a longer line only the part around the caret is shown.
constexpr std::size_t kShownBefore = 80;
constexpr std::size_t kShown = 160;
constexpr std::size_t kNumberWidth = 5;

// One code point as it is printed: what is not text becomes U+FFFD, so that a message never sends
// control sequences to a terminal.
void append_shown(std::string& out, std::string_view sequence) {
  const bool control = sequence.size() == 1 && sequence[0] != '\t' &&
                       (static_cast<uint8_t>(sequence[0]) < 0x20 || sequence[0] == 0x7F);
  const bool ill_formed = sequence_length(sequence) != sequence.size();
  if (control || ill_formed) {
    append_utf8(out, 0xFFFD);
  } else {
    out += sequence;
  }
}

// "   31 |   box: geo.Rekt;" and below it the caret. Tabs are repeated before the caret, so that it
// stands right however wide they are.
void append_excerpt(std::string& out, const SourceFile& file, SourceSpan span) {
  const uint32_t line = file.line_of(span.begin);
  std::string_view text = file.line_text(line);
  const std::size_t column = file.column_of(span.begin) - 1;
  const std::size_t first = column > kShownBefore ? column - kShownBefore : 0;
  const std::size_t line_begin = file.line_offset(line);

  std::string shown = first > 0 ? "…" : "";
  std::string marks = first > 0 ? " " : "";
  std::size_t offset = line_begin;
  std::size_t index = 0;
  for (; !text.empty() && index < first + kShown; ++index) {
    const std::size_t length = std::max<std::size_t>(sequence_length(text), 1);
    if (index >= first) {
      append_shown(shown, text.substr(0, length));
      if (index < column) marks += text[0] == '\t' ? '\t' : ' ';
      if (index > column && offset < span.end) marks += '~';
      if (index == column) marks += '^';
    }
    text.remove_prefix(length);
    offset += length;
  }
  if (!text.empty()) shown += "…";
  if (index <= column) marks += '^';  // past the line's last character

  std::string number = std::to_string(line);
  if (number.size() < kNumberWidth) number.insert(0, kNumberWidth - number.size(), ' ');
  out += number + " | " + shown + '\n';
  out += std::string(number.size(), ' ') + " | " + marks + '\n';
}

void append_message(std::string& out, const SourceManager& sources, SourceSpan span,
                    std::string_view kind, std::string_view message) {
  const SourceFile* file = sources.file_of(span);
  if (file != nullptr) {
    out += file->path() + ':' + std::to_string(file->line_of(span.begin)) + ':' +
           std::to_string(file->column_of(span.begin)) + ": ";
  }
  out += kind;
  out += ": ";
  out += message;
  out += '\n';
  if (file != nullptr) append_excerpt(out, *file, span);
}

void append_diagnostic(std::string& out, const Diagnostic& diagnostic,
                       const SourceManager& sources) {
  const bool is_error = diagnostic.severity == Severity::kError;
  append_message(out, sources, diagnostic.span, is_error ? "error" : "warning",
                 diagnostic.message + " [" + diagnostic_code(diagnostic.number) + "]");
  for (const DiagnosticNote& note : diagnostic.notes) {
    if (note.span.valid()) {
      append_message(out, sources, note.span, "note", note.message);
    } else {
      out += std::string(kNumberWidth, ' ') + " = note: " + note.message + '\n';
    }
  }
  if (!diagnostic.help_text.empty()) {
    out += std::string(kNumberWidth, ' ') + " = help: " + diagnostic.help_text + '\n';
  }
}

}  // namespace

std::string render_text(const Diagnostic& diagnostic, const SourceManager& sources) {
  std::string out;
  append_diagnostic(out, diagnostic, sources);
  return out;
}

std::string render_text(const Diagnostics& diagnostics, const SourceManager& sources) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    append_diagnostic(out, diagnostic, sources);
  }
  if (diagnostics.full()) {
    out += "too many errors; no more than " + std::to_string(kMaxErrors) + " are reported\n";
  } else if (diagnostics.suppressed_count() > 0) {
    out += std::to_string(diagnostics.suppressed_count()) + " more warnings\n";
  }
  return out;
}

}  // namespace mfidl
