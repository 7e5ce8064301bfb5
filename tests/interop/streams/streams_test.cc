// Streams from a C++ program to workers in C++ and Python, each a process of its own, over both
// transports.
//
// METER_CPP_WORKER and METER_PYTHON_WORKER are "script[|executable]".
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "meter.mf.h"
#include "multifrost/error.h"
#include "multifrost/parent_worker.h"
#include "multifrost/runtime.h"

namespace {

namespace meter = interop::meter;
namespace mf = multifrost;
using namespace std::chrono_literals;
using testing::HasSubstr;

using Case = std::tuple<const char*, mf::TransportKind>;

class Streams : public testing::TestWithParam<Case> {
 protected:
  Streams() : runtime_({.transport = std::get<mf::TransportKind>(GetParam())}) {}
  void SetUp() override {
    const char* const program = std::getenv(std::get<const char*>(GetParam()));
    ASSERT_NE(program, nullptr) << "run these tests through ctest";
    const std::string text = program;
    const auto bar = text.find('|');
    worker_.emplace(mf::ParentWorker::spawn(
        text.substr(0, bar), bar == text.npos ? "" : text.substr(bar + 1), {}, &runtime_));
    worker_->start();
    client_.emplace(worker_->channel());
  }
  const meter::MeterClient& client() { return *client_; }

