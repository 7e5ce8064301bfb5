// The worker that the chaos tests start, wrap, stop and kill.
//
//   chaos_worker [--service=ID]     serves until its parent, or a signal, ends it
//   chaos_worker --stranger         another listener holds [::1] at its parent's port (R6)
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "multifrost/child_worker.h"

namespace {

using multifrost::CallContext;
using multifrost::Value;
using Arguments = std::vector<Value>;

/// Parents may add arguments of their own, which are ignored.
std::string option(int argc, char** argv, std::string_view name) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with(name)) return std::string(argument.substr(name.size()));
  }
  return {};
}

bool has_option(int argc, char** argv, std::string_view name) {
  for (int i = 1; i < argc; ++i) {
    if (argv[i] == name) return true;
  }
  return false;
}

/// Listens at [::1] on our parent's port, and leaves only that way in: TCP. -1 where there is no
/// IPv6, so that no stranger can be there either.
int listen_as_stranger() {
  const char* const port = std::getenv("COMLINK_ZMQ_PORT");
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  address.sin6_port = htons(static_cast<std::uint16_t>(port == nullptr ? 0 : std::atoi(port)));
  ::unsetenv("MULTIFROST_ENDPOINT");
  const int listener = ::socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener < 0) return -1;
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return -1;
  return ::listen(listener, 8) == 0 ? listener : -1;
}

/// Starts a process in a session of its own, out of reach of signals to our group, that holds our
/// standard output and error open until it is killed.
pid_t leave_grandchild() {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::setsid();
  ::execl("/bin/sleep", "sleep", "1000", nullptr);
  ::_exit(127);
}

/// Starts one that no signal but SIGKILL ends, in a session of its own, without a parent: a daemon
/// as careless programs start them, which holds our standard output and error open.
pid_t leave_daemon() {
  int channel[2];
  if (::pipe(channel) != 0) return -1;
  const pid_t between = ::fork();
  if (between == 0) {
    ::setsid();
    if (::fork() == 0) {
      for (const int number : {SIGTERM, SIGINT, SIGHUP}) ::signal(number, SIG_IGN);
      const pid_t own = ::getpid();
      static_cast<void>(!::write(channel[1], &own, sizeof own));
      ::execl("/bin/sleep", "sleep", "1000", nullptr);
    }
    ::_exit(0);
  }
  pid_t daemon = -1;
  static_cast<void>(!::read(channel[0], &daemon, sizeof daemon));
  ::close(channel[0]);
  ::close(channel[1]);
  ::waitpid(between, nullptr, 0);
  return daemon;
}

}  // namespace

int main(int argc, char** argv) {
  int stranger = -1;
  if (has_option(argc, argv, "--stranger")) stranger = listen_as_stranger();
  multifrost::ChildWorker worker(option(argc, argv, "--service="));
  worker.function("echo", [](Arguments values) { return values.at(0); });
  worker.function("pid", [](Arguments) { return Value(::getpid()); });
  worker.function("hang", [](Arguments) -> Value {
    using std::chrono::seconds;
    for (;;) std::this_thread::sleep_for(seconds(1));  // lint: allow sleep: a stuck handler
  });
  worker.function("say", [](Arguments values) {
    std::printf("%s\n", values.at(0).as_string().c_str());
    return Value();
  });
  worker.function("leave_grandchild", [](Arguments) { return Value(leave_grandchild()); });
  worker.function("leave_daemon", [](Arguments) { return Value(leave_daemon()); });
  worker.function("crash", [](Arguments) -> Value {
    std::fputs("about to crash\n", stderr);
    std::abort();
  });
  worker.function("guests_of_stranger", [stranger](Arguments) {
    pollfd entry{stranger, POLLIN, 0};
    return Value(stranger < 0 ? 0 : ::poll(&entry, 1, 0));
  });
  // Another worker in this process, as a program may have one; it is no child of our parent.
  std::unique_ptr<multifrost::ChildWorker> service;
  worker.function("start_service", [&service](Arguments values) {
    service = std::make_unique<multifrost::ChildWorker>(multifrost::ChildOptions{
        .service_id = values.at(0).as_string(), .registry_folder = values.at(1).as_string()});
    service->function("whose", [](Arguments) { return Value("the service's"); });
    service->start().value();
    return Value();
  });
  return worker.run();
}
