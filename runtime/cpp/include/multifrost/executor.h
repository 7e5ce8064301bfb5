// Where user code runs that nobody waits for: continuations of Pending, coroutine resumptions,
// output sinks.
#pragma once

#include <memory>

namespace multifrost {

/// One piece of work; run() is called once, then the task is destroyed.
class Task {
 public:
  virtual ~Task() = default;
  virtual void run() = 0;
};

/// Replaceable through RuntimeOptions; the default is one thread that is started on first use.
/// `post` may be called from any thread and must not block on the work; tasks of one caller keep
/// their order.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual void post(std::unique_ptr<Task> task) = 0;
};

}  // namespace multifrost
