#include "mfidl/ast.h"

namespace mfidl::ast {

std::string Path::str() const {
  std::string joined;
  for (const Identifier& part : parts) {
    if (!joined.empty()) joined += '.';
    joined += part.text;
  }
  return joined;
}

}  // namespace mfidl::ast
