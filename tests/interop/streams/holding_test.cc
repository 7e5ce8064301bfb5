// Who waits for a handler that works on without reading, and what frees them (docs/wire.md).
//
// A window ahead, a caller waits: that is what credit is for. The handler's end, its word that it
// reads no further, a cancel, the deadline, close() and the end of the process free the caller at
// once, while the handler still stands where it stood: at a FIFO.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "meter.mf.h"
#include "multifrost/error.h"
#include "multifrost/parent_worker.h"

namespace {

namespace meter = interop::meter;
namespace mf = multifrost;
using namespace std::chrono_literals;

constexpr int kWindow = 32;
constexpr int kAhead = 48;  ///< the window, and half of one that a reader of 16 gives anew

/// A FIFO at which a handler waits.
class Gate {
 public:
  Gate() {
    std::string folder = (std::filesystem::temp_directory_path() / "mf-gate-XXXXXX").string();
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    path_ = folder + "/gate";
    EXPECT_EQ(mkfifo(path_.c_str(), 0600), 0);
  }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate() {
    open();
    std::filesystem::remove_all(std::filesystem::path(path_).parent_path());
  }

  const std::string& path() const { return path_; }
  /// Waits until a handler stands there.
  void reached() { file_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC); }
  /// Lets the handler pass.
  void open(std::string_view word = "") {
    if (file_ < 0) return;
    EXPECT_EQ(::write(file_, word.data(), word.size()), static_cast<ssize_t>(word.size()));
    ::close(file_);
    file_ = -1;
  }

 private:
  std::string path_;
  int file_ = -1;
};

class Holding : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const char* const program = std::getenv(GetParam());
    ASSERT_NE(program, nullptr) << "run these tests through ctest";
    const std::string text = program;
    const auto bar = text.find('|');
    mf::SpawnOptions options;
    options.heartbeat_interval = 5ms;
    worker_.emplace(mf::ParentWorker::spawn(text.substr(0, bar),
                                            bar == text.npos ? "" : text.substr(bar + 1), options));
    worker_->start();
    client_.emplace(worker_->channel());
  }
  const meter::MeterClient& client() { return *client_; }
  /// Messages come in order: what the worker has sent before now has been received, and more.
  void hear_from_worker() {
    for (int echoes = 0; echoes < 2; ++echoes) {
      const auto before = worker_->last_heartbeat_rtt();
      while (worker_->last_heartbeat_rtt() == before) std::this_thread::yield();
    }
  }

  std::optional<mf::ParentWorker> worker_;
  std::optional<meter::MeterClient> client_;
  Gate gate_;
};

INSTANTIATE_TEST_SUITE_P(By, Holding, testing::Values("METER_CPP_WORKER", "METER_PYTHON_WORKER"),
                         [](const auto& given) { return std::string(given.param); });

/// Writes on a thread of its own until that fails, or `most` items are written.
template <class T>
class Writing {
 public:
  Writing(mf::StreamWriter<T>& into, T item, int most)
      : thread_([this, &into, item = std::move(item), most] {
          while (written_ < most && (end_ = into.try_write(item))) ++written_;
        }) {}
  /// Waits for the end: how it failed, if it did.
  const mf::Result<void>& end() {
    thread_.join();
    return end_;
  }
  int written() const { return written_; }

 private:
  std::atomic<int> written_ = 0;
  mf::Result<void> end_;
  std::thread thread_;
};
using Chunks = Writing<mf::Bytes>;

constexpr int kEndless = 1'000'000;
mf::Bytes chunk() { return mf::Bytes(std::string(1, 'x')); }

TEST_P(Holding, AHandlerThatReadsNoFurtherHoldsItsCallerUntilItEnds) {
  auto upload = client().linger(16, false, gate_.path());
  Chunks chunks(upload.input, chunk(), kEndless);
  gate_.reached();
  while (chunks.written() < kAhead) std::this_thread::yield();
  hear_from_worker();
  EXPECT_EQ(chunks.written(), kAhead);
  gate_.open();
  const auto& end = chunks.end();
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.failure().code(), mf::ErrorCode::closed);
  EXPECT_LE(chunks.written(), kAhead + kWindow) << "what it lets go of at its end may come back";
  EXPECT_EQ(upload.result.get(), 16);
}

TEST_P(Holding, OneThatSaysSoLetsItsCallerPass) {
  auto upload = client().linger(3, true, gate_.path());
  Chunks chunks(upload.input, chunk(), 1000);
  gate_.reached();
  EXPECT_TRUE(chunks.end().ok());
  upload.input.finish();
  gate_.open();
  EXPECT_EQ(upload.result.get(), 3);
}

TEST_P(Holding, CancelFreesTheCaller) {
  auto upload = client().linger(0, false, gate_.path());
  Chunks chunks(upload.input, chunk(), kEndless);
  gate_.reached();
  upload.result.cancel();
  const auto& end = chunks.end();
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.failure().code(), mf::ErrorCode::cancelled);
  gate_.open();
  EXPECT_EQ(client().watch(1).next()->number, 0) << "the worker goes on";
}

TEST_P(Holding, TheDeadlineFreesTheCaller) {
  auto upload = client().with({.timeout = 1s}).linger(0, false, gate_.path());
  Chunks chunks(upload.input, chunk(), kEndless);
  gate_.reached();
  const auto& end = chunks.end();
  ASSERT_FALSE(end.ok());
  EXPECT_THAT(end.failure().code(), testing::AnyOf(mf::ErrorCode::timeout, mf::ErrorCode::expired));
  EXPECT_FALSE(upload.result.try_get().ok());
}

TEST_P(Holding, CloseFreesTheCaller) {
  auto upload = client().linger(0, false, gate_.path());
  Chunks chunks(upload.input, chunk(), kEndless);
  gate_.reached();
  std::thread closing([&] { EXPECT_TRUE(client().close(20s).ok()); });
  const auto& end = chunks.end();
  gate_.open();
  closing.join();
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.failure().code(), mf::ErrorCode::closed);
  EXPECT_EQ(upload.result.try_get().failure().code(), mf::ErrorCode::closed);
}

TEST_P(Holding, TheEndOfTheProcessFreesTheCaller) {
  auto upload = client().linger(0, false, gate_.path());
  Chunks chunks(upload.input, chunk(), kEndless);
  gate_.reached();
  gate_.open("die");
  const auto& end = chunks.end();
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.failure().code(), mf::ErrorCode::worker_exited);
}

TEST_P(Holding, BothHalvesOfAnExchangeAreFreed) {
  auto exchange = client().with({.timeout = 1s}).stall(gate_.path());
  Writing<double> values(exchange.input, 1.0, kEndless);
  gate_.reached();
  const auto item = exchange.output.try_next();
  ASSERT_FALSE(item.ok());
  EXPECT_THAT(item.failure().code(),
              testing::AnyOf(mf::ErrorCode::timeout, mf::ErrorCode::expired));
  EXPECT_FALSE(values.end().ok());
}

TEST_P(Holding, AReaderThatIsDroppedFreesTheWriter) {
  auto exchange = client().stall(gate_.path());
  Writing<double> values(exchange.input, 1.0, kEndless);
  gate_.reached();
  exchange.output.cancel();
  EXPECT_FALSE(values.end().ok());
  gate_.open();
  EXPECT_EQ(client().watch(1).next()->number, 0) << "the worker goes on";
}

}  // namespace
