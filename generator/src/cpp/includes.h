// Which headers a generated header needs, found by walking over the types that it mentions.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "mfidl/model.h"
#include "value.h"

namespace mfgen::cpp {

class Includes {
 public:
  explicit Includes(const mfidl::File& file) : file_(file) {}

  void standard(std::string_view header) { standard_.emplace(header); }
  void runtime(std::string_view header) { runtime_.emplace(header); }

  // A type as a member or result holds it; as a parameter it may also need <span>.
  void type(const mfidl::Type& type);
  void parameter(const mfidl::Type& type, bool optional);
  void declaration(const mfidl::Declaration& declaration);

  List standard_headers() const { return listed(standard_); }
  List runtime_headers() const { return listed(runtime_); }
  List generated_headers() const { return listed(generated_); }

 private:
  using Headers = std::set<std::string, std::less<>>;
  static List listed(const Headers& headers);

  const mfidl::File& file_;
  Headers standard_;
  Headers runtime_;
  Headers generated_;
};

// "common/geo.mfidl" -> "common/geo"
std::string output_stem(const mfidl::File& file);

}  // namespace mfgen::cpp
