// Lines and columns of the places in one file, asked for mostly in the order of the text.
//
// SourceFile::column_of counts from the start of the line, which is quadratic for a file of one
// long line; this counts on from the place before.
#pragma once

#include "mfidl/model.h"
#include "mfidl/source.h"

namespace mfidl {

class PlaceFinder {
 public:
  explicit PlaceFinder(const SourceFile& source) : source_(source) {}

  Place find(SourceSpan span);

 private:
  const SourceFile& source_;
  std::uint32_t line_ = 0;
  std::uint32_t offset_ = 0;
  std::uint32_t column_ = 0;
};

}  // namespace mfidl
