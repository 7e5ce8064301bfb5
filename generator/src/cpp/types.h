// The C++ words for a type: as a value, as a parameter, and as a codec of the runtime.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cpp/names.h"
#include "mfidl/model.h"

namespace mfgen::cpp {

// @min, @max and @size on one type: a struct of constants in the .cc file.
struct Limits {
  std::string name;      // "Limits1"
  std::string number;    // the type of minimum and maximum
  std::string min, max;  // expressions; empty: none
  std::string min_size, max_size;
};

class Types {
 public:
  explicit Types(const PackageNames& names) : names_(names) {}

  const PackageNames& names() const { return names_; }

  // "Detection" in its own package, "::acme::vision::Detection" elsewhere.
  std::string reference(const mfidl::Declaration& declaration) const;

  // "std::vector<Detection>", "ImageId". Nullable types are optionals.
  std::string value(const mfidl::Type& type) const;

  // What a caller passes: "std::span<const Detection>", "std::string_view", "std::int32_t",
  // "const Source&". `optional` for `p?: T`, whatever T is.
  std::string parameter(const mfidl::Type& type, bool optional) const;

  // "codec::List<codec::Generated<Detection>>". The two forms differ for nullable types: the second
  // leaves out the optional around the whole.
  std::string codec(const mfidl::Type& type);
  std::string codec_of_value(const mfidl::Type& type);

  // True when copying a value is no more than copying a few registers.
  static bool is_cheap(const mfidl::Type& type);

  // Those that codec() has met so far, each once.
  const std::vector<Limits>& limits() const { return limits_; }

  // "list.h", …: the headers below multifrost/codec/ that the codecs so far stand in. Scalars and
  // declared types need none.
  const std::set<std::string_view>& codec_headers() const { return codec_headers_; }
  // `header` is a literal.
  void uses_codec_header(std::string_view header) { codec_headers_.insert(header); }

 private:
  std::string plain_value(const mfidl::Type& type) const;
  std::string arguments(const mfidl::Type& type) const;
  std::string plain_codec(const mfidl::Type& type);
  std::string key_codec(const mfidl::Type& type);
  std::string limits_name(const mfidl::Type& type);

  const PackageNames& names_;
  std::vector<Limits> limits_;
  std::map<std::string, std::string> limits_by_content_;
  std::set<std::string_view> codec_headers_;
};

}  // namespace mfgen::cpp
