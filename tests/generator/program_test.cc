// mfgen as a command: what it prints, where it writes, and how it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "program.h"

namespace mfgen::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::StartsWith;

constexpr std::string_view kGood = "package a.b;\ninterface I { m(); }\n";
constexpr std::string_view kWarned = "package a;\ninterface I { m() -> u64; }\n";
constexpr std::string_view kBad = "package a;\nstruct S { x: i23; }\n";

std::vector<std::string> names(const std::string& directory) {
  std::vector<std::string> result;
  for (const auto& [path, content] : read_tree(directory)) {
    result.push_back(path);
  }
  return result;
}

TEST(Program, HelpAndVersion) {
  const Outcome help = run_mfgen({"--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.out, HasSubstr("generate"));
  EXPECT_THAT(help.out, HasSubstr("explain"));
  EXPECT_EQ(help.err, "");
  EXPECT_THAT(run_mfgen({"--version"}).out, StartsWith("mfgen "));
  for (const char* command : {"generate", "lint", "dump", "explain"}) {
    const Outcome outcome = run_mfgen({command, "--help"});
    EXPECT_EQ(outcome.status, 0) << command;
    EXPECT_THAT(outcome.out, HasSubstr("mfgen " + std::string(command)));
  }
}

TEST(Program, WrongUsageIsTwoAndSaysWhatToDo) {
  struct Wrong {
    std::vector<std::string> arguments;
    const char* message;
  };
  const Wrong cases[] = {
      {{}, "usage: mfgen COMMAND"},
      {{"genrate"}, "there is no command 'genrate'; did you mean 'generate'?"},
      {{"generate"}, "no FILE is given"},
      {{"generate", "x.mfidl"}, "--lang is missing"},
      {{"generate", "x.mfidl", "--lang", "cpp"}, "--out is missing"},
      {{"generate", "x.mfidl", "--lang", "cobol", "--out", "o"}, "there is no language 'cobol'"},
      {{"generate", "x.mfidl", "--lang", "cpp", "--out", "o", "--split", "0"},
       "--split takes a number from 1 to 1000, not '0'"},
      {{"generate", "x.mfidl", "--lang", "cpp", "--out", "o", "--split", "2x"}, "not '2x'"},
      {{"generate", "x.mfidl", "--frobnicate"}, "frobnicate"},
      {{"lint", "x.mfidl", "--format", "xml"}, "--format is text or json, not 'xml'"},
      {{"lint"}, "no FILE is given"},
      {{"dump"}, "no FILE is given"},
      {{"dump", "a.mfidl", "b.mfidl"}, "it takes one FILE"},
      {{"dump", "a.mfidl", "--view", "cobol"}, "there is no language 'cobol'"},
      {{"explain", "seven"}, "'seven' is not a code such as MF0142"},
      {{"explain", "1", "2"}, "it takes one code"},
  };
  for (const Wrong& wrong : cases) {
    const Outcome outcome = run_mfgen(wrong.arguments);
    EXPECT_EQ(outcome.status, 2) << wrong.message;
    EXPECT_THAT(outcome.err, HasSubstr(wrong.message));
    EXPECT_EQ(outcome.out, "");
  }
}

TEST(Program, FilesGoToTheirPathUnderTheRoot) {
  const TemporaryFolder folder;
  write_file(folder / "idl/x/y.mfidl", kGood);
  const auto generate = [&](std::vector<std::string> arguments) {
    std::vector<std::string> all = {"generate", "idl/x/y.mfidl", "--lang", "cpp", "--out"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run_mfgen(all, folder.path());
  };
  EXPECT_EQ(generate({"o1", "-I", "idl"}).status, 0);
  EXPECT_THAT(names(folder / "o1"), ElementsAre("x/y.mf.cc", "x/y.mf.h", "x/y.mock.mf.h"));
  EXPECT_EQ(generate({"o2", "-Iidl"}).status, 0);
  EXPECT_EQ(read_tree(folder / "o2"), read_tree(folder / "o1"));
  EXPECT_EQ(generate({"o3"}).status, 0);
  EXPECT_THAT(names(folder / "o3"), ElementsAre("y.mf.cc", "y.mf.h", "y.mock.mf.h"));
  EXPECT_EQ(generate({"o4", "--split", "2"}).status, 0);
  EXPECT_THAT(names(folder / "o4"),
              ElementsAre("y.mf.1.cc", "y.mf.2.cc", "y.mf.cc", "y.mf.h", "y.mock.mf.h"));
}

TEST(Program, DepfileNamesEveryInput) {
  const TemporaryFolder folder;
  write_file(folder / "a b/im$port#.mfidl", "package z;\nstruct S { x: i32; }\n");
  write_file(folder / "a b/main.mfidl",
             "package y;\nimport \"im$port#.mfidl\" as z;\nstruct T { s: z.S; }\n");
  const Outcome outcome = run_mfgen(
      {"generate", "a b/main.mfidl", "--lang", "cpp", "--out", "o p", "--depfile", "deps/d.d"},
      folder.path());
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const std::string depfile = read_file(folder / "deps/d.d");
  EXPECT_THAT(depfile, StartsWith("o\\ p/main.mf.h o\\ p/main.mock.mf.h o\\ p/main.mf.cc:"));
  EXPECT_THAT(depfile, HasSubstr("a\\ b/main.mfidl"));
  EXPECT_THAT(depfile, HasSubstr("a\\ b/im$$port\\#.mfidl"));
}

TEST(Program, WarningsFailLintOnly) {
  const TemporaryFolder folder;
  write_file(folder / "good.mfidl", kGood);
  write_file(folder / "warned.mfidl", kWarned);
  EXPECT_EQ(run_mfgen({"lint", "good.mfidl"}, folder.path()).status, 0);
  const Outcome lint = run_mfgen({"lint", "good.mfidl", "warned.mfidl"}, folder.path());
  EXPECT_EQ(lint.status, 1);
  EXPECT_THAT(lint.err, HasSubstr("warned.mfidl:2:"));
  EXPECT_THAT(lint.err, HasSubstr("warning: "));
  const Outcome generate =
      run_mfgen({"generate", "warned.mfidl", "--lang", "cpp", "--out", "o"}, folder.path());
  EXPECT_EQ(generate.status, 0);
  EXPECT_EQ(generate.err, lint.err);
}

TEST(Program, ErrorsWriteNothing) {
  const TemporaryFolder folder;
  write_file(folder / "good.mfidl", kGood);
  write_file(folder / "bad.mfidl", kBad);
  const Outcome outcome = run_mfgen(
      {"generate", "good.mfidl", "bad.mfidl", "--lang", "cpp", "--out", "o"}, folder.path());
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, StartsWith("bad.mfidl:2:15: error: unknown type 'i23'"));
  EXPECT_THAT(names(folder / "o"), IsEmpty());
  const Outcome json = run_mfgen({"lint", "bad.mfidl", "--format", "json"}, folder.path());
  EXPECT_EQ(json.status, 1);
  EXPECT_THAT(json.err, StartsWith("{"));
  EXPECT_THAT(json.err, HasSubstr("unknown type 'i23'"));
  EXPECT_EQ(
      run_mfgen({"generate", "none.mfidl", "--lang", "cpp", "--out", "o"}, folder.path()).status,
      1);
}

TEST(Program, NamesThatFallTogetherAreAnError) {
  const TemporaryFolder folder;
  write_file(folder / "x.mfidl",
             "package a;\n"
             "struct IClient { delete: i32; @name(go = \"Other\") delete_: i32; }\n"
             "interface I { m(); }\n");
  const Outcome outcome =
      run_mfgen({"generate", "x.mfidl", "--lang", "cpp", "--out", "o"}, folder.path());
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("x.mfidl:2:51: error: in C++ 'delete_' is spelled 'delete_', "
                                     "as 'delete' is [MF0401]"));
  EXPECT_THAT(outcome.err, HasSubstr("x.mfidl:3:11: error: in C++ 'I' is spelled 'IClient', as "
                                     "'IClient' is [MF0401]"));
  EXPECT_THAT(names(folder / "o"), IsEmpty());
  EXPECT_EQ(run_mfgen({"lint", "x.mfidl"}, folder.path()).status, 0);
}

TEST(Program, AnUnwritableFolderLeavesEverythingAsItWas) {
  const TemporaryFolder folder;
  write_file(folder / "x.mfidl", kGood);
  // A file where the folder should be: fails for root, too.
  write_file(folder / "o", "in the way");
  const Outcome outcome =
      run_mfgen({"generate", "x.mfidl", "--lang", "cpp", "--out", "o"}, folder.path());
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("o: error: cannot make the folder: "));
  EXPECT_EQ(read_file(folder / "o"), "in the way");
}

