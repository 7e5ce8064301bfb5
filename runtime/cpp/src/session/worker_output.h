// What a worker prints, on its way to the parent's OutputSink (spec 8.1, R8): lines, bounded, on
// the executor.
//
// Two sources end here: the pipes on descriptors 1 and 2, and STDOUT/STDERR messages of published
// workers. Thread rule: read() on the supervisor, message() on whichever reader, last() anywhere.
// Nothing blocks.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "multifrost/executor.h"
#include "multifrost/parent_worker.h"
#include "process/last_output.h"
#include "process/line_splitter.h"
#include "process/output_queue.h"
#include "process/unique_fd.h"
#include "session/log.h"

namespace multifrost::session {

using OutputStream = OutputSink::Stream;

class WorkerOutput {
 public:
  /// Whom to tell of lines that were dropped.
  struct Dropped {
    Log log;
    std::string worker;
  };
  WorkerOutput(std::shared_ptr<OutputSink> sink, std::shared_ptr<Executor> executor,
               Dropped dropped);

  /// Reads what `pipe` holds; false: it has ended and is closed.
  bool read(OutputStream stream, process::UniqueFd& pipe);
  /// An output message: one or more lines, whole.
  void message(OutputStream stream, std::string_view text);

  /// The last lines of both streams, oldest first.
  std::string last() const;
  /// The last lines of stderr.
  std::string last_errors() const;

 private:
  struct Shared;
  class Show;
  void line(OutputStream stream, std::string_view text);

  std::shared_ptr<Shared> shared_;
  std::shared_ptr<Executor> executor_;
  process::LineSplitter out_;
  process::LineSplitter err_;
  mutable std::mutex mutex_;
  process::LastOutput last_;
  process::LastOutput last_errors_;
};

/// Prints `[script STDOUT]: line` to standard output, `[script STDERR]: line` to standard error.
std::shared_ptr<OutputSink> make_printing_sink(const std::string& script);

}  // namespace multifrost::session
