#include "session/default_executor.h"

#include <exception>
#include <string>

namespace multifrost::session {

DefaultExecutor::~DefaultExecutor() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  filled_.notify_one();
  // A task may own the last handle of its own runtime.
  if (thread_.get_id() == std::this_thread::get_id()) {
    thread_.detach();
  } else if (thread_.joinable()) {
    thread_.join();
  }
}

void DefaultExecutor::post(std::unique_ptr<Task> task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  filled_.notify_one();
}

void DefaultExecutor::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    filled_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    std::unique_ptr<Task> task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    run_one(*task);
    task.reset();
    lock.lock();
  }
}

void DefaultExecutor::run_one(Task& task) noexcept {
  std::string what;
  try {
    task.run();
    return;
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {
    what = "an exception that is no std::exception";
  }
  log_(events::kCallbackException, what, {});
}

}  // namespace multifrost::session
