// Sends what this worker prints to its parents, line by line, as STDOUT and STDERR messages
// (spec 8.1).
//
// For parents that do not read the worker's pipes themselves (R8). Best-effort (spec 12.3): each
// parent has a bounded outlet of its own, so that one that does not read costs the others nothing,
// and nobody who prints is held up. What is printed before any parent has spoken waits for the
// first one, bounded as well. A thread of its own, which sleeps until something is printed, a
// parent comes, or there is room; the destructor sends what is left, a last line without its
// newline too, and gives the descriptors back.
#pragma once

#include <map>
#include <thread>

#include "process/line_splitter.h"
#include "process/output_capture.h"
#include "process/output_queue.h"
#include "session/output_outlet.h"
#include "session/worker_session.h"
#include "transport/event_fd.h"

namespace multifrost::session {

class ForwardedOutput {
 public:
  /// `is_service`: it prints where it always did, too, and what no parent is there to hear is not
  /// kept.
  ForwardedOutput(WorkerSession& session, bool is_service);
  ForwardedOutput(const ForwardedOutput&) = delete;
  ForwardedOutput& operator=(const ForwardedOutput&) = delete;
  ~ForwardedOutput();

 private:
  void run();
  void read_all();
  void know_parents();
  void distribute();
  void send_all();

  WorkerSession& session_;
  const bool is_service_;
  process::OutputCapture capture_;
  process::LineSplitter out_;
  process::LineSplitter err_;
  process::OutputQueue queue_;  ///< not given to the outlets yet
  std::map<transport::PeerId, OutputOutlet> outlets_;
  transport::EventFd ends_;
  std::thread thread_;
};

}  // namespace multifrost::session
