#include <algorithm>
#include <string>

#include "multifrost/dispatcher.h"
#include "multifrost/generated.h"

namespace multifrost {

[[gnu::hot]] std::optional<std::size_t> IncomingCall::find(
    Table<const Method*> methods) const noexcept {
  if (known_ != nullptr && known_place_ < methods.size() && methods[known_place_] == known_) {
    return known_place_;
  }
  const auto found = std::lower_bound(
      methods.begin(), methods.end(), function_,
      [](const Method* method, std::string_view name) { return method->name < name; });
  if (found == methods.end() || (*found)->name != function_) return std::nullopt;
  return static_cast<std::size_t>(found - methods.begin());
}

[[gnu::hot]] bool IncomingCall::expect(const Method& method, std::size_t least, std::size_t most) {
  method_ = &method;
  if (count_ >= least && count_ <= most) return true;
  std::string text(method.label);
  text.append(": takes ").append(std::to_string(least));
  if (most != least) text.append(" to ").append(std::to_string(most));
  text.append(most == 1 ? " argument" : " arguments");
  for (std::size_t at = 0; at < method.parameters.size(); ++at) {
    text.append(at == 0 ? " (" : ", ").append(method.parameters[at]);
  }
  text.append(method.parameters.empty() ? ", got " : "), got ").append(std::to_string(count_));
  fail(Failure(ErrorCode::invalid_argument, Execution::not_executed, std::move(text)));
  return false;
}

bool IncomingCall::refuse() {
  std::string where(method_ != nullptr ? method_->label : function_);
  where.append(": ");
  if (method_ != nullptr && read_ < method_->parameters.size()) {
    where.append(method_->parameters[read_]);
  } else {
    where.append("argument ").append(std::to_string(read_ + 1));
  }
  fail(arguments_->failure(ErrorCode::invalid_argument, Execution::not_executed, where));
  return false;
}

std::shared_ptr<StreamPort> IncomingCall::open_stream(const Method& method) {
  std::shared_ptr<StreamPort> port = answer_->open_stream(method);
  if (!port) fail(streams_unimplemented(method));
  return port;
}

void IncomingCall::answer_nothing() {
  answer_->begin_result().null();
  complete();
}

[[gnu::hot]] void IncomingCall::complete() {
  answered_ = true;
  answer_->finish_result();
}

void IncomingCall::fail_result(const Encoder& to) {
  const std::string_view label = method_ != nullptr ? method_->label : function_;
  fail(to.failure(std::string(label).append(": result")));
}

void IncomingCall::fail(const Failure& failure) {
  answered_ = true;
  answer_->fail(failure);
}

void IncomingCall::fail_not_found() {
  const std::string name = "'" + std::string(function_) + "'";
  if (function_.starts_with('_')) {
    return fail(Failure(ErrorCode::private_function, Execution::not_executed,
                        "Cannot call private method " + name));
  }
  fail(Failure(ErrorCode::function_not_found, Execution::not_executed,
               "Function " + name + " not found"));
}

}  // namespace multifrost
