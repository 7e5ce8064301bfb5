#include "cpp/names.h"

#include <algorithm>
#include <cctype>
#include <iterator>

#include "cpp/name_table.h"
#include "mfidl/spelling.h"

namespace mfgen::cpp {

namespace {

// What the .mfidl file wants the name to be in C++. C++ has one habit for all roles: as written.
std::string wanted_name(const mfidl::Named& named) {
  return mfidl::spelled(named, mfidl::NameRole::kMember, mfidl::Language::kCpp);
}

// C++20's keywords, with `import` and `module`, which may begin a line.
constexpr std::string_view kKeywords[] = {
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "asm",
    "auto",
    "bitand",
    "bitor",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "char16_t",
    "char32_t",
    "char8_t",
    "class",
    "co_await",
    "co_return",
    "co_yield",
    "compl",
    "concept",
    "const",
    "const_cast",
    "consteval",
    "constexpr",
    "constinit",
    "continue",
    "decltype",
    "default",
    "delete",
    "do",
    "double",
    "dynamic_cast",
    "else",
    "enum",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "if",
    "import",
    "inline",
    "int",
    "long",
    "module",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "not_eq",
    "nullptr",
    "operator",
    "or",
    "or_eq",
    "private",
    "protected",
    "public",
    "register",
    "reinterpret_cast",
    "requires",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "static_assert",
    "static_cast",
    "struct",
    "switch",
    "template",
    "this",
    "thread_local",
    "throw",
    "true",
    "try",
    "typedef",
    "typeid",
    "typename",
    "union",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "wchar_t",
    "while",
    "xor",
    "xor_eq",
};
static_assert(std::is_sorted(std::begin(kKeywords), std::end(kKeywords)));
constexpr NameTable kKeywordTable = kKeywords;

// PRId64, SCNxPTR and their like, which <cinttypes> defines.
bool is_format_macro(std::string_view name) {
  return (name.starts_with("PRI") || name.starts_with("SCN")) && name.size() > 3 &&
         (name[3] == 'X' || std::islower(static_cast<unsigned char>(name[3])) != 0);
}

// Functions and namespaces that generated code declares beside the types.
bool is_taken_in_namespace(std::string_view name) {
  static const NameSet kTaken = {"codec",   "decode",      "encode",      "mf",
                                 "mf_read", "mf_read_key", "mf_v1",       "mf_write",
                                 "serve",   "to_string",   "mf_write_key"};
  return kTaken.contains(name);
}

// Members of the generated classes; the classes share the names of methods, so one list is enough.
const NameSet& class_members() {
  static const NameSet kTaken = {"Async",     "Client",     "async",   "call",     "channel",
                                 "client_",   "close",      "connect", "dispatch", "drain",
                                 "interface", "kInterface", "options", "request",  "run",
                                 "serve",     "spawn",      "start",   "stop",     "with"};
  return kTaken;
}

// Local names in the functions that take a method's parameters.
const NameSet& function_locals() {
  static const NameSet kTaken = {"call",  "caller_", "client",  "context", "count",
                                 "port_", "request", "results", "worker"};
  return kTaken;
}

const NameSet& open_enum_members() {
  static const NameSet kTaken = {"Value", "enumerator_", "known", "number_",
                                 "raw",   "text_",       "value"};
  return kTaken;
}

// What the names of one scope must not be: `own`, and `types` that the scope mentions.
NameSet joined(const NameSet& own, const NameSet& types) {
  NameSet all = own;
  all.insert(types.begin(), types.end());
  return all;
}

// A method x is also generated as try_x.
std::string escaped_in_class(const std::string& name, const NameSet& taken) {
  return name.starts_with("try_") ? escaped(name + '_', taken) : escaped(name, taken);
}

}  // namespace

bool is_reserved(std::string_view name) {
  return name == "std" || kKeywordTable.contains(name) || is_standard_macro(name) ||
         is_format_macro(name);
}

std::string escaped(std::string_view name, const NameSet& taken) {
  std::string result(name);
  if (!is_reserved(name) && !taken.contains(name)) {
    return result;
  }
  result += '_';
  for (int number = 2; taken.contains(result); ++number) {
    result = std::string(name) + '_' + std::to_string(number);
  }
  return result;
}

std::string declaration_name(const mfidl::Declaration& declaration) {
  const std::string name = wanted_name(declaration);
  return is_taken_in_namespace(name) ? name + '_' : escaped(name);
}

std::string namespace_of(std::string_view package) {
  std::string result;
  for (std::size_t start = 0;;) {
    const std::size_t dot = package.find('.', start);
    const std::string_view part = package.substr(start, dot - start);
    result += start == 0 && is_global_name(part) ? std::string(part) + '_' : escaped(part);
    if (dot == std::string_view::npos) {
      return result;
    }
    result += "::";
    start = dot + 1;
  }
}

std::string snake_case(std::string_view name) {
  const auto is_upper = [](char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; };
  std::string result;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool word_starts =
        i > 0 && is_upper(name[i]) && name[i - 1] != '_' &&
        (!is_upper(name[i - 1]) || (i + 1 < name.size() && !is_upper(name[i + 1]) &&
                                    std::isalpha(static_cast<unsigned char>(name[i + 1])) != 0));
    if (word_starts) {
      result += '_';
    }
    result += static_cast<char>(std::tolower(static_cast<unsigned char>(name[i])));
  }
  return result;
}

std::string PackageNames::member(const mfidl::Named& named) const {
  return escaped(wanted_name(named), types);
}

// The values of an open enum stand in a class beside its functions.
std::string PackageNames::enum_value(const mfidl::Enum& declared, const mfidl::Named& named) const {
  return declared.open ? escaped(wanted_name(named),
                                 joined(open_enum_members(), {declaration_name(declared)}))
                       : escaped(wanted_name(named));
}

std::string PackageNames::method(const mfidl::Named& named) const {
  return escaped_in_class(wanted_name(named), method_taken);
}

std::string PackageNames::parameter(const mfidl::Named& named) const {
  return escaped_in_class(wanted_name(named), parameter_taken);
}

InterfaceNames::InterfaceNames(const mfidl::Interface& interface)
    : caller(declaration_name(interface)) {
  const std::string base = wanted_name(interface);
  client = base + "Client";
  worker = base + "Worker";
  mock = "Mock" + base;
  const std::string prefix = snake_case(base);
  parameters = prefix + "_parameters";
  throws = prefix + "_throws";
  methods = prefix + "_methods";
  requests = prefix + "_requests";
  serving = prefix + "_serving";
}

PackageNames package_names(const mfidl::Model& model) {
  PackageNames names;
  names.package = model.main().package;
  NameSet constants;
  for (const auto& file : model.files) {
    if (file->package != names.package) {
      continue;
    }
    for (const mfidl::DeclarationRef& ref : file->declarations) {
      const std::string name = declaration_name(mfidl::declaration(ref));
      if (std::holds_alternative<const mfidl::Constant*>(ref)) {
        constants.insert(name);
        continue;
      }
      names.types.insert(name);
      if (const auto* interface = std::get_if<const mfidl::Interface*>(&ref)) {
        const InterfaceNames derived(**interface);
        names.types.insert({derived.client, derived.worker, derived.mock});
      }
    }
  }
  names.method_taken = joined(class_members(), names.types);
  names.parameter_taken = joined(joined(function_locals(), names.types), constants);
  return names;
}

}  // namespace mfgen::cpp
