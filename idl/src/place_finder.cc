#include "place_finder.h"

#include "utf8.h"

namespace mfidl {

Place PlaceFinder::find(SourceSpan span) {
  const std::uint32_t line = source_.line_of(span.begin);
  if (line != line_ || span.begin < offset_) {
    column_ = source_.column_of(span.begin);
  } else {
    column_ += static_cast<std::uint32_t>(
        count_code_points(source_.text(SourceSpan{.begin = offset_, .end = span.begin})));
  }
  line_ = line;
  offset_ = span.begin;
  return {.line = line_, .column = column_, .span = span};
}

}  // namespace mfidl
