#include "session/forwarded_output.h"

#include <algorithm>
#include <cstdio>

#include "process/pipe_reader.h"

namespace multifrost::session {
ForwardedOutput::ForwardedOutput(WorkerSession& session, bool is_service)
    : session_(session), is_service_(is_service), thread_([this] { run(); }) {}

ForwardedOutput::~ForwardedOutput() {
  std::fflush(nullptr);
  ends_.set();
  thread_.join();
}

void ForwardedOutput::run() {
  const transport::EventFd& news = session_.output_event();
  for (bool ends = false; !ends;) {
    const int watched[] = {capture_.out().get(), capture_.err().get(), ends_.get(), news.get()};
    const unsigned ready = transport::wait_readable(watched, 4, transport::kNoDeadline);
    ends = (ready & 4u) != 0;
    if ((ready & 8u) != 0) {
      news.clear();
      know_parents();
    }
    read_all();
    if (ends) {
      out_.finish([this](std::string_view line) { queue_.push(false, line); });
      err_.finish([this](std::string_view line) { queue_.push(true, line); });
    }
    distribute();
    send_all();
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

void ForwardedOutput::know_parents() {
  const auto parents = session_.parents();
  std::erase_if(outlets_, [&](const auto& outlet) {
    return std::find(parents.begin(), parents.end(), outlet.first) == parents.end();
  });
  for (const transport::PeerId parent : parents) outlets_[parent].room();
}

void ForwardedOutput::distribute() {
  if (outlets_.empty() && !is_service_) return;  // it waits for the first parent
  const auto batch = queue_.take();
  for (auto& [parent, outlet] : outlets_) {
    for (const auto& line : batch.lines) outlet.push(line.is_error, line.text);
    outlet.lost(batch.dropped);
  }
}

void ForwardedOutput::send_all() {
  using protocol::OutputStream;
  for (auto place = outlets_.begin(); place != outlets_.end();) {
    auto& [parent, outlet] = *place;
    const auto send = [&, to = parent](bool is_error, std::string_view text) {
      return session_.send_output(to, is_error ? OutputStream::err : OutputStream::out, text);
    };
    outlet.flush(send) ? void(++place) : void(place = outlets_.erase(place));
  }
}

}  // namespace multifrost::session
