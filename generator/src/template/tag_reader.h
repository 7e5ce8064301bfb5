// Reads the words inside one tag: names, paths and quoted text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "template/ast.h"

namespace mfgen {

class TagReader {
 public:
  // `place` is that of the tag's "{{".
  TagReader(std::string_view tag, Place place);

  // The next word if it is `word` (a mark such as ">" or a keyword), which is then consumed.
  bool accept(std::string_view word);
  // NAME; nullopt when something else comes.
  std::optional<std::string_view> name();
  // NAME{/NAME}: what a partial is called.
  std::optional<std::string_view> partial_name();
  // NAME{.NAME}
  std::optional<Path> path();
  // "text" with \" \\ \n
  std::optional<std::string> quoted();

  bool at_end();
  Place place();  // of what comes next

 private:
  void skip_blanks();
  std::size_t name_length(std::size_t from) const;

  std::string_view tag_;
  Place start_;
  std::size_t position_ = 0;
};

}  // namespace mfgen
