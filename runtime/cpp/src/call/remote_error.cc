#include "call/remote_error.h"

#include <algorithm>

#include "wire/text.h"

namespace multifrost::call {
namespace {

// "Type: message\nTraceback …", taken apart.
struct Text {
  std::string_view type;
  std::string_view whole;  // without the traceback
  std::string_view traceback;
};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '$';
}

// What stands before the first ": ", if it can be a type's name. Without the word of a peer of
// ours, only what looks like one: JavaScript and Go send bare messages, which may have a colon,
// too.
std::string_view type_prefix(std::string_view text, bool certain) {
  std::size_t end = 0;
  bool scoped = false;
  std::size_t last = 0;  // where the name's last component begins
  for (; end < text.size(); ++end) {
    if (text.substr(end).starts_with("::")) {
      scoped = true;
      last = ++end + 1;
    } else if (text[end] == '.') {
      last = end + 1;
    } else if (!is_word(text[end])) {
      break;
    }
  }
  const std::string_view rest = text.substr(end);
  if (end == 0 || last >= end || !(rest.starts_with(":") && (rest.size() == 1 || rest[1] == ' '))) {
    return {};
  }
  const bool capital = text[last] >= 'A' && text[last] <= 'Z';
  return certain || scoped || capital ? text.substr(0, end) : std::string_view();
}

Text take_apart(std::string_view text, bool certain) {
  Text parts;
  const std::size_t trace = std::min(text.find("\nTraceback"), text.find("\n[Traceback"));
  parts.whole = text.substr(0, trace);
  if (trace != std::string_view::npos) parts.traceback = text.substr(trace + 1);
  parts.type = type_prefix(parts.whole, certain);
  return parts;
}

// The strings that say that the function cannot be called, for a function of this name.
std::optional<ErrorCode> uncallable(std::string_view text, std::string_view function) {
  constexpr std::string_view prefix = "AttributeError: ";  // Python's
  if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  const std::string plain(function);
  const std::string quoted = "'" + plain + "'";
  if (text == "Function not found: " + plain) return ErrorCode::function_not_found;
  for (const std::string& name : {quoted, plain}) {
    if (text == "Function " + name + " not found" ||
        text == "Function " + name + " not found or not callable") {
      return ErrorCode::function_not_found;
    }
    if (text == "Cannot call private method " + name) return ErrorCode::private_function;
    if (text == name + " is not callable") return ErrorCode::not_callable;
  }
  return std::nullopt;
}

// The codes that a worker can say of a call; others are its own affair.
std::optional<ErrorCode> answerable(std::uint64_t number) {
  constexpr ErrorCode codes[] = {ErrorCode::invalid_argument, ErrorCode::function_not_found,
                                 ErrorCode::private_function, ErrorCode::not_callable,
                                 ErrorCode::overloaded,       ErrorCode::shutting_down,
                                 ErrorCode::expired,          ErrorCode::unimplemented,
                                 ErrorCode::encode,           ErrorCode::internal};
  const auto* found = std::find_if(std::begin(codes), std::end(codes), [number](ErrorCode code) {
    return static_cast<std::uint64_t>(code) == number;
  });
  return found == std::end(codes) ? std::nullopt : std::optional(*found);
}

bool runs_before(ErrorCode code) {
  return code != ErrorCode::remote && code != ErrorCode::declared && code != ErrorCode::encode &&
         code != ErrorCode::internal;
}

bool is_named(std::string_view text, std::string_view name) {
  return !name.empty() && text.starts_with(name) &&
         (text.size() == name.size() || text[name.size()] == ':');
}

const ErrorType* find_declared(const Method& method, const RemoteError& error,
                               std::string_view text) {
  for (const ErrorType* type : method.throws) {
    if (!error.type.empty() ? error.type == type->name : is_named(text, type->simple_name)) {
      return type;
    }
  }
  if (!error.type.empty()) return nullptr;
  for (const ErrorType* type : method.throws) {
    for (std::size_t at = 0; at < type->match_count; ++at) {
      if (is_named(text, type->matches[at])) return type;
    }
  }
  return nullptr;
}

}  // namespace

std::string error_text(const Failure& failure) {
  std::string text = wire::mend_utf8(failure.message());
  if (failure.code() == ErrorCode::invalid_argument) return "InvalidArgument: " + text;
  if (failure.code() == ErrorCode::encode) return "EncodeError: " + text;
  return text;
}

Failure remote_failure(const Method& method, const RemoteError& error) {
  const Text text = take_apart(error.text, error.code.has_value());
  FailureData data;
  data.code = ErrorCode::remote;
  data.remote_type = error.type.empty() ? text.type : error.type;
  data.traceback = text.traceback;
  data.message = std::string(method.label).append(": ").append(text.whole);

  const auto said = error.code ? answerable(*error.code) : uncallable(text.whole, method.name);
  if (said) {
    data.code = *said;
  } else if ((data.declared = find_declared(method, error, text.whole)) != nullptr) {
    data.code = ErrorCode::declared;
    data.details = error.fields;
  }
  const bool executed = error.executed.value_or(!runs_before(data.code));
  data.execution = executed ? Execution::executed : Execution::not_executed;
  return Failure(std::move(data));
}

}  // namespace multifrost::call
