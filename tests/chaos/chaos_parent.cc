// The parent that the tests of orphans kill: starts one worker for each command line given, has it
// answer, and waits for its own end.
//
//   chaos_parent [--busy] [--guard] -- PROGRAM [ARGUMENT…] [-- PROGRAM …]…
//
// With --busy every worker is stuck in a handler meanwhile, with --guard each has a guard. A
// program called `foreign` is no worker of ours: it is ready when it prints a line. Prints `ready`
// when all are.
#include <poll.h>

#include <cstdio>
#include <deque>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "multifrost/parent_worker.h"

namespace {

using multifrost::ParentWorker;
using multifrost::SpawnOptions;

class FirstLine final : public multifrost::OutputSink {
 public:
  void line(Stream, std::string_view) override {
    if (!seen_) came_.set_value();
    seen_ = true;
  }
  void wait() { came_.get_future().wait(); }

 private:
  bool seen_ = false;
  std::promise<void> came_;
};

/// Among those before the first command.
bool has_option(int argc, char** argv, std::string_view name) {
  for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i) {
    if (argv[i] == name) return true;
  }
  return false;
}

std::vector<std::vector<std::string>> commands(int argc, char** argv) {
  std::vector<std::vector<std::string>> all;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--") {
      all.emplace_back();
    } else if (!all.empty()) {
      all.back().emplace_back(argv[i]);
    }
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const bool busy = has_option(argc, argv, "--busy");
  const bool guard = has_option(argc, argv, "--guard");
  std::deque<ParentWorker> workers;
  std::deque<std::jthread> starting;
  for (std::vector<std::string> command : commands(argc, argv)) {
    SpawnOptions options;
    options.guard = guard;
    const auto line = std::make_shared<FirstLine>();
    const bool foreign = command.front() == "foreign";
    if (foreign) {
      command.erase(command.begin());
      options.output = line;
    }
    options.arguments.assign(command.begin() + 1, command.end());
    ParentWorker& worker = workers.emplace_back(ParentWorker::spawn(command.front(), {}, options));
    if (foreign) {
      starting.emplace_back([&worker] { static_cast<void>(worker.try_start()); });
      line->wait();
      continue;
    }
    worker.start();
    worker.call("pid");
    // Nobody asks for the outcome.
    if (busy) worker.start_call("hang", {}).then([](const auto&) {});
  }
  std::puts("ready");
  std::fflush(stdout);
  for (;;) ::poll(nullptr, 0, -1);
}
