#include "transport/signal_watch.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>

namespace multifrost::transport {
namespace {

// A signal handler gets no context: this is the only way to tell it where to write.
std::atomic<int> descriptor_for_signals{-1};

void on_signal(int) {
  const int before = errno;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(descriptor_for_signals.load(), &one, sizeof one);
  errno = before;
}

}  // namespace

SignalWatch::SignalWatch() {
  descriptor_for_signals = arrived_.get();
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
  ::sigaction(SIGINT, &action, &interrupt_);
  ::sigaction(SIGTERM, &action, &terminate_);
}

SignalWatch::~SignalWatch() {
  ::sigaction(SIGINT, &interrupt_, nullptr);
  ::sigaction(SIGTERM, &terminate_, nullptr);
  descriptor_for_signals = -1;
}

}  // namespace multifrost::transport
