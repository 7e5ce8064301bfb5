#include "session/worker_output.h"

#include <cstdio>

#include "process/pipe_reader.h"

namespace multifrost::session {

struct WorkerOutput::Shared {
  std::shared_ptr<OutputSink> sink;
  Dropped dropped;
  process::OutputQueue queue;
};

/// Hands everything that waits to the sink; user code, so on the executor.
class WorkerOutput::Show final : public Task {
 public:
  explicit Show(std::shared_ptr<Shared> shared) noexcept : shared_(std::move(shared)) {}
  void run() override {
    const process::OutputQueue::Batch batch = shared_->queue.take();
    for (const auto& line : batch.lines) {
      shared_->sink->line(line.is_error ? OutputStream::err : OutputStream::out, line.text);
    }
    if (batch.dropped == 0) return;
    const std::string text = std::to_string(batch.dropped) + " lines of output were dropped";
    shared_->dropped.log(events::kOutputDropped, text, {.worker = shared_->dropped.worker});
    shared_->sink->line(OutputStream::err, "(" + text + ")");
  }

 private:
  std::shared_ptr<Shared> shared_;
};

WorkerOutput::WorkerOutput(std::shared_ptr<OutputSink> sink, std::shared_ptr<Executor> executor,
                           Dropped dropped)
    : shared_(std::make_shared<Shared>()), executor_(std::move(executor)) {
  shared_->sink = std::move(sink);
  shared_->dropped = std::move(dropped);
}

bool WorkerOutput::read(OutputStream stream, process::UniqueFd& pipe) {
  auto& splitter = stream == OutputStream::out ? out_ : err_;
  const auto take = [&](std::string_view text) { line(stream, text); };
  const auto state =
      process::read_pipe(pipe, [&](std::string_view bytes) { splitter.feed(bytes, take); });
  if (state == process::PipeState::open) return true;
  splitter.finish(take);
  return false;
}

void WorkerOutput::message(OutputStream stream, std::string_view text) {
  process::LineSplitter splitter;
  const auto take = [&](std::string_view whole) { line(stream, whole); };
  splitter.feed(text, take);
  splitter.finish(take);
}

void WorkerOutput::line(OutputStream stream, std::string_view text) {
  {
    const std::lock_guard lock(mutex_);
    last_.add(text);
    if (stream == OutputStream::err) last_errors_.add(text);
  }
  if (shared_->queue.push(stream == OutputStream::err, text)) {
    executor_->post(std::make_unique<Show>(shared_));
  }
}

std::string WorkerOutput::last() const {
  const std::lock_guard lock(mutex_);
  return last_.text();
}

std::string WorkerOutput::last_errors() const {
  const std::lock_guard lock(mutex_);
  return last_errors_.text();
}

namespace {

class PrintingSink final : public OutputSink {
 public:
  explicit PrintingSink(const std::string& script)
      : out_("[" + script + " STDOUT]: "), err_("[" + script + " STDERR]: ") {}
  void line(Stream stream, std::string_view text) override {
    const bool is_error = stream == Stream::err;
    std::string whole = is_error ? err_ : out_;
    whole.append(text).push_back('\n');
    std::FILE* const to = is_error ? stderr : stdout;
    std::fwrite(whole.data(), 1, whole.size(), to);
    std::fflush(to);
  }

 private:
  std::string out_;
  std::string err_;
};

}  // namespace

std::shared_ptr<OutputSink> make_printing_sink(const std::string& script) {
  return std::make_shared<PrintingSink>(script);
}

}  // namespace multifrost::session
