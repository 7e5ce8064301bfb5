#include "depfile.h"

#include <string_view>

namespace mfgen {

namespace {

// As GCC's -MD writes them: backslashes count only in front of a blank or a '#', and are then
// doubled.
void append_escaped(std::string_view path, std::string& out) {
  std::size_t backslashes = 0;
  for (const char c : path) {
    if (c == ' ' || c == '\t' || c == '#') {
      out.append(c == '#' ? 0 : backslashes, '\\');
      out += '\\';
    } else if (c == '$') {
      out += '$';
    }
    out += c;
    backslashes = c == '\\' ? backslashes + 1 : 0;
  }
}

}  // namespace

std::string depfile(const std::vector<std::string>& targets,
                    const std::vector<std::string>& sources) {
  std::string out;
  for (const std::string& target : targets) {
    out += out.empty() ? "" : " ";
    append_escaped(target, out);
  }
  out += ':';
  for (const std::string& source : sources) {
    out += " \\\n  ";
    append_escaped(source, out);
  }
  out += '\n';
  return out;
}

}  // namespace mfgen