TEST(Program, AFailureHalfWayLeavesNothingHalfWritten) {
  const TemporaryFolder folder;
  write_file(folder / "x.mfidl", kGood);
  write_file(folder / "o/x.mf.h", "old");
  // The last file cannot be written: its name is taken by a folder.
  std::filesystem::create_directories(folder / "o/x.mf.cc/in the way");
  const Outcome outcome =
      run_mfgen({"generate", "x.mfidl", "--lang", "cpp", "--out", "o"}, folder.path());
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("o/x.mf.cc: error: cannot write: "));
  EXPECT_THAT(read_tree(folder / "o"), ElementsAre(Pair("x.mf.h", "old")));
}

TEST(Program, AFullDiskIsAnError) {
  const TemporaryFolder folder;
  write_file(folder / "x.mfidl", kGood);
  // /dev/full takes nothing.
  ASSERT_EQ(symlink("/dev/full", (folder / "full").c_str()), 0);
  const Outcome outcome =
      run_mfgen({"generate", "x.mfidl", "--lang", "cpp", "--out", "/dev/full/o"}, folder.path());
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("error: cannot make the folder"));
}

TEST(Program, TwoInputsForOneOutputAreAnError) {
  const TemporaryFolder folder;
  write_file(folder / "a/x.mfidl", kGood);
  write_file(folder / "b/x.mfidl", "package b;\n");
  const std::vector<std::string> arguments = {"generate", "a/x.mfidl", "b/x.mfidl", "--lang",
                                              "cpp",      "--out",     "o"};
  const Outcome outcome = run_mfgen(arguments, folder.path());
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("two input files would be written here"));
  EXPECT_THAT(names(folder / "o"), IsEmpty());
}

