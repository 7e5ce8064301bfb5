// A running C++ parent and damaged frames of published workers: each attacked call ends once,
// whatever comes, and then a thousand calls get their own answers.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "multifrost/parent_worker.h"

namespace {

class Captured : public testing::TestWithParam<const char*> {};

TEST_P(Captured, DamagedAnswersDoNoHarm) {
  const char* script = std::getenv("HOSTILE_WORKER");
  const char* python = std::getenv("HOSTILE_PYTHON");
  ASSERT_TRUE(script != nullptr && python != nullptr) << "run this through ctest";
  multifrost::SpawnOptions options;
  options.environment = {{"HOSTILE_PEER", GetParam()}};
  auto worker = multifrost::ParentWorker::spawn(script, python, options);
  worker.start();

  const auto attacked = worker.try_call("attack", {"done"});
  EXPECT_TRUE(attacked.ok() || !attacked.failure().message().empty());
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(worker.call("echo", i), multifrost::Value(i));
  }
}

INSTANTIATE_TEST_SUITE_P(Peers, Captured, testing::Values("python", "js", "go", "rust"),
                         [](const auto& instance) { return std::string(instance.param); });

}  // namespace
