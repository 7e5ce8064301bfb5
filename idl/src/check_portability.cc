#include "check_portability.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "diagnostic_table.h"

namespace mfidl {
namespace {

// Whom an interface is for; interfaces for the same audience are looked at together.
struct Audience {
  std::vector<Language> targets;
  bool published = false;

  bool operator<(const Audience& other) const {
    return std::tie(targets, published) < std::tie(other.targets, other.published);
  }

  bool has(Language language) const {
    return std::find(targets.begin(), targets.end(), language) != targets.end();
  }
  bool has_published(Language language) const {
    return published && (targets.empty() || has(language));
  }
};

std::string_view title(Language language) {
  static constexpr std::array<std::string_view, kLanguages.size()> kTitles = {
      "C++", "Python", "JavaScript", "Go", "Rust"};
  return kTitles[static_cast<std::size_t>(language)];
}

class PortabilityChecker {
 public:
  PortabilityChecker(const Audience& audience, std::set<std::pair<int, std::uint32_t>>& reported,
                     Diagnostics& diagnostics)
      : audience_(audience), reported_(reported), diagnostics_(diagnostics) {}

  void check(const Interface& interface) {
    interface_ = &interface;
    for (const Method& method : interface.methods) check_method(method);
    drain();
  }

 private:
  void check_method(const Method& method) {
    for (const Parameter& parameter : method.parameters) check_value(parameter.type, parameter);
    if (method.stream_parameter)
      check_value(method.stream_parameter->type, *method.stream_parameter);
    if (method.result) check_value(*method.result, method);
    for (const Error* error : method.throws) queue(error, error->members);
    if (!audience_.published) return;
    if (method.stream_parameter || method.stream_result) {
      report(diag::kPublishedStream, method, method.name);
    }
    check_errors(method);
    check_zero_result(method);
    check_method_name(method);
  }

  // JavaScript loses the class name of an exception, Go and Rust send text without a type.
  void check_errors(const Method& method) {
    if (method.throws.empty()) return;
    for (const Language language : {Language::kTypeScript, Language::kGo, Language::kRust}) {
      if (!audience_.has_published(language)) continue;
      report(diag::kPublishedError, method, title(language), method.throws[0]->name);
      return;
    }
  }

  void check_zero_result(const Method& method) {
    if (!method.result || method.stream_result || method.result->nullable) return;
    if (!audience_.has_published(Language::kGo)) return;
    const std::string_view zero = zero_of(*method.result);
    if (zero.empty()) return;
    report(diag::kPublishedZeroResult, method, zero, method.name)
        .help("make the result nullable, or wrap it in a struct");
  }

  static std::string_view zero_of(const Type& type) {
    switch (type.kind) {
      case Kind::kBool:
        return "false";
      case Kind::kString:
      case Kind::kBytes:
        return "empty";
      case Kind::kList:
        return "an empty list";
      case Kind::kEnum:
        return type.enumeration->base ? "0" : "";
      case Kind::kMap:
      case Kind::kTuple:
      case Kind::kStruct:
      case Kind::kUnion:
      case Kind::kOneOf:
      case Kind::kAny:
        return "";
      default:
        return "0";
    }
  }

  void check_method_name(const Method& method) {
    static constexpr std::array<std::string_view, 5> kOwn = {"run", "start", "stop",
                                                             "listFunctions", "list_functions"};
    if (std::find(kOwn.begin(), kOwn.end(), method.wire) == kOwn.end()) return;
    report(diag::kPublishedMethodName, method, method.wire)
        .help("choose another name, or another wire name with @wire");
  }

  // `where` is the member, parameter or method that has the type.
  void check_value(const Type& type, const Named& where) {
    for (const Type& argument : type.arguments) check_value(argument, where);
    if (type.structure != nullptr) queue(type.structure, type.structure->members);
    if (type.tagged_union != nullptr && seen_.insert(type.tagged_union).second) {
      for (const Variant& variant : type.tagged_union->variants) {
        queue(variant.structure, variant.structure->members);
      }
    }
    check_integer(
        type.enumeration != nullptr ? type.enumeration->base.value_or(Kind::kString) : type.kind,
        where);
    if (!audience_.published) return;
    if (type.kind == Kind::kBytes) check_bytes(where);
    if (type.kind == Kind::kTimestamp && type.encoding == Encoding::kExt) {
      report(diag::kPublishedExt, where).help("use @encoding(millis), or the default");
    }
  }

  void check_integer(Kind kind, const Named& where) {
    if (kind == Kind::kU64 && audience_.targets != std::vector{Language::kCpp}) {
      static constexpr std::array kWorst = {Language::kTypeScript, Language::kGo, Language::kRust,
                                            Language::kPython};
      const auto* language = std::find_if(kWorst.begin(), kWorst.end(),
                                          [&](Language one) { return audience_.has(one); });
      report(diag::kU64NotPortable, where,
             language == kWorst.end() ? std::string_view("JavaScript") : title(*language))
          .help("use i53, or say @targets(cpp)");
    } else if (kind == Kind::kI64 && audience_.has_published(Language::kTypeScript)) {
      report(diag::kPublishedI64, where, kind_name(kind)).help("use i53, which is checked");
    }
  }

  void check_bytes(const Named& where) {
    if (audience_.has_published(Language::kTypeScript)) {
      report(diag::kPublishedBytes, where, "JavaScript", "sends bytes as a map of numbers");
    } else if (audience_.has_published(Language::kRust)) {
      report(diag::kPublishedBytes, where, "Rust", "drops calls that hold bytes");
    }
  }

  void queue(const Declaration* owner, const std::vector<Member>& members) {
    if (seen_.insert(owner).second) waiting_.push_back(&members);
  }

  // Structs reach each other in rows of any length: a queue, not recursion.
  void drain() {
    while (!waiting_.empty()) {
      const std::vector<Member>& members = *waiting_.back();
      waiting_.pop_back();
      for (const Member& member : members) check_value(member.type, member);
    }
  }

  template <std::size_t Count, typename... Args>
  Diagnostic& report(const DiagnosticDef<Count>& def, const Named& where, const Args&... args) {
    if (!reported_.emplace(def.info.number, where.place.span.begin).second) return silent_;
    Diagnostic& finding = diagnostics_.report(def, where.place.span, args...);
    return finding.note(interface_->place.span, "sent by this interface");
  }

  const Audience& audience_;
  std::set<std::pair<int, std::uint32_t>>& reported_;
  Diagnostics& diagnostics_;
  const Interface* interface_ = nullptr;
  std::set<const Declaration*> seen_;
  std::vector<const std::vector<Member>*> waiting_;
  Diagnostic silent_;  // for what has been said already
};

}  // namespace

void check_portability(const Model& model, Diagnostics& diagnostics) {
  std::map<Audience, std::vector<const Interface*>> audiences;
  for (const auto& interface : model.interfaces) {
    if (interface->file != &model.main()) continue;
    audiences[{interface->targets, interface->target_published}].push_back(interface.get());
  }
  std::set<std::pair<int, std::uint32_t>> reported;
  for (const auto& [audience, interfaces] : audiences) {
    PortabilityChecker checker(audience, reported, diagnostics);
    for (const Interface* interface : interfaces) checker.check(*interface);
  }
}

}  // namespace mfidl
