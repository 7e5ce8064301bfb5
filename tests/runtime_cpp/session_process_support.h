// A parent and a worker, each a real process: what the tests of sessions in spawn mode share.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <ostream>
#include <string>
#include <vector>

#include "multifrost/parent_worker.h"
#include "multifrost/runtime.h"

namespace multifrost {

/// Collects lines; waits for them.
class Lines final : public OutputSink {
 public:
  void line(Stream stream, std::string_view text) override {
    const std::lock_guard lock(mutex_);
    lines_.push_back((stream == Stream::err ? "err " : "out ") + std::string(text));
    arrived_.notify_all();
  }
  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, std::chrono::seconds(20), [&] { return lines_.size() >= count; });
    return lines_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<std::string> lines_;
};

/// How a parent reaches its worker, and whether a guard stands between them: nothing else of what a
/// user meets depends on it.
struct Way {
  const char* name;
  TransportKind transport;
  bool guard;
  friend std::ostream& operator<<(std::ostream& to, const Way& way) { return to << way.name; }
};

class SessionProcess : public testing::TestWithParam<Way> {
 protected:
  ParentWorker spawn(const std::string& script = MFGEN_TEST_WORKER) {
    return ParentWorker::spawn(script, {}, options_, &runtime_);
  }
  ParentWorker started() {
    auto worker = spawn();
    worker.start();
    return worker;
  }

  Runtime runtime_{{.transport = GetParam().transport}};
  std::shared_ptr<Lines> lines_ = std::make_shared<Lines>();
  SpawnOptions options_{.output = lines_, .guard = GetParam().guard};
};

inline Failure failure_of(const Result<Value>& result) {
  EXPECT_FALSE(result.ok());
  return result.ok() ? Failure(ErrorCode::internal, Execution::unknown, "no failure")
                     : result.failure();
}

}  // namespace multifrost
