// Files compiled into the program; CMake writes the definitions (embed.cmake).
#pragma once

#include <span>
#include <string_view>

namespace mfgen {

// `name` is the path under the folder that was embedded.
struct EmbeddedFile {
  std::string_view name;
  std::string_view content;
};

std::span<const EmbeddedFile> embedded_templates();
std::span<const EmbeddedFile> embedded_pages();  // of the numbered diagnostics

}  // namespace mfgen
