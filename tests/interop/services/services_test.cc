// Services in C++ and Python, called by C++ parents through generated clients.
//
// ECHO_CPP_SERVICE and ECHO_PYTHON_SERVICE are their commands, words separated by "|", and
// SECOND_SERVICE is the one of a service that the generated serve() makes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "echo.mf.h"
#include "multifrost/error.h"
#include "multifrost/parent_worker.h"
#include "process_support.h"
#include "registry/registry.h"

namespace echo = interop::echo;
using multifrost::process::ChildProcess;
using testing::HasSubstr;

namespace {

constexpr const char* kCpp = "ECHO_CPP_SERVICE";
constexpr const char* kPython = "ECHO_PYTHON_SERVICE";

std::vector<std::string> command(const char* variable) {
  const char* const text = std::getenv(variable);
  if (text == nullptr) {
    ADD_FAILURE() << variable << " is not set: run these tests through ctest";
    return {"false"};
  }
  std::vector<std::string> words;
  std::istringstream from(text);
  for (std::string word; std::getline(from, word, '|');) words.push_back(word);
  return words;
}

class OneService : public testing::Test {
 protected:
  ChildProcess start(const char* variable) {
    multifrost::process::SpawnRequest request;
    request.arguments = command(variable);
    request.program = request.arguments.front();
    request.environment = multifrost::process::spawn_environment(
        {{"HOME", home_.path().string()}, {"ECHO_SERVICE", "echo"}});
    return spawner_.start(request).value();
  }
  template <class Client = echo::EchoClient>
  Client connect(const std::string& id = "echo") const {
    return Client::connect(id, {.timeout = std::chrono::seconds(20), .registry_folder = folder()});
  }
  std::string folder() const { return home_.path() / ".multifrost"; }
  bool is_registered() const {
    return multifrost::registry::Registry(folder()).find("echo")->has_value();
  }

 private:
  multifrost::process::TemporaryFolder home_;
  multifrost::process::Spawner spawner_;
};

class Services : public OneService, public testing::WithParamInterface<const char*> {};

INSTANTIATE_TEST_SUITE_P(In, Services, testing::Values(kCpp, kPython),
                         [](const auto& given) { return given.param == kCpp ? "Cpp" : "Python"; });

TEST_P(Services, ServeTwoTypedParentsAtOnce) {
  auto service = start(GetParam());
  const auto first = connect();
  const auto second = connect();
  std::vector<multifrost::Pending<std::int64_t>> answers;
  for (std::int64_t i = 0; i < 100; ++i) {
    answers.push_back(first.async().int64(i));
    answers.push_back(second.async().int64(-i));
  }
  for (std::int64_t i = 0; i < 100; ++i) {
    EXPECT_EQ(answers[static_cast<std::size_t>(2 * i)].get(), i);
    EXPECT_EQ(answers[static_cast<std::size_t>(2 * i + 1)].get(), -i);
  }
  EXPECT_THROW(first.fail("NotFound"), echo::NotFound);
}

TEST_F(OneService, IsMadeByTheGeneratedServe) {
  auto service = start("SECOND_SERVICE");
  EXPECT_EQ(connect<echo::SecondClient>("second").name(), "second");
}

TEST_P(Services, OutliveTheirParentsAndLeaveTheRegistryWithASignal) {
  auto service = start(GetParam());
  EXPECT_TRUE(connect().close(std::chrono::seconds(20)).ok());
  EXPECT_EQ(connect().text("still there"), "still there");
  ::kill(service.pid(), SIGTERM);
  EXPECT_EQ(multifrost::process::wait_for_end(service).code, 0);
  EXPECT_FALSE(is_registered());
}

TEST_P(Services, RefuseAnIdThatTheOtherLanguageHas) {
  auto first = start(GetParam());
  const auto client = connect();
  auto second = start(GetParam() == kCpp ? kPython : kCpp);
  EXPECT_EQ(multifrost::process::wait_for_end(second).code, 1);
  EXPECT_THAT(multifrost::process::read_all(second.pipes().err),
              HasSubstr("registered already by pid " + std::to_string(first.pid())));
  EXPECT_EQ(client.text("mine"), "mine");
}

TEST_P(Services, AreReplacedByTheOtherLanguageOnceTheyAreDead) {
  auto first = start(GetParam());
  connect();
  first.signal(SIGKILL);
  multifrost::process::wait_for_end(first);
  EXPECT_FALSE(is_registered());
  auto second = start(GetParam() == kCpp ? kPython : kCpp);
  EXPECT_EQ(connect().text("the other"), "the other");
}

}  // namespace
