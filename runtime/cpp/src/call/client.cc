// What all generated clients share.
#include "multifrost/client.h"

#include <utility>

#include "multifrost/generated.h"

namespace multifrost {

Client::Client(std::shared_ptr<Channel> channel, CallOptions options) noexcept
    : channel_(std::move(channel)), options_(std::move(options)) {}

Client::Client(std::shared_ptr<Channel>&& channel, CallOptions&& options, const Interface& expected)
    : Client(std::move(channel), std::move(options)) {
  channel_->expect(expected).value();
}

Client::Client(const Client&) = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(const Client&) = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Client Client::with(CallOptions&& options) const { return Client(channel_, std::move(options)); }

[[gnu::hot]] Request Client::request(const Method& method,
                                     std::initializer_list<Argument> arguments) const {
  Request request(*channel_, method, options_, arguments.size());
  for (const Argument& argument : arguments) request.argument(argument.write, argument.value);
  return request;
}

Request Client::request(const Method& method, std::size_t arguments) const {
  return Request(*channel_, method, options_, arguments);
}

namespace detail {

[[gnu::hot]] void get(const Client& client, const Method& method,
                      std::initializer_list<Argument> arguments, ReadValue* read, void* into) {
  client.request(method, arguments).get(read, into);
}

Reply call(const Client& client, const Method& method, std::initializer_list<Argument> arguments) {
  return client.request(method, arguments).send_and_wait();
}

[[gnu::hot]] std::shared_ptr<PendingCall> start(const Client& client, const Method& method,
                                                std::initializer_list<Argument> arguments) {
  return client.request(method, arguments).start();
}

}  // namespace detail

Result<void> try_get(const Client& client, const Method& method,
                     std::initializer_list<Argument> arguments) {
  return client.request(method, arguments).call_nothing();
}

}  // namespace multifrost
