// What the generated mocks are made of: for tests of code that calls a worker, without one.
//
//   acme::vision::MockVision vision;
//   vision.on_report.returns(report);
//   vision.on_detect.fails(acme::vision::NotFound({.id = "7"}).failure());
//   vision.on_lookup.answers([](const auto& key) { return key; });
//   code_under_test(vision);
//   EXPECT_EQ(vision.on_report.calls().size(), 1u);
//
// Thread rule: one thread at a time. Nothing blocks.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "multifrost/error.h"
#include "multifrost/failure.h"
#include "multifrost/ready.h"

namespace multifrost {

template <class Signature>
class MockMethod;

namespace detail {
/// A parameter as it outlives the call: views become owners.
template <class Owner, class View>
Owner owned(const View& view) {
  if constexpr (std::is_constructible_v<Owner, const View&>) {
    return Owner(view);
  } else if constexpr (requires { view.begin(); }) {
    return Owner(view.begin(), view.end());
  } else {  // an optional view
    return view ? Owner(owned<typename Owner::value_type>(*view)) : Owner();
  }
}
}  // namespace detail

/// One method of a mock. `Arguments` are the owning types, which calls() keeps.
template <class R, class... Arguments>
class MockMethod<R(Arguments...)> {
 public:
  using Call = std::tuple<Arguments...>;

  /// `label` names the method in the failure of a call that nothing answers.
  explicit MockMethod(std::string_view label) noexcept : label_(label) {}
  MockMethod(MockMethod&&) noexcept = default;
  MockMethod& operator=(MockMethod&&) noexcept = default;

  /// From now on `answer(arguments...)` answers each call, and may throw. It gets the arguments as
  /// calls() keeps them.
  template <class Answer>
  void answers(Answer answer) {
    struct Callable final : Script {
      explicit Callable(Answer given) : call(std::move(given)) {}
      R run(const Call& arguments) override { return std::apply(call, arguments); }
      Answer call;
    };
    script_ = std::make_unique<Callable>(std::move(answer));
  }
  /// From now on each call returns a copy of `value`; where the result is a stream, a reader of
  /// these items: `mock.on_watch.returns(std::vector<Sample>{…})`.
  template <class Value>
  void returns(Value value) {
    if constexpr (std::is_copy_constructible_v<R>) {
      answers([value = R(std::move(value))](const Arguments&...) { return value; });
    } else {
      answers([value = std::move(value)](const Arguments&...) { return R(value); });
    }
  }
  /// From now on each call returns; for methods without result.
  void returns() {
    answers([](const Arguments&...) {});
  }
  /// From now on each call throws the failure's exception.
  void fails(Failure failure) {
    answers([failure = std::move(failure)](const Arguments&...) -> R { failure.raise(); });
  }

  /// What was called so far, oldest first.
  const std::vector<Call>& calls() const noexcept { return calls_; }

  /// For the generated mock.
  template <class... Views>
  R operator()(const Views&... views) {
    calls_.emplace_back(detail::owned<Arguments>(views)...);
    if (!script_) {
      Failure(ErrorCode::unimplemented, Execution::not_executed,
              std::string(label_) +
                  ": the mock has no answer; give it one with returns, fails or answers")
          .raise();
    }
    const Call arguments = calls_.back();  // the script may call again
    return script_->run(arguments);
  }

 private:
  class Script {
   public:
    virtual ~Script() = default;
    virtual R run(const Call& arguments) = 0;
  };

  std::string_view label_;
  std::unique_ptr<Script> script_;
  std::vector<Call> calls_;
};

}  // namespace multifrost
