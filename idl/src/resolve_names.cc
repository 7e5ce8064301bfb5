#include "resolve_names.h"

#include <unordered_map>

#include "diagnostic_table.h"
#include "names.h"
#include "place_finder.h"

namespace mfidl {
namespace {

class Declarer {
 public:
  Declarer(const SourceManager& sources, Program& program, Diagnostics& diagnostics)
      : sources_(sources), program_(program), diagnostics_(diagnostics) {}

  void declare_all(Unit& unit) {
    PlaceFinder places(*unit.tree.source);
    for (const Import& import : unit.file->imports) check_prefix(unit, import);
    for (const ast::Declaration& tree : unit.tree.declarations) {
      std::visit([&](const auto& declaration) { declare(unit, declaration, places); }, tree);
    }
  }

 private:
  void check_prefix(const Unit& unit, const Import& import) {
    if (!is_builtin_name(import.prefix)) return;
    for (const ast::Import& tree : unit.tree.imports) {
      if (tree.alias && tree.alias->text == import.prefix) {
        diagnostics_.report(diag::kBuiltinNameDeclared, tree.alias->span, import.prefix);
      }
    }
  }

  void declare(Unit& unit, const ast::ConstDecl& tree, PlaceFinder& places) {
    add(unit, tree, program_.constants, program_.model.constants, places);
  }
  void declare(Unit& unit, const ast::AliasDecl& tree, PlaceFinder& places) {
    add(unit, tree, program_.aliases, program_.model.aliases, places);
  }
  void declare(Unit& unit, const ast::EnumDecl& tree, PlaceFinder& places) {
    Enum& checked = add(unit, tree, program_.enums, program_.model.enums, places);
    checked.open = tree.open;
    fill_named(checked.values, tree.values, places);
  }
  void declare(Unit& unit, const ast::StructDecl& tree, PlaceFinder& places) {
    Struct& checked = add(unit, tree, program_.structs, program_.model.structs, places);
    fill_wired(checked.members, tree.members, places);
  }
  void declare(Unit& unit, const ast::UnionDecl& tree, PlaceFinder& places) {
    Union& checked = add(unit, tree, program_.unions, program_.model.unions, places);
    checked.open = tree.open;
    checked.tag = tree.tag.value;
    fill_named(checked.variants, tree.members, places);
  }
  void declare(Unit& unit, const ast::ErrorDecl& tree, PlaceFinder& places) {
    Error& checked = add(unit, tree, program_.errors, program_.model.errors, places);
    checked.match.push_back(checked.name);
    fill_wired(checked.members, tree.members, places);
  }
  void declare(Unit& unit, const ast::InterfaceDecl& tree, PlaceFinder& places) {
    Interface& checked = add(unit, tree, program_.interfaces, program_.model.interfaces, places);
    fill_wired(checked.methods, tree.methods, places);
    for (std::size_t i = 0; i < tree.methods.size(); ++i) {
      checked.methods[i].origin = &checked;
      fill_wired(checked.methods[i].parameters, tree.methods[i].params, places);
    }
  }

  // A second declaration of a name is checked like any other, but the name stays with the first.
  template <typename Tree, typename Checked>
  Checked& add(Unit& unit, const Tree& tree, std::deque<Bound<Tree, Checked>>& bounds,
               std::vector<std::unique_ptr<Checked>>& owners, PlaceFinder& places) {
    Checked& checked = *owners.emplace_back(std::make_unique<Checked>());
    fill(checked, tree, places);
    checked.file = unit.file;
    checked.full_name = unit.file->package + "." + checked.name;
    unit.file->declarations.emplace_back(&checked);
    Bound<Tree, Checked>& bound = bounds.emplace_back(Bound<Tree, Checked>{&unit, &tree, &checked});
    enter(unit, tree.name, &bound, checked.full_name);
    return checked;
  }

  void enter(Unit& unit, const ast::Identifier& name, Symbol symbol, const std::string& full_name) {
    if (is_builtin_name(name.text)) {
      diagnostics_.report(diag::kBuiltinNameDeclared, name.span, name.text);
      return;
    }
    const auto [first, is_new] = unit.names.emplace(name.text, symbol);
    if (!is_new) {
      diagnostics_.report(diag::kDuplicateDeclaration, name.span, name.text)
          .note(name_span(first->second), "declared here first");
      return;
    }
    if (unit.prefixes.contains(name.text)) {
      diagnostics_.report(diag::kNameIsPrefix, name.span, name.text)
          .help("give the import another prefix with 'as'");
    }
    const auto [other, alone] = full_names_.emplace(full_name, name.span);
    if (!alone) {
      const SourceFile* file = sources_.file_of(other->second);
      diagnostics_.report(diag::kDuplicateInPackage, name.span, full_name, file->path())
          .note(other->second, "declared here first");
    }
  }

  void fill(Named& named, const ast::Declared& tree, PlaceFinder& places) {
    named.name = tree.name.text;
    named.doc = tree.doc.text;
    named.place = places.find(tree.name.span);
  }

  template <typename Checked, typename Tree>
  void fill_named(std::vector<Checked>& checked, const std::vector<Tree>& trees,
                  PlaceFinder& places) {
    checked.resize(trees.size());
    for (std::size_t i = 0; i < trees.size(); ++i) fill(checked[i], trees[i], places);
  }

  // What has a name of its own on the wire goes by its written one until an @wire says otherwise.
  template <typename Checked, typename Tree>
  void fill_wired(std::vector<Checked>& checked, const std::vector<Tree>& trees,
                  PlaceFinder& places) {
    fill_named(checked, trees, places);
    for (Checked& one : checked) one.wire = one.name;
  }

  const SourceManager& sources_;
  Program& program_;
  Diagnostics& diagnostics_;
  std::unordered_map<std::string, SourceSpan> full_names_;
};

}  // namespace

void resolve_names(const SourceManager& sources, Program& program, Diagnostics& diagnostics) {
  Declarer declarer(sources, program, diagnostics);
  for (Unit& unit : program.units) declarer.declare_all(unit);
}

}  // namespace mfidl
