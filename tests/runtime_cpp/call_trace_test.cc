// W3C trace context: what is valid, and that a handler gets what its caller gave.
#include <gtest/gtest.h>

#include "multifrost/trace_context.h"

namespace multifrost {
namespace {

constexpr std::string_view kParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(TraceContext, TraceparentFollowsTheRules) {
  EXPECT_TRUE(is_traceparent(kParent));
  EXPECT_TRUE(is_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes"))
      << "later versions may append";
  EXPECT_TRUE(is_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
  for (const std::string_view bad :
       {"", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}) {
    EXPECT_FALSE(is_traceparent(bad)) << bad;
  }
}

TEST(TraceContext, TracestateFollowsTheRules) {
  for (const std::string_view good :
       {"rojo=00f067aa0ba902b7", "rojo=1,congo=t61rcWkgMzE", " a=1 ,\t b@c=2 ", "a=1,,b=2",
        "3com/x*y_z-=with space inside"}) {
    EXPECT_TRUE(is_tracestate(good)) << good;
  }
  for (const std::string_view bad : {"", "  ", ",", "novalue", "a=", "=1", "A=1", "_a=1", "a=b=c",
                                     "a=1,a=2", "a=\x7f", "a=1,b"}) {
    EXPECT_FALSE(is_tracestate(bad)) << bad;
  }
  std::string many;
  for (int i = 0; i < 32; ++i) many += "k" + std::to_string(i) + "=v,";
  EXPECT_TRUE(is_tracestate(many));
  EXPECT_FALSE(is_tracestate(many + "k32=v"));
  EXPECT_TRUE(is_tracestate("a=" + std::string(256, 'v')));
  EXPECT_FALSE(is_tracestate("a=" + std::string(257, 'v')));
}

TEST(TraceContext, AContextKeepsWhatIsValid) {
  CallContext context;
  context.set_trace("nonsense", "a=1");
  EXPECT_EQ(context.traceparent(), "");
  EXPECT_EQ(context.tracestate(), "") << "nothing without a traceparent";
  context.set_trace(kParent, "a=1,a=2");
  EXPECT_EQ(context.traceparent(), kParent);
  EXPECT_EQ(context.tracestate(), "");
  context.set_trace(kParent, "a=1");
  const CallOptions options = traced(context, {.name_space = "other"});
  EXPECT_EQ(options.traceparent, kParent);
  EXPECT_EQ(options.tracestate, "a=1");
  EXPECT_EQ(options.name_space, "other");
}

}  // namespace
}  // namespace multifrost
