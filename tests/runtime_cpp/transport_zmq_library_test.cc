// libzmq is loaded when it is used: what somebody learns who does not have it.
#include "transport/libzmq/zmq_library.h"

#include <gmock/gmock.h>

#include <memory>
#include <string>

namespace multifrost::transport {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(ZmqLibrary, IsFoundWhereItIsInstalled) {
  const auto& library = zmq_library();
  ASSERT_TRUE(library) << library.failure().message();
  const ZmqLibrary& zmq = *library;
  const std::unique_ptr<void, decltype(zmq.ctx_term)> context(zmq.ctx_new(), zmq.ctx_term);
  EXPECT_NE(context, nullptr);
}

TEST(ZmqLibrary, SaysWhichFileIsMissingAndWhatToDo) {
  const auto library = load_zmq("libzmq-of-nobody.so.5");
  ASSERT_FALSE(library);
  EXPECT_EQ(library.failure().code(), ErrorCode::connection);
  EXPECT_THAT(std::string(library.failure().message()),
              AllOf(HasSubstr("libzmq-of-nobody.so.5"), HasSubstr("install libzmq"),
                    HasSubstr("direct transport")));
}

TEST(ZmqLibrary, SaysWhichFunctionIsMissing) {
  const auto library = load_zmq("libc.so.6");
  ASSERT_FALSE(library);
  EXPECT_THAT(std::string(library.failure().message()), HasSubstr("zmq_ctx_new"));
}

}  // namespace
}  // namespace multifrost::transport
