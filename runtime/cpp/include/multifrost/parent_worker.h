// ParentWorker: owns a worker process, or is connected to a service, and calls it, dynamically or
// through generated clients (spec 4.1).
//
//   auto worker = multifrost::ParentWorker::spawn("worker.py");
//   worker.start();                                            // or ParentWorker::connect("calc")
//   multifrost::Value sum = worker.call("add", 1, 2);
//   auto calc = acme::CalcClient(worker.channel());
//
// Thread rule: any thread may call any const method. Blocking: start() until the worker is ready,
// call() until its outcome, close() at most for the stop deadlines; the destructor closes. Errors:
// the exceptions of error.h; `try_…` gives them as Failure. In a child of the program's own fork()
// calls and start() fail with WrongProcessError, the worker looks as after close(), and nothing
// waits for a lock.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "multifrost/channel.h"
#include "multifrost/chrono.h"
#include "multifrost/connect_options.h"
#include "multifrost/metrics.h"
#include "multifrost/pending.h"
#include "multifrost/value.h"

namespace multifrost {

class Runtime;

/// Takes the worker's output line by line, on the executor. Default: prints `[script STDOUT]: line`
/// (spec 8.1).
class OutputSink {
 public:
  enum class Stream : std::uint8_t { out, err };
  virtual ~OutputSink() = default;
  virtual void line(Stream stream, std::string_view text) = 0;
};

struct SpawnOptions {
  std::vector<std::string> arguments = {};  ///< after the script; workers ignore unknown ones
  std::map<std::string, std::string> environment = {};  ///< added to, or replacing, the parent's
  std::string working_directory = {};                   ///< empty: the parent's
  /// Spec 4.1 `defaultTimeout`, for calls that have none of their own; none by default.
  std::optional<std::chrono::nanoseconds> default_timeout = std::nullopt;
  /// Until the worker is ready: connected and one heartbeat answered (R5).
  std::chrono::nanoseconds start_timeout = std::chrono::seconds(30);
  std::chrono::nanoseconds heartbeat_interval = std::chrono::seconds(5);  ///< spec 7.2; zero: none
  std::chrono::nanoseconds heartbeat_timeout = std::chrono::seconds(3);   ///< spec 7.2
  int heartbeat_max_misses = 3;                                           ///< spec 7.2
  /// Echoes that tell of one handler running for longer than this count as missed; zero: never.
  std::chrono::nanoseconds handler_stall_timeout = std::chrono::nanoseconds(0);
  /// Spec 7.3: starts the worker again when it ends by itself. Calls that were sent then end with
  /// WorkerExitedError, those still queued and new ones wait for the next worker.
  bool auto_restart = false;
  int max_restart_attempts = 5;  ///< spec 7.3; in a row
  RestartBackoff restart_backoff = {};
  CircuitOptions circuit = {};
  /// Stop: SHUTDOWN message, after `stop_deadline` SIGTERM, after `kill_deadline` more SIGKILL.
  std::chrono::nanoseconds stop_deadline = std::chrono::seconds(2);
  std::chrono::nanoseconds kill_deadline = std::chrono::seconds(2);
  std::shared_ptr<OutputSink> output = nullptr;  ///< null: print with the prefix of spec 8.1
  /// Where the TCP listener is that a worker joins: a numeric address of this machine; "*" is all
  /// of them, to the letter of spec 5.1. Only the worker's own processes are taken all the same.
  std::string bind_host = "127.0.0.1";
  /// False: TCP alone, as the specification has it, for our own workers, too.
  bool unix_socket = true;
  /// True: our own workers send their output as messages, to the letter of spec 8.1, too. They then
  /// learn of this process's end from the kernel alone, which a wrapper in between hides.
  bool output_as_messages = false;
  /// True: a small guard process, without threads, stands between this process and the worker (R7).
  /// When this process has ended, by SIGKILL as well, the worker's lifeline does too; after
  /// `stop_deadline` its group gets SIGTERM, after `kill_deadline` more SIGKILL. Whatever it has
  /// started is then killed, and so it is when the worker ends by itself or by close(): those too
  /// that have left its group or session. Out of reach are other users' processes, and what another
  /// service starts on the worker's behalf. Costs a process of about 20 kB, 0.4 ms for each start,
  /// nothing for a call. Linux on x86-64 and ARM64, with /proc, and with programs run from memory
  /// allowed (vm.memfd_noexec below 2); else start() fails with SpawnError, which says why.
  bool guard = false;
  bool absent_result_is_zero = false;  ///< idl rule 15, `absent_result = zero_value`
  /// False: generated clients call a worker of another version of their interface, too.
  bool check_interface = true;
};

class ParentWorker {
 public:
  /// A worker that start() will run. `executable` empty, stated rule: the script itself if it is
  /// executable or starts with `#!`; else by extension .py → python3, .js .mjs .cjs → node, .ts →
  /// tsx, .go → go run; else SpawnError says what to give.
  static ParentWorker spawn(const std::string& script, const std::string& executable = {},
                            const SpawnOptions& options = {}, Runtime* runtime = nullptr);

