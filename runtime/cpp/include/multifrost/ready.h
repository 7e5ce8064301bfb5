// A Pending whose outcome is there already: for mocks and other stand-ins of a worker.
//
//   mock.on_upload.answers([&](const std::string&) {
//     return multifrost::StreamUpload<Sample, std::int32_t>{
//         multifrost::StreamWriter<Sample>(written), multifrost::ready<std::int32_t>(7)};
//   });
//
// Thread rule: one thread at a time. Nothing blocks; continuations run at once.
#pragma once

#include <cstring>
#include <memory>
#include <utility>

#include "multifrost/chrono.h"
#include "multifrost/pending.h"

namespace multifrost {

namespace detail {
/// Keeps the value itself. What it hands on as a reply only tells where it lies: no codec is
/// needed.
template <class T>
class ReadyCall final : public PendingCall {
 public:
  explicit ReadyCall(Result<T> result) : result_(std::move(result)) {}

  bool ready() const noexcept override { return true; }
  bool wait_for(std::chrono::nanoseconds) override { return true; }
  Reply take() override {
    const Result<T>* const place = &result_;
    const auto* const bytes = reinterpret_cast<const char*>(&place);
    return {kMethod, Bytes(std::string_view(bytes, sizeof place)), Format::msgpack};
  }
  void then(std::unique_ptr<Continuation> continuation) override {
    if (continuation) continuation->run(take());
  }
  void cancel() noexcept override {}
  void abandon() noexcept override {}

  static Result<T> finish(Reply reply) {
    const Result<T>* place = nullptr;
    std::memcpy(&place, reply.encoded().data(), sizeof place);
    return *place;
  }

 private:
  static constexpr Method kMethod{.label = "ready", .name = "ready", .name_space = ""};
  Result<T> result_;
};
}  // namespace detail

/// Ends at once with this value, or this failure.
template <class T>
Pending<T> ready(Result<T> result) {
  return {std::make_shared<detail::ReadyCall<T>>(std::move(result)), &detail::ReadyCall<T>::finish};
}

}  // namespace multifrost
