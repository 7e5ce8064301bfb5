// One message to another process and back: what the transports cost over bare sockets.
//
// Both processes share one core, which makes the median reproducible to a few percent (two cores
// measure the scheduler). Every answer is compared. `transport_bench [seconds] [bytes]` prints one
// line for each row.
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "process/unique_fd.h"
#include "transport/direct/direct_factory.h"
#include "transport/direct/socket.h"
#include "transport/event_fd.h"
#include "transport/libzmq/zmq_factory.h"
#include "transport/transport.h"

namespace multifrost::transport {
namespace {

using direct::UniqueFd;

[[noreturn]] void die(std::string_view text) {
  std::fprintf(stderr, "transport_bench: %.*s\n", static_cast<int>(text.size()), text.data());
  std::exit(1);
}

void pin_to_one_core() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(0, &cores);
  if (::sched_setaffinity(0, sizeof cores, &cores) != 0) die("cannot pin to a core");
}

/// Runs `body` in a child process that ends with this one.
class Child {
 public:
  explicit Child(const std::function<void()>& body) : pid_(::fork()) {
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    body();
    ::_exit(0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_;
};

struct Settings {
  std::chrono::duration<double> time{1};
  std::size_t bytes = 100;
};

void measure(const char* name, const Settings& settings, const std::function<void()>& round_trip) {
  using Clock = std::chrono::steady_clock;
  for (int i = 0; i < 500 && settings.bytes < 100000; ++i) round_trip();
  std::vector<double> times;
  const auto begin = Clock::now();
  const auto end = begin + settings.time;
  for (auto before = begin; before < end;) {
    round_trip();
    const auto after = Clock::now();
    times.push_back(std::chrono::duration<double, std::micro>(after - before).count());
    before = after;
  }
  std::sort(times.begin(), times.end());
  std::printf("%-28s p50 %7.2f us   p99 %7.2f us   %8zu calls\n", name, times[times.size() / 2],
              times[times.size() * 99 / 100], times.size());
  std::fflush(stdout);
}

void read_whole(int socket, std::string& into) {
  for (std::size_t done = 0; done < into.size();) {
    const ssize_t size = ::recv(socket, into.data() + done, into.size() - done, 0);
    if (size <= 0) ::_exit(0);
    done += static_cast<std::size_t>(size);
  }
}

void raw(const char* name, Endpoint::Kind kind, const Settings& settings) {
  Endpoint endpoint;
  endpoint.kind = kind;
  endpoint.path = "/tmp/transport-bench-" + std::to_string(::getpid());
  const UniqueFd listener = direct::listen_on(endpoint).value();
  const Child child([&] {
    const auto connecting = direct::begin_connect(endpoint);
    if (!connecting || direct::finish_connect(connecting->socket.get()) != 0) ::_exit(1);
    const UniqueFd& socket = connecting->socket;
    std::string message(settings.bytes, '\0');
    for (;;) {
      read_whole(socket.get(), message);
      ::send(socket.get(), message.data(), message.size(), MSG_NOSIGNAL);
    }
  });
  const int watched = listener.get();
  wait_readable(&watched, 1, kNoDeadline);
  const UniqueFd socket = direct::accept_from(listener.get());
  const std::string call(settings.bytes, 'c');
  std::string answer(settings.bytes, '\0');
  measure(name, settings, [&] {
    ::send(socket.get(), call.data(), call.size(), MSG_NOSIGNAL);
    read_whole(socket.get(), answer);
    if (answer != call) die("wrong answer");
  });
  if (kind == Endpoint::Kind::unix_socket) ::unlink(endpoint.path.c_str());
}

/// `wake`: the worker waits as a session's fixed thread does, with a descriptor that could wake it.
void transport(const char* name, const std::function<std::unique_ptr<Factory>()>& factory,
               Endpoint::Kind kind, bool wake, const Settings& settings) {
  // libzmq's contexts do not survive fork(): each process makes its own, the child knows the place.
  std::array<int, 2> channel{};
  if (::pipe(channel.data()) != 0) die("pipe");
  const Child child([&] {
    Endpoint endpoint;
    endpoint.kind = kind;
    std::array<char, 512> place{};
    if (::read(channel[0], place.data(), place.size() - 1) <= 0) ::_exit(1);
    const std::string_view text(place.data());
    if (kind == Endpoint::Kind::tcp) {
      endpoint.port = static_cast<std::uint16_t>(std::atoi(text.data()));
    } else {
      endpoint.path = text.substr(0, text.find(' '));
      endpoint.token = text.substr(text.find(' ') + 1);
    }
    const auto worker = factory()->connect_as_worker(endpoint, {}).value();
    const EventFd never;
    Event event;
    Buffer answer;
    for (;;) {
      worker->receive(event, kNoDeadline, wake ? never.get() : kNoDescriptor);
      if (event.kind == Event::Kind::lost || event.kind == Event::Kind::closed) ::_exit(0);
      if (event.kind != Event::Kind::message) continue;
      answer.append(event.payload.as_text());
      worker->try_send(event.peer, answer);
    }
  });
  const bool is_unix = kind == Endpoint::Kind::unix_socket;
  auto listening =
      factory()
          ->listen_as_parent({.tcp = !is_unix, .unix_socket = is_unix, .check = {}, .limits = {}})
          .value();
  const Endpoint& place = listening.endpoints.at(0);
  const std::string text = is_unix ? place.path + " " + place.token : std::to_string(place.port);
  if (::write(channel[1], text.c_str(), text.size() + 1) < 0) die("write");
  Transport& parent = *listening.transport;
  Event event;
  parent.receive(event, kNoDeadline);
  if (event.kind != Event::Kind::connected) die("no connection");
  const PeerId peer = event.peer;
  const std::string content(settings.bytes, 'c');
  Buffer call;
  measure(name, settings, [&] {
    call.append(content);
    parent.try_send(peer, call);
    const Deadline deadline = Clock::now() + std::chrono::seconds(5);
    if (parent.receive(event, deadline) != Received::event || event.payload.as_text() != content) {
      die("wrong answer");
    }
  });
  ::close(channel[0]);
  ::close(channel[1]);
}

}  // namespace
}  // namespace multifrost::transport

int main(int argc, char** argv) {
  using namespace multifrost::transport;
  Settings settings;
  if (argc > 1) settings.time = std::chrono::duration<double>(std::atof(argv[1]));
  if (argc > 2) settings.bytes = static_cast<std::size_t>(std::atol(argv[2]));
  pin_to_one_core();
  constexpr auto kTcp = Endpoint::Kind::tcp, kUnix = Endpoint::Kind::unix_socket;
  raw("raw tcp", kTcp, settings);
  transport("direct tcp", make_direct_factory, kTcp, false, settings);
  transport("direct tcp, worker can wake", make_direct_factory, kTcp, true, settings);
  raw("raw unix", kUnix, settings);
  transport("direct unix", make_direct_factory, kUnix, false, settings);
  transport("direct unix, worker can wake", make_direct_factory, kUnix, true, settings);
  transport("libzmq tcp", make_zmq_factory, kTcp, false, settings);
  return 0;
}
