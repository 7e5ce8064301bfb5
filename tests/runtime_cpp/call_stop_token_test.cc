// StopToken beside std::stop_token: the same state, whichever is asked.
#include "multifrost/stop_token.h"

#include <gtest/gtest.h>

#include "multifrost/call_context.h"
#include "multifrost/options.h"

namespace multifrost {
namespace {

TEST(StopTokenTest, OneWithoutASourceNeverStops) {
  const StopToken never;
  EXPECT_FALSE(never.stop_possible());
  EXPECT_FALSE(never.stop_requested());
  EXPECT_FALSE(std::stop_token(never).stop_possible());
  EXPECT_FALSE(StopToken(std::stop_token()).stop_possible());
  EXPECT_FALSE(CallContext().stop().stop_possible());
}

TEST(StopTokenTest, ItsCopiesStopWithTheSource) {
  std::stop_source source;
  const CallOptions options{.stop = source.get_token()};
  const StopToken copy = options.stop;
  EXPECT_TRUE(copy.stop_possible());
  EXPECT_FALSE(copy.stop_requested());
  source.request_stop();
  EXPECT_TRUE(copy.stop_requested());
  EXPECT_TRUE(options.stop.stop_requested());
}

TEST(StopTokenTest, ASourceThatIsGoneCannotStopItAnyMore) {
  StopToken token;
  {
    std::stop_source source;
    token = source.get_token();
    EXPECT_TRUE(token.stop_possible());
  }
  EXPECT_FALSE(token.stop_possible());
}

TEST(StopTokenTest, CallbacksTakeItAsWhatItWasMadeOf) {
  std::stop_source source;
  const StopToken token = source.get_token();
  bool told = false;
  const std::stop_callback callback(token, [&] { told = true; });
  EXPECT_EQ(std::stop_token(token), source.get_token());
  source.request_stop();
  EXPECT_TRUE(told);
}

}  // namespace
}  // namespace multifrost
