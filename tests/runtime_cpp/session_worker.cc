// The C++ worker that the session tests start: dynamic functions that do what their names say.
//
//   runtime_cpp_worker [--service=ID] [--concurrency=N] [--log=FILE]
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include "multifrost/child_worker.h"
#include "multifrost/json_lines.h"
#include "multifrost/parent_worker.h"
#include "multifrost/runtime.h"

namespace {

using multifrost::CallContext;
using multifrost::Value;
using Arguments = std::vector<Value>;

/// Of an option such as "--log="; empty without it. Parents may add arguments of their own, which
/// are ignored.
std::string value_of(std::string_view option, int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with(option)) return std::string(argument.substr(option.size()));
  }
  return {};
}

/// Who comes here goes on when so many are there.
class Meeting {
 public:
  Value join(std::int64_t count) {
    std::unique_lock lock(mutex_);
    ++here_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return here_ >= count; });
    return Value(here_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t here_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  Meeting meeting;
  multifrost::RuntimeOptions runtime_options;
  if (const std::string file = value_of("--log=", argc, argv); !file.empty()) {
    runtime_options.log = multifrost::json_lines_sink(std::fopen(file.c_str(), "w"));
  }
  multifrost::Runtime runtime(std::move(runtime_options));
  multifrost::ChildOptions options;
  options.service_id = value_of("--service=", argc, argv);
  if (const std::string count = value_of("--concurrency=", argc, argv); !count.empty()) {
    options.concurrency = static_cast<unsigned>(std::stoul(count));
  }
  multifrost::ChildWorker worker(std::move(options), &runtime);
  worker.function(
      "add", [](Arguments values) { return Value(values.at(0).as_int() + values.at(1).as_int()); });
  worker.function("echo", [](Arguments values) { return values.empty() ? Value() : values[0]; });
  worker.function("pid", [](Arguments) { return Value(::getpid()); });
  worker.function("nothing", [](Arguments) { return Value(); });
  worker.function(
      "fail", [](Arguments values) -> Value { throw std::out_of_range(values.at(0).as_string()); });
  worker.function("throw_int", [](Arguments) -> Value { throw 42; });
  worker.function("sleep_ms", [](Arguments values) {
    const std::chrono::milliseconds time(values.at(0).as_int());
    std::this_thread::sleep_for(time);  // lint: allow sleep: a slow handler
    return values[0];
  });
  worker.function("until_stopped", [](Arguments, CallContext& context) {
    using std::chrono::milliseconds;
    while (!context.stop().stop_requested()) {
      std::this_thread::sleep_for(milliseconds(1));  // lint: allow sleep: a handler that polls
    }
    return Value("stopped");
  });
  worker.function("hang", [](Arguments) -> Value {
    using std::chrono::seconds;
    for (;;) std::this_thread::sleep_for(seconds(1));  // lint: allow sleep: a stuck handler
  });
  worker.function("exit", [](Arguments values) -> Value {
    std::fputs("going down\n", stderr);
    std::_Exit(static_cast<int>(values.at(0).as_int()));
  });
  worker.function("kill", [](Arguments) -> Value {
    std::raise(SIGKILL);
    return {};
  });
  worker.function("say", [](Arguments values) {
    std::printf("%s\n", values.at(0).as_string().c_str());
    std::fflush(stdout);
    return Value();
  });
  worker.function("environment", [](Arguments values) {
    const char* const value = std::getenv(values.at(0).as_string().c_str());
    return value == nullptr ? Value() : Value(value);
  });
  worker.function("deadline_ms", [](Arguments, CallContext& context) {
    if (!context.deadline()) return Value();
    const auto left = *context.deadline() - CallContext::Clock::now();
    return Value(std::chrono::duration_cast<std::chrono::milliseconds>(left).count());
  });
  worker.function("meet", [&](Arguments values) { return meeting.join(values.at(0).as_int()); });
  worker.function("same_thread", [first = std::this_thread::get_id()](Arguments) {
    return Value(first == std::this_thread::get_id());
  });
  // Parent and worker at once (spec 3.1): asks a worker of its own.
  worker.function("nested_add", [script = std::string(argv[0])](Arguments values) {
    auto inner = multifrost::ParentWorker::spawn(script);
    inner.start();
    return inner.call("add", values.at(0), values.at(1));
  });
  worker.function(
      "add", [](Arguments values) { return Value(values.at(0).as_int() - values.at(1).as_int()); },
      "reverse");
  return worker.run();
}
