#include "session/dynamic_call.h"

#include <memory>
#include <string>

#include "multifrost/codec.h"

namespace multifrost::session {
namespace {

/// A method made up at run time: its name, and the constants that a Request wants.
struct DynamicMethod {
  explicit DynamicMethod(std::string_view function)
      : name(function), method{.label = name, .name = name, .name_space = "default"} {}
  DynamicMethod(const DynamicMethod&) = delete;
  DynamicMethod& operator=(const DynamicMethod&) = delete;

  const std::string name;
  const Method method;
};

Request make_request(Channel& channel, const Method& method, const std::vector<Value>& arguments,
                     const CallOptions& options) {
  Request request(channel, method, options, arguments.size());
  for (const Value& argument : arguments) request.argument<codec::Any>(argument);
  return request;
}

/// Keeps the method for as long as the call and whoever reads its reply, also when it is abandoned.
class DynamicPending final : public PendingCall {
 public:
  DynamicPending(std::shared_ptr<DynamicMethod> method, std::shared_ptr<PendingCall> call) noexcept
      : method_(std::move(method)), call_(std::move(call)) {}

  bool ready() const noexcept override { return call_->ready(); }
  bool wait_for(std::chrono::nanoseconds time) override { return call_->wait_for(time); }
  Reply take() override { return call_->take(); }
  void then(std::unique_ptr<Continuation> continuation) override {
    call_->then(std::make_unique<Keeping>(method_, std::move(continuation)));
  }
  void cancel() noexcept override { call_->cancel(); }
  /// The call still needs its method, for the text of its failure.
  void abandon() noexcept override { then(nullptr); }

 private:
  class Keeping final : public Continuation {
   public:
    Keeping(std::shared_ptr<DynamicMethod> method, std::unique_ptr<Continuation> next) noexcept
        : method_(std::move(method)), next_(std::move(next)) {}
    void run(Reply reply) override {
      if (next_) next_->run(std::move(reply));
    }

   private:
    std::shared_ptr<DynamicMethod> method_;
    std::unique_ptr<Continuation> next_;
  };

  std::shared_ptr<DynamicMethod> method_;
  std::shared_ptr<PendingCall> call_;
};

}  // namespace

Result<Value> dynamic_call(Channel& channel, std::string_view function,
                           const std::vector<Value>& arguments, const CallOptions& options) {
  const DynamicMethod dynamic(function);
  return make_request(channel, dynamic.method, arguments, options).call<codec::Any>();
}

Pending<Value> start_dynamic_call(Channel& channel, std::string_view function,
                                  const std::vector<Value>& arguments, const CallOptions& options) {
  auto dynamic = std::make_shared<DynamicMethod>(function);
  auto call = make_request(channel, dynamic->method, arguments, options).start();
  return {std::make_shared<DynamicPending>(std::move(dynamic), std::move(call)),
          &detail::finish<codec::Any>};
}

}  // namespace multifrost::session
