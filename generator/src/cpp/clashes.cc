#include "cpp/clashes.h"

#include <map>
#include <string>

namespace mfgen::cpp {

namespace {

constexpr mfidl::DiagnosticDef<3> kSameSpelling = {{401, mfidl::Severity::kError, "SameSpelling",
                                                    "two names are one in a generated language",
                                                    "in C++ '{}' is spelled '{}', as '{}' is"}};

// The C++ names of one scope, and what each stands for.
class NameScope {
 public:
  explicit NameScope(mfidl::Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void add(const std::string& spelling, const mfidl::Named& named) {
    const auto [first, is_new] = names_.try_emplace(spelling, &named);
    if (is_new) {
      return;
    }
    diagnostics_.report(kSameSpelling, named.place.span, named.name, spelling, first->second->name)
        .note(first->second->place.span, "the other is declared here")
        .help("give one of them another name, or another C++ name: @name(cpp = \"…\")");
  }

 private:
  mfidl::Diagnostics& diagnostics_;
  std::map<std::string, const mfidl::Named*> names_;
};

class Checker {
 public:
  Checker(const PackageNames& names, mfidl::Diagnostics& diagnostics)
      : names_(names), diagnostics_(diagnostics), package_(diagnostics) {}

  void check(const mfidl::Constant& constant) { add(constant); }
  void check(const mfidl::Alias& alias) { add(alias); }
  void check(const mfidl::Union& tagged) { add(tagged); }

  void check(const mfidl::Enum& declared) {
    add(declared);
    NameScope scope(diagnostics_);
    for (const mfidl::EnumValue& value : declared.values) {
      scope.add(names_.enum_value(declared, value), value);
    }
  }

  void check(const mfidl::Struct& structure) {
    add(structure);
    check_members(structure.members);
  }

  void check(const mfidl::Error& error) {
    add(error);
    check_members(error.members);
  }

  void check(const mfidl::Interface& interface) {
    const InterfaceNames derived(interface);
    for (const std::string& name :
         {derived.caller, derived.client, derived.worker, derived.mock, derived.parameters,
          derived.throws, derived.methods, derived.requests, derived.serving}) {
      package_.add(name, interface);
    }
    NameScope scope(diagnostics_);
    for (const mfidl::Method& method : interface.methods) {
      scope.add(names_.method(method), method);
      NameScope parameters(diagnostics_);
      for (const mfidl::Parameter& parameter : method.parameters) {
        parameters.add(names_.parameter(parameter), parameter);
      }
      if (method.stream_parameter) {
        parameters.add(names_.parameter(*method.stream_parameter), *method.stream_parameter);
      }
    }
  }

 private:
  void add(const mfidl::Declaration& declared) {
    package_.add(declaration_name(declared), declared);
  }

  void check_members(const std::vector<mfidl::Member>& members) {
    NameScope scope(diagnostics_);
    for (const mfidl::Member& member : members) {
      scope.add(names_.member(member), member);
    }
  }

  const PackageNames& names_;
  mfidl::Diagnostics& diagnostics_;
  NameScope package_;
};

}  // namespace

void check_clashes(const mfidl::File& file, const PackageNames& names,
                   mfidl::Diagnostics& diagnostics) {
  Checker checker(names, diagnostics);
  for (const mfidl::DeclarationRef& ref : file.declarations) {
    std::visit([&](const auto* declared) { checker.check(*declared); }, ref);
  }
}

}  // namespace mfgen::cpp
