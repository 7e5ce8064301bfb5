#include "generate.h"

#include <map>
#include <utility>

#include "depfile.h"
#include "embedded.h"
#include "output_files.h"
#include "template/renderer.h"
#include "template/template_set.h"

namespace mfgen {

namespace {

const std::string& text_of(const Value& object, std::string_view name) {
  return *object.as_object()->find(name)->as_text();
}

// Renders the files that `view` lists, and appends them to `files`.
std::optional<Failure> render_files(const TemplateSet& templates, const Object& view,
                                    const std::string& out_dir, std::vector<OutputFile>& files) {
  for (const Value& file : *view.find("files")->as_list()) {
    auto content = render(templates, text_of(file, "template"), view, file);
    if (!content.ok()) {
      return content.failure();
    }
    files.push_back({out_dir + '/' + text_of(file, "path"), std::move(content.value())});
  }
  return std::nullopt;
}

std::optional<Failure> check_paths(const std::vector<OutputFile>& files) {
  std::map<std::string_view, const std::string*> contents;
  for (const OutputFile& file : files) {
    const auto [known, is_new] = contents.try_emplace(file.path, &file.content);
    if (!is_new && *known->second != file.content) {
      return Failure{file.path +
                     ": error: two input files would be written here; give their roots with -I, or "
                     "generate them into folders of their own"};
    }
  }
  return std::nullopt;
}

std::string depfile_for(const std::vector<OutputFile>& files, const mfidl::SourceManager& sources,
                        const std::vector<std::string>& templates) {
  std::vector<std::string> targets;
  targets.reserve(files.size());
  for (const OutputFile& file : files) {
    targets.push_back(file.path);
  }
  std::vector<std::string> inputs;
  for (const auto& source : sources.files()) {
    inputs.push_back(source->path());
  }
  inputs.insert(inputs.end(), templates.begin(), templates.end());
  return depfile(targets, inputs);
}

}  // namespace

std::optional<Failure> generate(std::span<const mfidl::Model> models,
                                std::span<const Language* const> languages,
                                const GenerateOptions& options, const mfidl::SourceManager& sources,
                                mfidl::Diagnostics& diagnostics) {
  std::vector<OutputFile> files;
  std::vector<std::string> template_files;
  for (const Language* language : languages) {
    const auto templates =
        TemplateSet::load(language->name, embedded_templates(), options.template_dir);
    if (!templates.ok()) {
      return templates.failure();
    }
    const auto& overlay = templates.value().overlay_files();
    template_files.insert(template_files.end(), overlay.begin(), overlay.end());
    for (const mfidl::Model& model : models) {
      const Object view = language->view(model, options.view, diagnostics);
      if (diagnostics.has_errors()) {
        continue;  // what the other files have to say is worth knowing, too
      }
      if (auto failure = render_files(templates.value(), view, options.out_dir, files)) {
        return failure;
      }
    }
  }
  if (diagnostics.has_errors()) {
    return std::nullopt;
  }
  if (auto failure = check_paths(files)) {
    return failure;
  }
  if (!options.depfile.empty()) {
    files.push_back({options.depfile, depfile_for(files, sources, template_files)});
  }
  return write_files(files);
}

}  // namespace mfgen
