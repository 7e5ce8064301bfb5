#include "cpp/view.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "cpp/clashes.h"
#include "cpp/declarations.h"
#include "cpp/includes.h"
#include "cpp/interface.h"
#include "cpp/names.h"
#include "cpp/types.h"

namespace mfgen::cpp {

namespace {

using mfidl::File;

const mfidl::Interface* as_interface(const mfidl::DeclarationRef& ref) {
  const auto* interface = std::get_if<const mfidl::Interface*>(&ref);
  return interface != nullptr ? *interface : nullptr;
}

List forward_views(const File& file) {
  List views;
  for (const mfidl::DeclarationRef& ref : file.forward) {
    Object view;
    view.add("key", std::holds_alternative<const mfidl::Enum*>(ref) ? "enum class" : "struct");
    view.add("name", declaration_name(mfidl::declaration(ref)));
    views.emplace_back(std::move(view));
  }
  return views;
}

List limits_views(const Types& types) {
  List views;
  for (const Limits& limits : types.limits()) {
    Object view;
    view.add("name", limits.name);
    view.add("number", limits.number);
    view.add("min", limits.min);
    view.add("max", limits.max);
    view.add("min_size", limits.min_size);
    view.add("max_size", limits.max_size);
    views.emplace_back(std::move(view));
  }
  return views;
}

List codec_headers(const Types& types) {
  const auto& headers = types.codec_headers();
  return List(headers.begin(), headers.end());
}

bool is_deprecated(const mfidl::Named& named) { return named.deprecated.has_value(); }

template <class Items>
bool any_deprecated(const Items& items) {
  for (const auto& item : items) {
    if (is_deprecated(item)) {
      return true;
    }
  }
  return false;
}

// Generated code mentions what is deprecated without meaning to use it.
bool mentions_deprecated(const mfidl::Model& model) {
  for (const auto& file : model.files) {
    for (const mfidl::DeclarationRef& ref : file->declarations) {
      if (is_deprecated(mfidl::declaration(ref))) {
        return true;
      }
      if (const auto* structure = std::get_if<const mfidl::Struct*>(&ref)) {
        if (any_deprecated((*structure)->members)) return true;
      } else if (const auto* error = std::get_if<const mfidl::Error*>(&ref)) {
        if (any_deprecated((*error)->members)) return true;
      } else if (const auto* declared = std::get_if<const mfidl::Enum*>(&ref)) {
        if (any_deprecated((*declared)->values)) return true;
      } else if (const auto* interface = as_interface(ref)) {
        if (any_deprecated(interface->methods)) return true;
      }
    }
  }
  return false;
}

// The methods whose requests need a function of their own.
List with_requests(const List& methods) {
  List result;
  Hint hint;
  for (const Value& method : methods) {
    if (!*method.as_object()->find("complete", hint)->as_bool()) {
      result.push_back(method);
    }
  }
  return result;
}

Value unit(const Value& interface, List methods) {
  Object view;
  view.add("interface", interface);
  view.add("requests", with_requests(methods));
  view.add("methods", std::move(methods));
  return view;
}

// Each interface with its methods. For several sources, those of the same types side by side: what
// a compiler makes once for each type and file, it then makes in one file only.
List units(const List& interfaces, bool by_type) {
  List result;
  for (const Value& interface : interfaces) {
    List methods = *interface.as_object()->find("methods")->as_list();
    if (by_type) {
      Hint hint;
      const auto types = [&hint](const Value& method) -> const std::string& {
        return *method.as_object()->find("signature", hint)->as_text();
      };
      std::stable_sort(methods.begin(), methods.end(), [&](const Value& left, const Value& right) {
        return types(left) < types(right);
      });
    }
    result.push_back(unit(interface, std::move(methods)));
  }
  return result;
}

// The share of each unit's methods that source `index` of `count` defines.
List share(const List& units, std::size_t index, std::size_t count) {
  List result;
  for (const Value& whole : units) {
    const List& methods = *whole.as_object()->find("methods")->as_list();
    const auto begin =
        methods.begin() + static_cast<List::difference_type>(methods.size() * index / count);
    const auto end =
        methods.begin() + static_cast<List::difference_type>(methods.size() * (index + 1) / count);
    result.push_back(unit(*whole.as_object()->find("interface"), List(begin, end)));
  }
  return result;
}

List files(const std::string& stem, const List& interfaces, int split) {
  List result;
  const auto add = [&](std::string path, std::string_view name, List part) {
    Object file;
    file.add("path", std::move(path));
    file.add("template", name);
    file.add("units", std::move(part));
    result.emplace_back(std::move(file));
  };
  const auto shards = static_cast<std::size_t>(split);
  const List all = units(interfaces, split > 0);
  add(stem + ".mf.h", "header", {});
  add(stem + ".mock.mf.h", "mock_header", {});
  add(stem + ".mf.cc", "source", split == 0 ? all : List());
  for (std::size_t i = 0; i < shards; ++i) {
    add(stem + ".mf." + std::to_string(i + 1) + ".cc", "shard", share(all, i, shards));
  }
  return result;
}

}  // namespace

Object view(const mfidl::Model& model, const ViewOptions& options,
            mfidl::Diagnostics& diagnostics) {
  const File& file = model.main();
  const PackageNames names = package_names(model);
  check_clashes(file, names, diagnostics);
  Types types(names);
  Includes includes(file);
  std::set<const mfidl::Declaration*> incomplete;
  for (const mfidl::DeclarationRef& ref : file.definition_order) {
    incomplete.insert(&mfidl::declaration(ref));
  }
  const Scope scope{types, includes, incomplete};
  includes.runtime("encode.h");

  List declarations;
  List interfaces;
  for (const mfidl::DeclarationRef& ref : file.definition_order) {
    incomplete.erase(&mfidl::declaration(ref));
    if (const auto* interface = as_interface(ref)) {
      interfaces.emplace_back(interface_view(*interface, scope));
    } else {
      declarations.emplace_back(declaration_view(ref, scope));
    }
  }
  if (!interfaces.empty()) {
    for (const std::string_view header : {"memory", "string"}) {
      includes.standard(header);
    }
    for (const std::string_view header : {"client.h", "dispatcher.h", "pending.h"}) {
      includes.runtime(header);
    }
  }

  const std::string stem = output_stem(file);
  Object root;
  root.add("generator", MFGEN_VERSION);
  root.add("source", file.root_path);
  root.add("header", stem + ".mf.h");
  mfidl::Named doc;
  doc.doc = file.doc;
  root.add("doc", doc_lines(doc));
  root.add("name_space", namespace_of(file.package));
  root.add("standard_headers", includes.standard_headers());
  root.add("runtime_headers", includes.runtime_headers());
  root.add("generated_headers", includes.generated_headers());
  root.add("codec_headers", codec_headers(types));
  root.add("mentions_deprecated", mentions_deprecated(model));
  root.add("forward", forward_views(file));
  root.add("declarations", std::move(declarations));
  root.add("limits", limits_views(types));
  root.add("split", options.split > 0);
  root.add("files", files(stem, interfaces, options.split));
  root.add("interfaces", std::move(interfaces));
  return root;
}

}  // namespace mfgen::cpp
