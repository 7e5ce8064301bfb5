#include "mfidl/model.h"

namespace mfidl {

std::string_view language_name(Language language) {
  static constexpr std::array<std::string_view, kLanguages.size()> kNames = {"cpp", "python", "js",
                                                                             "go", "rust"};
  return kNames[static_cast<std::size_t>(language)];
}

const Declaration& declaration(const DeclarationRef& ref) {
  return std::visit([](const auto* one) -> const Declaration& { return *one; }, ref);
}

}  // namespace mfidl
