#include "template/template_set.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "template/parser.h"

namespace mfgen {

namespace {

constexpr std::string_view kSuffix = ".tmpl";

struct Source {
  std::string origin;
  std::string text;
  bool overlay = false;
};
using Sources = std::map<std::string, Source>;

std::string without_suffix(std::string_view path) {
  return std::string(path.substr(0, path.size() - kSuffix.size()));
}

std::optional<Failure> read_overlay(const std::string& directory, std::string_view language,
                                    Sources& sources) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(directory, error)) {
    return Failure{directory + ": error: the template directory does not exist"};
  }
  const fs::path root = fs::path(directory) / language;
  if (!fs::exists(root, error)) {
    return std::nullopt;  // it overrides templates of other languages only
  }
  for (fs::recursive_directory_iterator it(root, error), end; !error && it != end;
       it.increment(error)) {
    if (!it->is_regular_file() || it->path().extension() != kSuffix) {
      continue;
    }
    std::ifstream in(it->path(), std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in) {
      return Failure{it->path().string() + ": error: cannot read the template"};
    }
    const std::string name = without_suffix(it->path().lexically_relative(root).generic_string());
    sources[name] = Source{it->path().string(), std::move(text), true};
  }
  if (error) {
    return Failure{root.string() + ": error: " + error.message()};
  }
  return std::nullopt;
}

}  // namespace

Outcome<TemplateSet> TemplateSet::load(std::string_view language,
                                       std::span<const EmbeddedFile> embedded,
                                       const std::string& directory) {
  Sources sources;
  for (const EmbeddedFile& file : embedded) {
    if (file.name.starts_with(language) && file.name.substr(language.size()).starts_with('/')) {
      sources[without_suffix(file.name.substr(language.size() + 1))] =
          Source{"templates/" + std::string(file.name), std::string(file.content), false};
    }
  }
  if (!directory.empty()) {
    if (auto failure = read_overlay(directory, language, sources)) {
      return *failure;
    }
  }
  TemplateSet set;
  for (auto& [name, source] : sources) {
    if (source.overlay) {
      set.overlay_files_.push_back(source.origin);
    }
    auto parsed = parse_template(name, std::move(source.origin), std::move(source.text));
    if (!parsed.ok()) {
      return parsed.failure();
    }
    set.templates_.emplace(name, std::move(parsed.value()));
  }
  if (auto failure = link(set.templates_)) {
    return *failure;
  }
  return set;
}

const Template* TemplateSet::find(std::string_view name) const {
  const auto found = templates_.find(name);
  return found == templates_.end() ? nullptr : &found->second;
}

}  // namespace mfgen
