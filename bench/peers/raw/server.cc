// Answers bare messages, a thread a connection: one read and one write for whatever is there.
#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "harness/server_process.h"
#include "message.h"
#include "sockets.h"

namespace {

using namespace bench::raw;

class Connection {
 public:
  explicit Connection(int socket) : socket_(socket), input_(std::size_t{1} << 18U) {}

  void serve() {
    for (;;) {
      const std::size_t received =
          read_some(socket_, input_.data() + filled_, input_.size() - filled_);
      if (received == 0) return;
      filled_ += received;
      if (!answer_what_is_there()) return;
    }
  }

 private:
  bool answer_what_is_there() {
    std::size_t at = 0;
    while (filled_ - at >= kSize) {
      Message message = from_wire(&input_[at]);
      at += kSize;
      if (message.operation == Operation::add) {
        message.a += message.b;
        append(message);
      } else if (!echo(message, at)) {
        return false;
      }
    }
    flush();
    std::copy(input_.begin() + static_cast<std::ptrdiff_t>(at),
              input_.begin() + static_cast<std::ptrdiff_t>(filled_), input_.begin());
    filled_ -= at;
    return true;
  }

  bool echo(const Message& message, std::size_t& at) {
    payload_.resize(message.payload);
    const std::size_t here = std::min<std::size_t>(filled_ - at, payload_.size());
    std::copy_n(&input_[at], here, payload_.data());
    at += here;
    if (!read_all(socket_, payload_.data() + here, payload_.size() - here)) return false;
    append(message);
    flush();
    write_all(socket_, payload_.data(), payload_.size());
    return true;
  }

  void append(const Message& message) {
    const Wire wire = to_wire(message);
    output_.insert(output_.end(), wire.begin(), wire.end());
  }

  void flush() {
    write_all(socket_, output_.data(), output_.size());
    output_.clear();
  }

  int socket_;
  std::vector<char> input_;
  std::size_t filled_ = 0;
  std::vector<char> output_;
  std::string payload_;
};

}  // namespace

int main(int, char** argv) {
  bench::begin_server();
  std::string address;
  const int listener = listen_anywhere(argv[1], address);
  bench::announce_ready(address);
  for (;;) {
    const int socket = accept_one(listener);
    std::thread([socket] { Connection(socket).serve(); }).detach();
  }
}