  /// A started worker: the service of that id, found in the registry and answering (spec 5.2).
  /// Throws RegistryError when none comes within `timeout`, ConnectionError when one is registered
  /// that does not take connections or does not answer. close() leaves the service running (R5).
  static ParentWorker connect(const std::string& service_id,
                              std::chrono::nanoseconds timeout = std::chrono::seconds(5));
  static ParentWorker connect(const std::string& service_id, const ConnectOptions& options,
                              Runtime* runtime = nullptr);
  static Result<ParentWorker> try_connect(const std::string& service_id,
                                          const ConnectOptions& options = {},
                                          Runtime* runtime = nullptr);

  ParentWorker(ParentWorker&&) noexcept;
  ParentWorker& operator=(ParentWorker&&) noexcept;
  ~ParentWorker();

  /// Starts the process and waits until it answers; a service is looked up and dialled again.
  /// Repeatable; after close() it starts a new process. It waits for a close() that another thread
  /// has begun, and ends as closed when one begins meanwhile.
  void start();
  Result<void> try_start();
  /// Ends the process (spec 12.1 "Clean shutdown"), or the connection to a service. Repeatable.
  void close();
  void stop() { close(); }

  /// Dynamic call: msgpack values in, one out; healed as spec 11.2 says (NaN → null, …).
  template <class... Arguments>
  Value call(std::string_view function, Arguments&&... arguments) const {
    return try_call(function, {Value(std::forward<Arguments>(arguments))...}).value();
  }
  Result<Value> try_call(std::string_view function, const std::vector<Value>& arguments) const;
  Pending<Value> start_call(std::string_view function, const std::vector<Value>& arguments) const;

  /// A handle to the same worker with these options for its calls; they do not stick to this one
  /// (spec 4.1).
  class With;
  With with(CallOptions options) const;

  /// For generated clients: `VisionClient(worker.channel())`. Calls before start() fail with
  /// not_started.
  std::shared_ptr<Channel> channel() const;

  /// Ready for calls: connected, and the circuit is closed (spec 4.1 `isHealthy`).
  bool is_healthy() const noexcept;
  /// Calls fail at once with CircuitOpenError (spec 4.1 `circuitOpen`, 7.1).
  bool circuit_open() const noexcept;
  /// Closes the circuit (spec 9.1 "manual reset"). A worker that has ended for good then needs
  /// start(), as one that was never started.
  void reset_circuit();
  /// The last heartbeat's round trip by our own clock; none before the first (spec 7.2).
  std::optional<std::chrono::nanoseconds> last_heartbeat_rtt() const noexcept;
  /// Counts and latencies since the worker object was made, or since reset_metrics() (spec 7.4).
  Metrics metrics() const;
  void reset_metrics();

  /// The worker's process id while it runs; none for a service.
  std::optional<int> process_id() const noexcept;

 private:
  class State;
  explicit ParentWorker(std::shared_ptr<State> state) noexcept;
  std::shared_ptr<State> state_;
};

class ParentWorker::With {
 public:
  With(std::shared_ptr<Channel> channel, CallOptions options)
      : channel_(std::move(channel)), options_(std::move(options)) {}

  template <class... Arguments>
  Value call(std::string_view function, Arguments&&... arguments) const {
    return try_call(function, {Value(std::forward<Arguments>(arguments))...}).value();
  }
  Result<Value> try_call(std::string_view function, const std::vector<Value>& arguments) const;
  Pending<Value> start_call(std::string_view function, const std::vector<Value>& arguments) const;

 private:
  std::shared_ptr<Channel> channel_;
  CallOptions options_;
};

}  // namespace multifrost
