// Which program runs a script, and what is said when none does (ParentWorker::spawn's stated rule).
#include "process/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "process_support.h"

namespace multifrost::process {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CommandTest : public ::testing::Test {
 protected:
  // A PATH of its own, with programs that need only exist.
  CommandTest() {
    for (const char* name : {"python3", "node", "tsx", "go", "npx"}) programs_.file(name, "", 0755);
  }

  Result<Command> resolve(const std::string& script, const std::string& executable = {},
                          const std::vector<std::string>& arguments = {}) const {
    return resolve_command(script, executable, arguments, "/nowhere::" + programs_.path().string(),
                           false);
  }
  std::string message(const std::string& script, const std::string& executable = {}) const {
    const auto command = resolve(script, executable);
    if (command.ok()) return "resolved to " + command->program;
    EXPECT_EQ(command.failure().code(), ErrorCode::spawn);
    EXPECT_EQ(command.failure().execution(), Execution::not_executed);
    return command.failure().message();
  }
  std::string program(const std::string& name) const { return (programs_.path() / name).string(); }

  TemporaryFolder programs_;
  TemporaryFolder scripts_;
};

TEST_F(CommandTest, AnExecutableScriptRunsItself) {
  const std::string script = scripts_.file("worker",
                                           "\x7f"
                                           "ELF",
                                           0755);
  const auto command = resolve(script, {}, {"--worker"});
  ASSERT_TRUE(command.ok());
  EXPECT_EQ(command->program, script);
  EXPECT_THAT(command->arguments, ElementsAre(script, "--worker"));
}

TEST_F(CommandTest, AnExplicitExecutableComesFirst) {
  const std::string script = scripts_.file("worker.py", "", 0755);
  const auto command = resolve(script, "node", {"a", "b"});
  ASSERT_TRUE(command.ok());
  EXPECT_EQ(command->program, program("node"));
  EXPECT_THAT(command->arguments, ElementsAre("node", script, "a", "b"));
}

TEST_F(CommandTest, AnExecutableMayCarryArguments) {
  const std::string script = scripts_.file("worker.ts", "");
  const auto command = resolve(script, "npx  tsx");
  ASSERT_TRUE(command.ok());
  EXPECT_THAT(command->arguments, ElementsAre("npx", "tsx", script));
}

TEST_F(CommandTest, AnExecutablesPathMayHoldSpaces) {
  const std::string script = scripts_.file("worker.py", "");
  const std::string interpreter = scripts_.file("my python", "", 0755);
  const auto command = resolve(script, interpreter);
  ASSERT_TRUE(command.ok());
  EXPECT_EQ(command->program, interpreter);
}

TEST_F(CommandTest, FollowsTheFirstLineOfAScriptThatIsNotExecutable) {
  const std::string interpreter = program("python3");
  const std::string script =
      scripts_.file("worker", "#! " + interpreter + " \t-u -X dev \nx = 1\n");
  const auto command = resolve(script);
  ASSERT_TRUE(command.ok());
  EXPECT_EQ(command->program, interpreter);
  EXPECT_THAT(command->arguments, ElementsAre(interpreter, "-u -X dev", script));
}

TEST_F(CommandTest, GoesByExtensionOtherwise) {
  for (const auto& [name, expected] :
       std::vector<std::pair<std::string, std::string>>{{"w.py", "python3"},
                                                        {"w.js", "node"},
                                                        {"w.mjs", "node"},
                                                        {"w.cjs", "node"},
                                                        {"w.ts", "tsx"}}) {
    const std::string script = scripts_.file(name, "text");
    const auto command = resolve(script);
    ASSERT_TRUE(command.ok()) << name;
    EXPECT_EQ(command->program, program(expected));
    EXPECT_THAT(command->arguments, ElementsAre(expected, script));
  }
  const auto command = resolve(scripts_.file("w.go", "package main"));
  ASSERT_TRUE(command.ok());
  EXPECT_THAT(command->arguments, ElementsAre("go", "run", scripts_.path() / "w.go"));
}

TEST_F(CommandTest, PassesAnAbsoluteScriptToAChildThatStartsElsewhere) {
  const std::string script = scripts_.file("w.py", "");
  const std::string relative = std::filesystem::relative(script).string();
  const auto command = resolve_command(relative, {}, {}, programs_.path().string(), true);
  ASSERT_TRUE(command.ok());
  EXPECT_TRUE(std::filesystem::path(command->arguments.back()).is_absolute());
  EXPECT_TRUE(std::filesystem::equivalent(command->arguments.back(), script));
}

TEST_F(CommandTest, SaysThatTheScriptIsMissing) {
  EXPECT_THAT(message("no/such.py"),
              HasSubstr("cannot start 'no/such.py': no such file (looked from '"));
  EXPECT_THAT(message(""), HasSubstr("path is empty"));
}

TEST_F(CommandTest, SaysThatItIsADirectory) {
  EXPECT_THAT(message(scripts_.path().string()), HasSubstr("it is a directory"));
}

TEST_F(CommandTest, SaysWhatToGiveWhenNothingTells) {
  EXPECT_THAT(
      message(scripts_.file("worker.rb", "puts 1")),
      HasSubstr("make it executable (chmod +x), or give the program that runs it as `executable`"));
}

TEST_F(CommandTest, SaysThatTheInterpreterIsNotInThePath) {
  EXPECT_THAT(message(scripts_.file("w.py", ""), "python4"),
              HasSubstr("'python4' was not found in PATH; install it"));
}

TEST_F(CommandTest, SaysThatTheInterpreterOfTheFirstLineIsMissing) {
  EXPECT_THAT(message(scripts_.file("w", "#!/no/such/perl\n")),
              HasSubstr("'/no/such/perl' is not an executable file"));
}

}  // namespace
}  // namespace multifrost::process