  mf::Runtime runtime_;
  std::optional<mf::ParentWorker> worker_;
  std::optional<meter::MeterClient> client_;
};

INSTANTIATE_TEST_SUITE_P(
    To, Streams,
    testing::Combine(testing::Values("METER_CPP_WORKER", "METER_PYTHON_WORKER"),
                     testing::Values(mf::TransportKind::direct, mf::TransportKind::libzmq)),
    [](const auto& given) {
      const bool direct = std::get<mf::TransportKind>(given.param) == mf::TransportKind::direct;
      return std::string(std::get<const char*>(given.param)) + (direct ? "_direct" : "_libzmq");
    });

TEST_P(Streams, AResultIsReadItemByItem) {
  std::int64_t next = 0;
  for (const meter::Reading& reading : client().watch(1000)) {
    EXPECT_EQ(reading.number, next);
    EXPECT_EQ(reading.value, static_cast<double>(next++) / 2);
  }
  EXPECT_EQ(next, 1000);
  EXPECT_EQ(client().watch(0).next(), std::nullopt);
}

TEST_P(Streams, ADeclaredErrorComesAfterTheItems) {
  auto readings = client().watch(40, true);
  for (int at = 0; at < 40; ++at) EXPECT_EQ(readings.next()->number, at);
  try {
    readings.next();
    ADD_FAILURE() << "no error";
  } catch (const meter::Broken& broken) {
    ASSERT_NE(broken.details(), nullptr);
    EXPECT_EQ(broken.details()->after, 40);
  }
}

TEST_P(Streams, ASlowReaderHoldsTheWriterAndADroppedOneStopsTheHandler) {
  constexpr std::int64_t kRead = 100;
  constexpr std::int64_t kWindow = 32;
  {
    auto numbers = client().endless();
    for (std::int64_t at = 0; at < kRead; ++at) EXPECT_EQ(numbers.next(), at);
  }
  // With one handler at a time this waits for the endless one to end.
  const std::int64_t written = client().written();
  EXPECT_GE(written, kRead - 1);
  EXPECT_LE(written, kRead + kWindow);
}

TEST_P(Streams, AnUploadGivesItsResultAfterTheLastItem) {
  auto upload = client().store();
  double sum = 0;
  for (int at = 0; at < 1000; ++at) {
    upload.input.write({.number = at, .value = at * 0.5});
    sum += at * 0.5;
  }
  upload.input.finish();
  EXPECT_EQ(upload.result.get(), sum);
  auto empty = client().store();
  empty.input.finish();
  EXPECT_EQ(empty.result.get(), 0);
}

TEST_P(Streams, AnErrorOfTheHandlerEndsTheWriting) {
  auto upload = client().store();
  upload.input.write({.number = 0, .value = 1});
  upload.input.write({.number = 1, .value = 1, .note = "broken"});
  mf::Result<void> written;
  for (int at = 2; written && at < 1000; ++at) {
    written = upload.input.try_write({.number = at, .value = 1});
  }
  ASSERT_FALSE(written.ok());
  EXPECT_TRUE(written.failure().as<meter::Broken>());
  EXPECT_THROW(upload.result.get(), meter::Broken);
}

TEST_P(Streams, AHandlerMayAnswerBeforeTheLastItem) {
  auto upload = client().take(3);
  mf::Result<void> written;
  for (int at = 0; written && at < 1000; ++at) {
    written = upload.input.try_write(mf::Bytes(std::string(100'000, 'x')));
  }
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.failure().code(), mf::ErrorCode::closed);
  EXPECT_EQ(upload.result.get(), 300'000);
}

TEST_P(Streams, BothDirectionsAtOnce) {
  auto exchange = client().scale(3);
  std::jthread writer([&] {
    for (int at = 0; at < 1000; ++at) exchange.input.write(at);
    exchange.input.finish();
  });
  int next = 0;
  for (const double value : exchange.output) EXPECT_EQ(value, 3.0 * next++);
  EXPECT_EQ(next, 1000);
}

TEST_P(Streams, EachItemMayWaitForTheAnswerToTheLast) {
  auto exchange = client().scale(2);
  for (int at = 0; at < 50; ++at) {
    exchange.input.write(at);
    EXPECT_EQ(exchange.output.next(), 2.0 * at);
  }
  exchange.input.finish();
  EXPECT_EQ(exchange.output.next(), std::nullopt);
}

TEST_P(Streams, AnItemThatDoesNotFitIsRefusedAndTheStreamGoesOn) {
  auto upload = client().store();
  upload.input.write({.number = 0, .value = 1});
  const auto refused = upload.input.try_write({.number = 1, .value = std::nan("")});
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.failure().message(), HasSubstr("Meter.store: item 1.value: "));
  upload.input.write({.number = 1, .value = 2});
  upload.input.finish();
  EXPECT_EQ(upload.result.get(), 3);
}

TEST_P(Streams, AWriterThatIsDroppedFailsTheHandler) {
  auto upload = client().store();
  upload.input.write({.number = 0, .value = 1});
  upload.input = {};
  EXPECT_FALSE(upload.result.try_get().ok());
  EXPECT_EQ(client().written(), 0) << "the worker goes on";
}

TEST_P(Streams, TheDeadlineIsThatOfTheWholeStream) {
  auto numbers = client().with({.timeout = 300ms}).endless();
  mf::Result<std::optional<std::int64_t>> item = numbers.try_next();
  while (item && *item) item = numbers.try_next();
  // Whoever notices first ends it: the caller, the worker, or the handler whose items are not
  // taken.
  if (!item) {
    EXPECT_THAT(item.failure().code(),
                testing::AnyOf(mf::ErrorCode::timeout, mf::ErrorCode::expired));
  }
  EXPECT_GE(client().written(), 1) << "the handler has been stopped";
}

TEST_P(Streams, AWorkerThatDiesEndsTheStreamAfterItsItems) {
  auto numbers = client().die(20);
  std::int64_t got = 0;
  mf::Result<std::optional<std::int64_t>> item = numbers.try_next();
  for (; item; item = numbers.try_next()) {
    ASSERT_TRUE(item->has_value());
    EXPECT_EQ(**item, got++);
  }
  EXPECT_EQ(item.failure().code(), mf::ErrorCode::worker_exited);
  EXPECT_EQ(item.failure().execution(), mf::Execution::unknown);
  EXPECT_LE(got, 20);
}

TEST_P(Streams, CloseEndsAStream) {
  auto numbers = client().endless();
  EXPECT_EQ(numbers.next(), 0);
  EXPECT_TRUE(client().close(20s).ok());
  mf::Result<std::optional<std::int64_t>> item = numbers.try_next();
  while (item && *item) item = numbers.try_next();
  ASSERT_FALSE(item.ok());
  EXPECT_EQ(item.failure().code(), mf::ErrorCode::closed);
}

TEST_P(Streams, OtherCallsGoOnBesideAStreamThatNobodyReads) {
  auto upload = client().store();  // its handler waits for items
  upload.input.write({.number = 0, .value = 1});
  auto waiting = client().async().written();
  upload.input.finish();
  EXPECT_EQ(upload.result.get(), 1);
  EXPECT_EQ(waiting.get(), 0);
}

}  // namespace
