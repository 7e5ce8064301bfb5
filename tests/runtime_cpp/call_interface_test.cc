// Which workers a generated client takes (wire page, interface handshake).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "call/interface_match.h"
#include "multifrost/client.h"
#include "multifrost/error.h"
#include "multifrost/in_process.h"

namespace multifrost::call {
namespace {

using testing::HasSubstr;

Interface interface(std::string_view name, std::string_view version, std::string_view fingerprint) {
  return {.name = name, .name_space = "", .version = version, .fingerprint = fingerprint};
}

const Interface kExpected = interface("acme.Vision", "1.2", "new");

TEST(InterfaceMatch, TakesTheSameInterfaceAndWhoeverTellsNothing) {
  EXPECT_FALSE(interface_mismatch(kExpected, {}, "w"));
  EXPECT_FALSE(interface_mismatch(kExpected, {kExpected}, "w"));
  EXPECT_FALSE(interface_mismatch(kExpected, {interface("acme.Other", "", "x"), kExpected}, "w"));
  EXPECT_FALSE(interface_mismatch(kExpected, {interface("acme.Vision", "9", "new")}, "w"))
      << "the fingerprint decides, not what the version says";
  EXPECT_FALSE(interface_mismatch(kExpected, {interface("acme.Vision", "", "")}, "w"));
  EXPECT_FALSE(interface_mismatch(kExpected, {interface("acme.Other", "", "x"), Interface{}}, "w"))
      << "functions outside any interface may be the ones that are meant";
}

TEST(InterfaceMatch, TellsWhatDiffersAndWhatToDo) {
  const auto other =
      interface_mismatch(kExpected, {interface("acme.Vision", "1.1", "old")}, "vision.py");
  ASSERT_TRUE(other);
  EXPECT_EQ(other->code(), ErrorCode::interface_mismatch);
  EXPECT_EQ(other->execution(), Execution::not_executed);
  for (const char* part : {"acme.Vision version 1.2 (fingerprint new)", "vision.py serves",
                           "acme.Vision version 1.1 (fingerprint old)", "run mfgen again"}) {
    EXPECT_THAT(other->message(), HasSubstr(part));
  }
  const auto wrong = interface_mismatch(
      kExpected, {interface("acme.A", "", "1"), interface("acme.B", "", "2")}, "a.py");
  ASSERT_TRUE(wrong);
  EXPECT_THAT(wrong->message(), HasSubstr("a.py does not serve acme.Vision"));
  EXPECT_THAT(wrong->message(), HasSubstr("it serves acme.A, acme.B"));
  const auto outdated = interface_mismatch(
      kExpected, {interface("acme.Vision", "1.1", "old"), Interface{}}, "vision.py");
  EXPECT_TRUE(outdated) << "the name stands there, so it is the one that is meant";
}

class Served final : public Dispatcher {
 public:
  const Interface& interface() const noexcept override { return served_; }
  void dispatch(IncomingCall& call) override { call.fail_not_found(); }

 private:
  const Interface served_ = call::interface("acme.Vision", "1.1", "old");
};

TEST(InterfaceMatch, AGeneratedClientRefusesAnotherWorkerInThisProcess) {
  Served worker;
  EXPECT_NO_THROW(Client(in_process_channel(worker), {}, worker.interface()));
  EXPECT_THROW(Client(in_process_channel(worker), {}, kExpected), InterfaceMismatchError);
}

}  // namespace
}  // namespace multifrost::call
