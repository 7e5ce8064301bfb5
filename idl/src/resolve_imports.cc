#include "resolve_imports.h"

#include <algorithm>
#include <filesystem>
#include <unordered_map>
#include <utility>

#include "diagnostic_table.h"
#include "mfidl/parse.h"

namespace mfidl {
namespace {

namespace fs = std::filesystem;

// Longer chains of files than this import each other only in attacks on the stack.
constexpr std::size_t kMaxImportDepth = 256;

fs::path real_path(const fs::path& path) {
  std::error_code ignored;
  fs::path real = fs::weakly_canonical(fs::absolute(path, ignored), ignored);
  return ignored ? path.lexically_normal() : real;
}

// `path` below `root` with '/', or empty when it is not below it.
std::string below(const fs::path& root, const fs::path& path) {
  const fs::path relative = path.lexically_relative(root);
  if (relative.empty() || *relative.begin() == "..") return {};
  return relative.generic_string();
}

class ImportResolver {
 public:
  ImportResolver(const std::vector<std::string>& include_dirs, SourceManager& sources,
                 Diagnostics& diagnostics, Program& program)
      : include_dirs_(include_dirs),
        sources_(sources),
        diagnostics_(diagnostics),
        program_(program) {}

  bool run(const std::string& path) {
    const LoadResult main = sources_.load(path);
    if (main.file == nullptr) {
      diagnostics_.report(diag::kCannotReadFile, {}, path, main.reason);
      return false;
    }
    for (const std::string& dir : include_dirs_) roots_.push_back(real_path(dir));
    roots_.push_back(real_path(path).parent_path());
    visit(*main.file);
    return true;
  }

 private:
  // Parses `source`, then what it imports, then puts it behind those.
  Unit* visit(const SourceFile& source) {
    stack_.push_back(&source);
    ast::File tree = parse_file(source, diagnostics_);
    std::vector<std::pair<const ast::Import*, Unit*>> found;
    for (const ast::Import& import : tree.imports) {
      if (Unit* unit = follow(source, import)) found.emplace_back(&import, unit);
    }
    stack_.pop_back();
    Unit& unit = program_.units.emplace_back();
    unit.tree = std::move(tree);  // its vectors keep their addresses, so `found` stays good
    fill(unit, source);
    for (const auto& [import, imported] : found) add_import(unit, *import, *imported);
    units_.emplace(&source, &unit);
    return &unit;
  }

  Unit* follow(const SourceFile& importer, const ast::Import& import) {
    const SourceFile* file = find(importer, import);
    if (file == nullptr) return nullptr;
    const auto open = std::find(stack_.begin(), stack_.end(), file);
    if (open != stack_.end()) {
      std::string chain;
      for (auto it = open; it != stack_.end(); ++it) chain += (*it)->path() + " -> ";
      diagnostics_.report(diag::kImportCycle, import.path.span, chain + file->path())
          .help("move what both files need into a third one");
      return nullptr;
    }
    if (const auto known = units_.find(file); known != units_.end()) return known->second;
    if (stack_.size() >= kMaxImportDepth) {
      diagnostics_.report(diag::kImportsTooDeep, import.path.span, kMaxImportDepth);
      return nullptr;
    }
    return visit(*file);
  }

  const SourceFile* find(const SourceFile& importer, const ast::Import& import) {
    const std::string& written = import.path.value;
    if (written.empty() || fs::path(written).is_absolute() ||
        written.find('\\') != std::string::npos) {
      diagnostics_.report(diag::kBadImportPath, import.path.span, written)
          .help("write a path relative to this file or to a folder given with -I, with '/'");
      return nullptr;
    }
    std::vector<fs::path> folders = {fs::path(importer.path()).parent_path()};
    folders.insert(folders.end(), include_dirs_.begin(), include_dirs_.end());
    for (const fs::path& folder : folders) {
      const std::string candidate = (folder / written).lexically_normal().generic_string();
      const LoadResult loaded = sources_.load(candidate);
      if (loaded.file != nullptr) return loaded.file;
      std::error_code ignored;
      if (fs::exists(candidate, ignored)) {
        diagnostics_.report(diag::kCannotReadFile, import.path.span, candidate, loaded.reason);
        return nullptr;
      }
    }
    std::string searched;
    for (const fs::path& folder : folders) {
      if (!searched.empty()) searched += ", ";
      searched += folder.empty() ? "." : folder.generic_string();
    }
    diagnostics_.report(diag::kImportNotFound, import.path.span, written)
        .note({}, "searched in: " + searched)
        .help("add the folder that the path starts from with -I");
    return nullptr;
  }

  void fill(Unit& unit, const SourceFile& source) {
    unit.file = program_.model.files.emplace_back(std::make_unique<File>()).get();
    unit.file->path = source.path();
    unit.file->package = unit.tree.package.str();
    unit.file->doc = unit.tree.doc.text;
    const fs::path real = real_path(source.path());
    for (const fs::path& root : roots_) {
      unit.file->root_path = below(root, real);
      if (!unit.file->root_path.empty()) break;
    }
  }

  void add_import(Unit& unit, const ast::Import& import, Unit& imported) {
    if (imported.file->root_path.empty()) {
      diagnostics_.report(diag::kImportOutsideRoots, import.path.span, imported.file->path)
          .help(
              "give the folder that holds both files with -I, so that generated files keep their "
              "layout");
    }
    for (const Import& earlier : unit.file->imports) {
      if (earlier.file != imported.file) continue;
      diagnostics_.report(diag::kDuplicateImport, import.path.span, import.path.value);
      return;
    }
    // A file without a package has been reported by the parser and has no prefix to offer.
    if (!import.alias && imported.tree.package.parts.empty()) return;
    const ast::Identifier& prefix = import.alias ? *import.alias : imported.tree.package.last();
    const SourceSpan span = import.alias ? import.alias->span : import.path.span;
    if (!unit.prefixes.emplace(prefix.text, &imported).second) {
      diagnostics_.report(diag::kDuplicatePrefix, span, prefix.text)
          .help("give one of them another prefix with 'as'");
      return;
    }
    unit.file->imports.push_back({.file = imported.file, .prefix = std::string(prefix.text)});
  }

  const std::vector<std::string>& include_dirs_;
  SourceManager& sources_;
  Diagnostics& diagnostics_;
  Program& program_;
  std::vector<fs::path> roots_;
  std::vector<const SourceFile*> stack_;  // from the main file to the one being read
  std::unordered_map<const SourceFile*, Unit*> units_;
};

}  // namespace

bool resolve_imports(const std::string& path, const std::vector<std::string>& include_dirs,
                     SourceManager& sources, Diagnostics& diagnostics, Program& program) {
  return ImportResolver(include_dirs, sources, diagnostics, program).run(path);
}

}  // namespace mfidl
