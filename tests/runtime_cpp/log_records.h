// A log sink that keeps what it is told, for tests to wait for.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "multifrost/log.h"

namespace multifrost {

class LogRecords final : public LogSink {
 public:
  struct Record {
    LogLevel level;
    std::string event, message, worker, call_id, trace_id;
  };

  void write(const LogRecord& record) override {
    const std::lock_guard lock(mutex_);
    records_.push_back({record.level, std::string(record.event), std::string(record.message),
                        std::string(record.worker), std::string(record.call_id),
                        std::string(record.trace_id)});
    written_.notify_all();
  }

  /// The first record of this event; fails the test when none comes.
  Record wait_for(std::string_view event) {
    std::unique_lock lock(mutex_);
    const auto find = [&] { return std::ranges::find(records_, event, &Record::event); };
    if (!written_.wait_for(lock, std::chrono::seconds(20),
                           [&] { return find() != records_.end(); })) {
      ADD_FAILURE() << "no " << event << " was recorded";
      return {};
    }
    return *find();
  }
  std::vector<Record> all(std::string_view event) const {
    const std::lock_guard lock(mutex_);
    std::vector<Record> found;
    std::ranges::copy_if(records_, std::back_inserter(found),
                         [&](const Record& record) { return record.event == event; });
    return found;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable written_;
  std::vector<Record> records_;
};

}  // namespace multifrost
