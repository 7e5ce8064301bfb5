// The templates of one language, parsed once: those compiled into the program, and those of a
// --template-dir, which replace them file by file.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "embedded.h"
#include "outcome.h"
#include "template/ast.h"
#include "template/linker.h"

namespace mfgen {

class TemplateSet {
 public:
  // The files of `embedded` below `language`/, overlaid by those of `directory`/`language`/ (no
  // overlay when `directory` is empty). Fails on the first template that does not parse, and on
  // a partial that does not exist.
  static Outcome<TemplateSet> load(std::string_view language,
                                   std::span<const EmbeddedFile> embedded,
                                   const std::string& directory);

  // The files that came from `directory`.
  const std::vector<std::string>& overlay_files() const { return overlay_files_; }

  // Null when there is none. A name is the path below the language's folder without ".tmpl".
  const Template* find(std::string_view name) const;

 private:
  Templates templates_;
  std::vector<std::string> overlay_files_;
};

}  // namespace mfgen
