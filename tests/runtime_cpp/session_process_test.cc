// A parent and a worker, each a real process, over the real transport.
#include <gtest/gtest.h>

#include "multifrost/error.h"
#include "multifrost/parent_worker.h"

namespace multifrost {
namespace {

ParentWorker start_worker(SpawnOptions options = {}) {
  auto worker = ParentWorker::spawn(MFGEN_TEST_WORKER, {}, std::move(options));
  worker.start();
  return worker;
}

TEST(SessionProcess, CallsAFunction) {
  const auto worker = start_worker();
  EXPECT_EQ(worker.call("add", 1, 2).as_int(), 3);
}

}  // namespace
}  // namespace multifrost
