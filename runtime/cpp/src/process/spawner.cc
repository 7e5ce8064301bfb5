// The spawner thread: one request after another, each answered to the thread that waits for it.
#include "process/spawner.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "process/exec_plan.h"
#include "process/guarded_start.h"
#include "process/spawn_failure.h"

namespace multifrost::process {
namespace {

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

// Above 2, so that placing one on the child's 0, 1, 2 cannot overwrite another.
UniqueFd above_stdio(UniqueFd fd) noexcept {
  if (fd.get() > STDERR_FILENO) return fd;
  return UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

std::optional<Pipe> make_pipe() noexcept {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  Pipe pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
  pipe.read = above_stdio(std::move(pipe.read));
  pipe.write = above_stdio(std::move(pipe.write));
  if (!pipe.read || !pipe.write) return std::nullopt;
  return pipe;
}

void make_non_blocking(const UniqueFd& fd) noexcept {
  ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

Result<ChildProcess> start_here(const SpawnRequest& request) {
  auto input = make_pipe(), output = make_pipe(), errors = make_pipe();
  if (!input || !output || !errors) return spawn_failure(request, ExecStage::setup, errno);
  const auto arguments = pointers(request.arguments);
  const auto environment = pointers(request.environment);
  const ExecPlan plan{.program = request.program.c_str(),
                      .arguments = arguments.data(),
                      .environment = environment.data(),
                      .working_directory = request.working_directory.empty()
                                               ? nullptr
                                               : request.working_directory.c_str(),
                      .limits = request.limits,
                      .input = input->read.get(),
                      .output = output->write.get(),
                      .errors = errors->write.get()};
  ExecOutcome outcome = request.guard ? start_guarded(plan, *request.guard) : start_program(plan);
  if (outcome.error != 0) {
    if (outcome.pid > 0) ::waitpid(outcome.pid, nullptr, 0);
    return spawn_failure(request, outcome.stage, outcome.error);
  }
  make_non_blocking(output->read);
  make_non_blocking(errors->read);
  return ChildProcess(outcome.pid, std::move(outcome.pidfd),
                      {std::move(input->write), std::move(output->read), std::move(errors->read)},
                      std::move(outcome.guard));
}

}  // namespace

class Spawner::Worker {
 public:
  Result<ChildProcess> start(const SpawnRequest& request) {
    Job job{&request, std::nullopt};
    std::unique_lock lock(mutex_);
    if (!thread_.joinable()) thread_ = make_thread();
    jobs_.push_back(&job);
    changed_.notify_all();
    changed_.wait(lock, [&] { return job.result.has_value(); });
    return *std::move(job.result);
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
  }

  bool is_in_its_own_process() const noexcept { return ::getpid() == owner_; }

 private:
  struct Job {
    const SpawnRequest* request;
    std::optional<Result<ChildProcess>> result;
  };

  // With every signal blocked: the program's handlers never run on this thread.
  std::thread make_thread() {
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread thread([this] { serve(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return thread;
  }

  void serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return stopping_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      Job& job = *jobs_.front();
      jobs_.pop_front();
      lock.unlock();
      Result<ChildProcess> result = start_here(*job.request);
      lock.lock();
      job.result.emplace(std::move(result));
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job*> jobs_;
  bool stopping_ = false;
  std::thread thread_;
  const pid_t owner_ = ::getpid();
};

Spawner::Spawner() : worker_(std::make_unique<Worker>()) {}

Spawner::~Spawner() {
  // In a child of the program's own fork() the thread does not exist and cannot be joined (R10).
  if (worker_->is_in_its_own_process()) {
    worker_->stop();
  } else {
    static_cast<void>(worker_.release());
  }
}

Result<ChildProcess> Spawner::start(const SpawnRequest& request) { return worker_->start(request); }

}  // namespace multifrost::process