TEST(Program, TemplatesCanBeReplaced) {
  const TemporaryFolder folder;
  write_file(folder / "x.mfidl", kGood);
  write_file(folder / "t/cpp/header.tmpl", "{{#each interfaces as i}}{{i.name}}{{/each}}\n");
  const std::vector<std::string> arguments = {"generate",       "x.mfidl", "--lang",    "cpp",
                                              "--out",          "o",       "--depfile", "d",
                                              "--template-dir", "t"};
  ASSERT_EQ(run_mfgen(arguments, folder.path()).status, 0);
  EXPECT_EQ(read_file(folder / "o/x.mf.h"), "I\n");
  EXPECT_THAT(read_file(folder / "d"), HasSubstr("t/cpp/header.tmpl"));
  write_file(folder / "t/cpp/header.tmpl", "{{#each interfaces as i}}{{i.nmae}}{{/each}}\n");
  const Outcome outcome = run_mfgen(arguments, folder.path());
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err,
            "t/cpp/header.tmpl:1:30: error: unknown name 'nmae'; did you mean 'name'?\n");
  EXPECT_EQ(read_file(folder / "o/x.mf.h"), "I\n");
}

TEST(Program, DumpPrintsModelAndView) {
  const TemporaryFolder folder;
  write_file(folder / "x.mfidl", kGood);
  const Outcome model = run_mfgen({"dump", "x.mfidl"}, folder.path());
  EXPECT_EQ(model.status, 0);
  EXPECT_THAT(model.out, HasSubstr("\"a.b\""));
  const Outcome view = run_mfgen({"dump", "x.mfidl", "--view", "cpp"}, folder.path());
  EXPECT_EQ(view.status, 0);
  EXPECT_THAT(view.out, HasSubstr("\"name_space\": \"a::b\""));
  EXPECT_THAT(view.out, HasSubstr("\"path\": \"x.mf.h\""));
  write_file(folder / "x.mfidl", kBad);
  const Outcome bad = run_mfgen({"dump", "x.mfidl"}, folder.path());
  EXPECT_EQ(bad.status, 1);
  EXPECT_EQ(bad.out, "");
}

TEST(Program, ExplainPrintsThePage) {
  const std::string page = read_file(source_path("docs/diagnostics/MF0142.md"));
  ASSERT_NE(page, "");
  for (const char* code : {"MF0142", "mf142", "142"}) {
    const Outcome outcome = run_mfgen({"explain", code});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.out, page);
  }
  EXPECT_EQ(run_mfgen({"explain", "401"}).out, read_file(source_path("docs/generator/MF0401.md")));
  const Outcome unknown = run_mfgen({"explain", "MF9999"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.err, HasSubstr("there is no diagnostic MF9999"));
  EXPECT_THAT(run_mfgen({"explain"}).out, HasSubstr("MF0142: "));
}

}  // namespace
}  // namespace mfgen::test
