// What waits for a peer of libzmq: order, sizes, and whose memory it is.
#include "transport/libzmq/zmq_outbox.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "transport/libzmq/zmq_handles.h"
#include "transport_support.h"

namespace multifrost::transport {
namespace {

class ZmqOutboxTest : public ::testing::Test {
 protected:
  ZmqOutboxTest() {
    EXPECT_TRUE(zmq_library().ok());
    context_.reset(zmq().ctx_new());
    out_.reset(zmq().socket(context_.get(), ZMQ_PAIR));
    EXPECT_EQ(zmq().bind(out_.get(), "inproc://outbox"), 0);
  }

  void connect() {
    in_.reset(zmq().socket(context_.get(), ZMQ_PAIR));
    EXPECT_EQ(zmq().connect(in_.get(), "inproc://outbox"), 0);
    // Asked for its events, a socket sees its new peer at once.
    int events = 0;
    std::size_t size = sizeof events;
    EXPECT_EQ(zmq().getsockopt(out_.get(), ZMQ_EVENTS, &events, &size), 0);
  }
  void add(std::string_view text, bool held) {
    Buffer buffer = buffer_of(text);
    outbox_.add(buffer, held);
    EXPECT_TRUE(buffer.empty());
  }
  std::string receive() {
    ZmqFrame frame;
    EXPECT_TRUE(frame.receive(in_.get()));
    return std::string(frame.text());
  }

  ZmqParcels parcels_;
  ZmqContext context_;
  ZmqSocket out_, in_;
  ZmqOutbox outbox_{parcels_};
};

std::vector<std::string> of_all_sizes() {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 300; ++i) texts.emplace_back(i * 37 % 700, static_cast<char>(i));
  for (const std::size_t size : {ZmqFrame::kCopied, ZmqFrame::kCopied + 1, ZmqParcel::kRoom}) {
    texts.emplace_back(size, 'x');
  }
  texts.emplace_back("the last one");
  return texts;
}

TEST_F(ZmqOutboxTest, SendsWhatItHoldsInOrder) {
  connect();
  const auto texts = of_all_sizes();
  for (std::size_t i = 0; i < texts.size(); ++i) add(texts[i], i % 50 != 0);
  EXPECT_EQ(outbox_.count(), texts.size());
  for (const std::string& text : texts) {
    ASSERT_EQ(outbox_.front_size(), text.size());
    ASSERT_TRUE(outbox_.send_front(out_.get()));
    EXPECT_EQ(receive(), text);
  }
  EXPECT_TRUE(outbox_.empty());
}

TEST_F(ZmqOutboxTest, KeepsWhatIsNotTaken) {
  add("held", true);
  EXPECT_FALSE(outbox_.send_front(out_.get())) << "nobody is connected";
  add("with it", false);
  EXPECT_FALSE(outbox_.send_front(out_.get()));
  EXPECT_EQ(outbox_.count(), 2u);
  connect();
  for (const std::string text : {"held", "with it"}) {
    ASSERT_TRUE(outbox_.send_front(out_.get()));
    EXPECT_EQ(receive(), text);
  }
  add("alone", false);
  ASSERT_TRUE(outbox_.send_front(out_.get()));
  EXPECT_EQ(receive(), "alone");
}

TEST_F(ZmqOutboxTest, PutsWhatCameLaterBehind) {
  connect();
  add("first", true);
  ZmqOutbox later(parcels_);
  for (const std::string text : {"second", "third"}) {
    Buffer buffer = buffer_of(text);
    later.add(buffer, true);
  }
  outbox_.append(later);
  EXPECT_TRUE(later.empty());
  later.swap(outbox_);
  EXPECT_EQ(later.count(), 3u);
  for (const std::string text : {"first", "second", "third"}) {
    ASSERT_TRUE(later.send_front(out_.get()));
    EXPECT_EQ(receive(), text);
  }
}

// The memory sanitizer of the build looks on.
TEST_F(ZmqOutboxTest, KeepsAParcelThatLibzmqStillReads) {
  connect();
  for (const std::string text : {"sent", "never sent", "neither"}) add(text, true);
  ASSERT_TRUE(outbox_.send_front(out_.get()));
  outbox_.abandon();
  EXPECT_TRUE(outbox_.empty());
  EXPECT_EQ(parcels_.kept(), 1u);
  EXPECT_EQ(receive(), "sent");

  add("not begun", true);
  outbox_.abandon();
  EXPECT_EQ(parcels_.kept(), 1u) << "nobody reads that one";
}

TEST_F(ZmqOutboxTest, KeepsWhatLibzmqDropsWhileTheSocketIsClosed) {
  connect();
  for (int i = 0; i < 2; ++i) {
    add("of the parcel", true);
    add("its last message", true);
    for (int message = 0; message < 2; ++message) ASSERT_TRUE(outbox_.send_front(out_.get()));
    if (i == 0) {
      for (int message = 0; message < 2; ++message) receive();
      EXPECT_EQ(parcels_.kept(), 0u) << "what was read has been let go";
    }
  }
  parcels_.begin_closing();
  out_.reset();
  in_.reset();
  context_.reset();
  EXPECT_EQ(parcels_.kept(), 1u);
}

}  // namespace
}  // namespace multifrost::transport
