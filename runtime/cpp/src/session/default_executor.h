// The executor of a runtime that was given none: one thread, started with the first task.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "multifrost/executor.h"
#include "session/log.h"

namespace multifrost::session {

class DefaultExecutor final : public Executor {
 public:
  /// What a task throws is told to `log` and otherwise ignored.
  explicit DefaultExecutor(Log log) noexcept : log_(std::move(log)) {}
  /// Runs what was posted, then joins.
  ~DefaultExecutor() override;

  void post(std::unique_ptr<Task> task) override;

 private:
  void run();
  void run_one(Task& task) noexcept;

  const Log log_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<std::unique_ptr<Task>> tasks_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace multifrost::session
