// The texts, by stage and errno.
#include "process/spawn_failure.h"

#include <cerrno>
#include <string>
#include <system_error>

namespace multifrost::process {
namespace {

std::string advice_for_exec(int error) {
  switch (error) {
    case ENOENT:
      return "; the file, or the interpreter that its first line names, does not exist";
    case EACCES:
      return "; make it executable (chmod +x), or give the program that runs it as `executable`";
    case ENOEXEC:
      return "; it is no program and has no #! line: give the program that runs it as `executable`";
    case E2BIG:
      return "; arguments and environment together are too long";
    default:
      return {};
  }
}

std::string advice_for_guard(int error) {
  switch (error) {
    case ENOEXEC:
      return "; there is none for this processor";
    case ENOENT:
      return "; /proc must be mounted, and the kernel list children there (CONFIG_PROC_CHILDREN)";
    case EACCES:
    case EPERM:
      return "; the system lets no program run from memory (vm.memfd_noexec, or a security module)";
    case ESRCH:
      return "; it ended before it had started the program";
    default:
      return {};
  }
}

std::string advice_for_start(int error) {
  switch (error) {
    case EMFILE:
    case ENFILE:
      return "; too many open files: raise the limit (ulimit -n) or close some";
    case EAGAIN:
      return "; too many processes: raise the limit (ulimit -u) or end some";
    case ENOMEM:
      return "; not enough memory";
    default:
      return {};
  }
}

}  // namespace

Failure spawn_failure(const SpawnRequest& request, ExecStage stage, int error) {
  std::string text = "cannot start '" + request.program + "': ";
  std::string advice;
  if (stage == ExecStage::working_directory) {
    text += "working directory '" + request.working_directory + "': ";
  } else if (stage == ExecStage::limits) {
    text += "resource limits: ";
  } else if (stage == ExecStage::guard) {
    text += "its guard: ";
    advice = advice_for_guard(error);
  } else if (stage == ExecStage::exec) {
    advice = advice_for_exec(error);
  } else {
    advice = advice_for_start(error);
  }
  text += std::generic_category().message(error) + advice;
  return Failure(ErrorCode::spawn, Execution::not_executed, std::move(text));
}

}  // namespace multifrost::process
