// The ready-made sink: JSON lines that any reader of JSON takes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "multifrost/json_lines.h"

namespace multifrost {
namespace {

using Json = nlohmann::json;

LogRecord record() {
  LogRecord record{LogLevel::warning, "an_event", "some text", "odd.py"};
  record.time = std::chrono::system_clock::time_point(std::chrono::milliseconds(1'770'000'000'042));
  return record;
}

TEST(JsonLog, HasEveryPartUnderItsName) {
  LogRecord full = record();
  full.call_id = "id";
  full.trace_id = "trace";
  EXPECT_EQ(Json::parse(to_json(full)), (Json{{"time", "2026-02-02T02:40:00.042Z"},
                                              {"level", "warning"},
                                              {"event", "an_event"},
                                              {"message", "some text"},
                                              {"worker", "odd.py"},
                                              {"call_id", "id"},
                                              {"trace_id", "trace"}}));
}

TEST(JsonLog, LeavesOutWhatIsNotThere) {
  LogRecord bare = record();
  bare.worker = {};
  EXPECT_THAT(to_json(bare), testing::Not(testing::ContainsRegex("worker|call_id|trace_id")));
}

TEST(JsonLog, StaysOneLineOfJsonWhateverIsSaid) {
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every.push_back(static_cast<char>(byte));
  LogRecord odd = record();
  odd.message = every;
  odd.worker = "\"\\\n\xc3";
  const std::string json = to_json(odd);
  EXPECT_EQ(json.find('\n'), json.npos);
  const Json parsed = Json::parse(json);
  EXPECT_THAT(parsed["message"].get<std::string>(), testing::HasSubstr(" !\"#$%&'()"));
  EXPECT_EQ(parsed["worker"], "\"\\\n\xef\xbf\xbd");
}

TEST(JsonLog, LinesOfManyThreadsAreNeverMixed) {
  std::string written;
  const auto sink = json_lines_sink([&](std::string_view line) { written += line; });
  constexpr int kThreads = 4, kLines = 500;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        for (int line = 0; line < kLines; ++line) sink->write(record());
      });
    }
  }
  std::istringstream lines(written);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) EXPECT_TRUE(Json::accept(line));
  EXPECT_EQ(count, kThreads * kLines);
}

TEST(JsonLog, GoesToAFile) {
  std::FILE* const file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  json_lines_sink(file)->write(record());
  std::rewind(file);
  char line[1024];
  ASSERT_NE(std::fgets(line, sizeof line, file), nullptr);
  EXPECT_EQ(line, to_json(record()) + "\n");
  std::fclose(file);
}

}  // namespace
}  // namespace multifrost
