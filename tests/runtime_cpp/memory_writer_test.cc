// A writer that gets no memory for what cannot leave at once. A program of its own: libzmq, which
// other tests of writers use, mixes its own allocation with this.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <string>

#include "process/unique_fd.h"
#include "transport/direct/writer.h"

namespace {
thread_local bool no_memory = false;
}

// Every allocation of this program passes here.
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* const memory = no_memory ? nullptr : std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace multifrost::transport::direct {
namespace {

struct Watcher final : WriterWatcher {
  void wait_for_room(bool on) noexcept override { waits = on; }
  void over_limit(bool) noexcept override {}
  void spare_room() noexcept override {}
  bool waits = false;
};

class WriterWithoutMemory : public ::testing::Test {
 protected:
  WriterWithoutMemory() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    ours_.reset(ends[0]);
    theirs_.reset(ends[1]);
    writer_ = std::make_unique<Writer>(ours_.get(), std::size_t{1} << 20, true, blocks_, watcher_);
  }

  Sent send(std::string_view content, Urgency urgency = Urgency::now) {
    Buffer message;
    message.append(content);
    return writer_->send(message, nullptr, urgency);
  }
  Sent send_without_memory(Urgency urgency = Urgency::now) {
    Buffer message;
    message.append("a message");
    no_memory = true;
    const Sent sent = writer_->send(message, nullptr, urgency);
    no_memory = false;
    return sent;
  }
  void fill() {
    const std::string large(64 * 1024, '.');
    while (!watcher_.waits) ASSERT_EQ(send(large), Sent::taken);
  }
  void expect_the_end() {
    EXPECT_EQ(send("a later one"), Sent::gone);
    EXPECT_TRUE(writer_->idle());
    EXPECT_FALSE(watcher_.waits);
    char bytes[4096];
    ssize_t size;
    while ((size = ::recv(theirs_.get(), bytes, sizeof bytes, 0)) > 0) received_ += size;
    EXPECT_EQ(size, 0) << "the peer finds the end";
  }

  process::UniqueFd ours_, theirs_;
  BlockPool blocks_;
  Watcher watcher_;
  std::unique_ptr<Writer> writer_;
  ssize_t received_ = 0;
};

TEST_F(WriterWithoutMemory, EndsWhenItShouldHoldAMessage) {
  EXPECT_EQ(send_without_memory(Urgency::held), Sent::gone);
  expect_the_end();
  EXPECT_EQ(received_, 0);
}

TEST_F(WriterWithoutMemory, EndsWhenItShouldQueueAMessage) {
  fill();
  Sent sent = Sent::taken;
  while (sent == Sent::taken) sent = send_without_memory();  // there may be a little left
  EXPECT_EQ(sent, Sent::gone);
  expect_the_end();
}

TEST_F(WriterWithoutMemory, SendsWhatLeavesAtOnce) {
  EXPECT_EQ(send_without_memory(), Sent::taken);
  writer_->close();
  ours_.reset();
  char bytes[64];
  EXPECT_GT(::recv(theirs_.get(), bytes, sizeof bytes, 0), 0);
}

}  // namespace
}  // namespace multifrost::transport::direct
