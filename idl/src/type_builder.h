// From a type as written to a Type of the model: names resolved, aliases flattened, unions
// normalised.
//
// Reports everything that can be wrong with a type by itself (idl.md, rules 3, 4, 7 and 8); whether
// it is allowed where it stands is check_types' business, whether a union's members can be told
// apart check_unions'.
#pragma once

#include <optional>
#include <unordered_map>

#include "mfidl/diagnostics.h"
#include "program.h"

namespace mfidl {

// A type may nest this deep and have this many nodes when its aliases are flattened. Aliases of
// aliases can double it with every line.
inline constexpr int kMaxTypeDepth = 64;
inline constexpr std::size_t kMaxTypeNodes = 1000;

class TypeBuilder {
 public:
  explicit TypeBuilder(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  // Empty when something was wrong; it has been reported. `stream T` is T where a stream may stand,
  // else an error.
  std::optional<Type> build(const Unit& unit, const ast::TypeExpr& tree,
                            bool stream_allowed = false);

  // The flattened type of an alias, worked out when it is first needed.
  bool resolve(BoundAlias& alias);

 private:
  struct AliasState {
    enum class Progress { kOpen, kFailed, kDone } progress = Progress::kOpen;
    int chain = 1;  // aliases behind each other, this one included
  };

  std::optional<Type> build_alternatives(const Unit& unit, const ast::TypeExpr& tree);
  std::optional<Type> build_base(const Unit& unit, const ast::BaseType& tree);
  std::optional<Type> build_named(const Unit& unit, const ast::Path& path);
  std::optional<Type> build_container(const Unit& unit, const ast::BaseType& tree);
  std::optional<Type> use_alias(BoundAlias& alias, const ast::Path& path);
  bool check_key(const Type& key, SourceSpan span);
  bool check_size(const Type& type, SourceSpan span);

  Diagnostics& diagnostics_;
  std::unordered_map<const Alias*, AliasState> aliases_;
  int chain_ = 0;  // the longest chain of aliases met since it was last reset
  int open_ = 0;   // aliases being resolved
};

}  // namespace mfidl
