// Starts the guard as any program is started, hands it the job, and waits for its report.
#include "process/guarded_start.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <vector>

#include "process/guard_image.h"
#include "process/guard_protocol.h"

namespace multifrost::process {
namespace {

std::int64_t milliseconds(std::chrono::nanoseconds time) noexcept {
  return std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(time).count());
}

std::optional<guard::Job> make_job(const ExecPlan& plan, const GuardOrder& order) noexcept {
  if (plan.limits.size() > guard::kMostLimits) return std::nullopt;
  guard::Job job{};
  job.parent = ::getpid();
  job.stop_ms = milliseconds(order.stop_deadline);
  job.kill_ms = milliseconds(order.kill_deadline);
  for (const ResourceLimit& limit : plan.limits) {
    job.limit[job.limits++] = {limit.resource, limit.value};
  }
  return job;
}

std::vector<char*> guard_arguments(const ExecPlan& plan) {
  static constexpr char kName[] = "multifrost-guard";
  const char* const directory = plan.working_directory == nullptr ? "" : plan.working_directory;
  std::vector<char*> arguments(guard::kWorkerArguments);
  arguments[guard::kName] = const_cast<char*>(kName);
  arguments[guard::kWorkingDirectory] = const_cast<char*>(directory);
  arguments[guard::kProgram] = const_cast<char*>(plan.program);
  for (char* const* argument = plan.arguments; *argument != nullptr; ++argument) {
    arguments.push_back(*argument);
  }
  arguments.push_back(nullptr);
  return arguments;
}

// Above those that it is placed on, so that nothing is overwritten before it is placed.
UniqueFd above_placed(UniqueFd fd) noexcept {
  if (!fd || fd.get() > guard::kImage) return fd;
  return UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, guard::kImage + 1));
}

/// Nothing: the guard has ended without a word.
std::optional<guard::Report> receive_report(const UniqueFd& control) noexcept {
  guard::Report report{};
  ssize_t size;
  do {
    size = ::recv(control.get(), &report, sizeof report, 0);
  } while (size < 0 && errno == EINTR);
  if (size != static_cast<ssize_t>(sizeof report)) return std::nullopt;
  return report;
}

ExecOutcome failed(ExecStage stage, int error) noexcept {
  ExecOutcome outcome;
  outcome.stage = stage;
  outcome.error = error;
  return outcome;
}

/// Reaps the guard, which ends by itself.
ExecOutcome failed(pid_t guard, ExecStage stage, int error) noexcept {
  if (guard > 0) ::waitpid(guard, nullptr, 0);
  return failed(stage, error);
}

}  // namespace

ExecOutcome start_guarded(const ExecPlan& plan, const GuardOrder& order) {
  const auto job = make_job(plan, order);
  if (!job) return failed(ExecStage::limits, EINVAL);
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return failed(ExecStage::setup, errno);
  }
  UniqueFd control(ends[0]);
  UniqueFd theirs = above_placed(UniqueFd(ends[1]));
  if (!theirs) return failed(ExecStage::setup, errno);
  const UniqueFd image = above_placed(open_guard_image());
  if (!image || ::send(control.get(), &*job, sizeof *job, MSG_NOSIGNAL) < 0) {
    return failed(ExecStage::guard, errno);
  }

  const std::vector<char*> arguments = guard_arguments(plan);
  const std::array further{theirs.get(), image.get()};
  ExecOutcome outcome = start_program({.program = "/proc/self/fd/4",
                                       .arguments = arguments.data(),
                                       .environment = plan.environment,
                                       .working_directory = nullptr,
                                       .limits = {},
                                       .input = plan.input,
                                       .output = plan.output,
                                       .errors = plan.errors,
                                       .further = further});
  static_assert(guard::kControl == 3 && guard::kImage == 4, "the order of `further`, the path");
  theirs.reset();
  const pid_t guard = outcome.pid;
  if (outcome.error != 0) {
    // Arguments that are too long are the program's own.
    const bool own = outcome.stage == ExecStage::exec && outcome.error != E2BIG;
    return failed(guard, own ? ExecStage::guard : outcome.stage, outcome.error);
  }
  const auto report = receive_report(control);
  if (!report) return failed(guard, ExecStage::guard, ESRCH);
  if (report->error != 0) return failed(guard, report->stage, report->error);
  outcome.pid = report->worker;
  outcome.guard = {guard, std::move(control)};
  return outcome;
}

}  // namespace multifrost::process
