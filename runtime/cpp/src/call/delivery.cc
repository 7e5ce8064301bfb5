#include "call/delivery.h"

#include <utility>

namespace multifrost::call {
namespace {

class Delivery final : public Task {
 public:
  Delivery(std::unique_ptr<Continuation> continuation, Reply reply)
      : continuation_(std::move(continuation)), reply_(std::move(reply)) {}
  void run() override { continuation_->run(std::move(reply_)); }

 private:
  std::unique_ptr<Continuation> continuation_;
  Reply reply_;
};

}  // namespace

void deliver(Executor& executor, std::unique_ptr<Continuation> continuation, Reply reply) {
  executor.post(std::make_unique<Delivery>(std::move(continuation), std::move(reply)));
}

}  // namespace multifrost::call
