#include "session/forwarded_output.h"

#include <cstdio>

#include "process/pipe_reader.h"

namespace multifrost::session {
namespace {

/// How often it looks for a first parent while something waits for one.
constexpr std::chrono::milliseconds kLook{50};

}  // namespace

ForwardedOutput::ForwardedOutput(WorkerSession& session, bool is_service)
    : session_(session), is_service_(is_service), thread_([this] { run(); }) {}

ForwardedOutput::~ForwardedOutput() {
  std::fflush(nullptr);
  ends_.set();
  thread_.join();
}

void ForwardedOutput::run() {
  using Clock = std::chrono::steady_clock;
  bool behind = false;
  for (;;) {
    const int watched[] = {capture_.out().get(), capture_.err().get(), ends_.get()};
    const unsigned ready = transport::wait_readable(
        watched, 3, behind ? Clock::now() + kLook : transport::kNoDeadline);
    read_all();
    behind = !send_all();
    if ((ready & 4u) != 0) return;
  }
}

void ForwardedOutput::read_all() {
  const auto take = [this](bool is_error) {
    return [this, is_error](std::string_view line) { queue_.push(is_error, line); };
  };
  process::read_pipe(capture_.out(), [&](std::string_view bytes) {
    if (is_service_) capture_.print(false, bytes);
    out_.feed(bytes, take(false));
  });
  process::read_pipe(capture_.err(), [&](std::string_view bytes) {
    if (is_service_) capture_.print(true, bytes);
    err_.feed(bytes, take(true));
  });
}

bool ForwardedOutput::send_all() {
  if (!session_.has_parent()) {
    if (is_service_) queue_.take();
    return is_service_;
  }
  for (const auto& line : queue_.take().lines) {
    using protocol::OutputStream;
    session_.send_output(line.is_error ? OutputStream::err : OutputStream::out, line.text);
  }
  return true;
}

}  // namespace multifrost::session
