// Lines, the last lines, and the bounded way to whoever shows them (spec 8.1).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "process/last_output.h"
#include "process/line_splitter.h"
#include "process/output_queue.h"

namespace multifrost::process {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> split(const std::vector<std::string>& pieces, std::size_t max_line = 64) {
  LineSplitter splitter(max_line);
  std::vector<std::string> lines;
  const auto keep = [&](std::string_view line) { lines.emplace_back(line); };
  for (const std::string& piece : pieces) splitter.feed(piece, keep);
  splitter.finish(keep);
  return lines;
}

TEST(LineSplitter, CutsWholeLines) {
  EXPECT_THAT(split({"one\ntwo\n"}), ElementsAre("one", "two"));
}

TEST(LineSplitter, JoinsPieces) {
  EXPECT_THAT(split({"o", "n", "e\nt", "wo", "\n", "three\n"}), ElementsAre("one", "two", "three"));
}

TEST(LineSplitter, DeliversTheEndWithoutNewline) {
  EXPECT_THAT(split({"one\ntwo"}), ElementsAre("one", "two"));
  EXPECT_THAT(split({}), IsEmpty());
}

TEST(LineSplitter, KeepsEmptyLines) {
  EXPECT_THAT(split({"\n\na\n\n"}), ElementsAre("", "", "a", ""));
}

TEST(LineSplitter, RemovesOneCarriageReturn) {
  EXPECT_THAT(split({"a\r\nb\r", "\nc\r\r\n"}), ElementsAre("a", "b", "c\r"));
}

TEST(LineSplitter, PassesBinaryBytesOn) {
  const std::string bytes("\x00\xff\x80", 3);
  EXPECT_THAT(split({bytes + "\n"}), ElementsAre(bytes));
}

TEST(LineSplitter, CutsWhatHasNoEnd) {
  EXPECT_THAT(split({"abcdefghij"}, 4), ElementsAre("abcd", "efgh", "ij"));
  EXPECT_THAT(split({"a", "b", "c", "d", "e", "f"}, 4), ElementsAre("abcd", "ef"));
}

TEST(LineSplitter, ALineOfExactlyTheLimitIsOneLine) {
  EXPECT_THAT(split({"abcd\nefgh\n"}, 4), ElementsAre("abcd", "efgh"));
  EXPECT_THAT(split({"abcd", "\n", "e"}, 4), ElementsAre("abcd", "e"));
}

TEST(LineSplitter, AnyCutGivesTheSameLines) {
  const std::string text = "alpha\n\nbeta\r\ngamma delta\nend";
  const auto whole = split({text}, 8);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(split({text.substr(0, cut), text.substr(cut)}, 8), whole) << "cut at " << cut;
  }
}

TEST(LastOutput, KeepsTheNewestLines) {
  LastOutput last;
  for (std::size_t i = 0; i < LastOutput::kLines + 5; ++i) last.add(std::to_string(i));
  const std::string text = last.text();
  EXPECT_TRUE(text.starts_with("5\n6\n")) << text;
  EXPECT_TRUE(text.ends_with("24\n")) << text;
}

TEST(LastOutput, IsBoundedInBytes) {
  LastOutput last;
  last.add("first");
  last.add(std::string(LastOutput::kBytes, 'x') + "end");
  const std::string text = last.text();
  EXPECT_EQ(text.size(), LastOutput::kBytes + 1);
  EXPECT_TRUE(text.ends_with("xend\n"));
}

TEST(OutputQueue, SaysWhenATaskIsNeeded) {
  OutputQueue queue;
  EXPECT_TRUE(queue.push(false, "one"));
  EXPECT_FALSE(queue.push(true, "two"));
  const auto batch = queue.take();
  ASSERT_EQ(batch.lines.size(), 2u);
  EXPECT_FALSE(batch.lines[0].is_error);
  EXPECT_TRUE(batch.lines[1].is_error);
  EXPECT_EQ(batch.lines[1].text, "two");
  EXPECT_EQ(batch.dropped, 0u);
  EXPECT_TRUE(queue.push(false, "three"));
}

TEST(OutputQueue, CountsWhatAFloodCosts) {
  OutputQueue queue;
  const std::string line(OutputQueue::kMaxBytes / 4, 'x');
  for (int i = 0; i < 10; ++i) queue.push(false, line);
  const auto batch = queue.take();
  EXPECT_EQ(batch.lines.size(), 4u);
  EXPECT_EQ(batch.dropped, 6u);
  EXPECT_EQ(queue.dropped(), 6u);
  EXPECT_TRUE(queue.push(false, "again"));
  EXPECT_EQ(queue.take().dropped, 0u);
}

TEST(OutputQueue, BoundsTheNumberOfLines) {
  OutputQueue queue;
  for (std::size_t i = 0; i < OutputQueue::kMaxLines + 3; ++i) queue.push(false, "");
  EXPECT_EQ(queue.take().dropped, 3u);
}

}  // namespace
}  // namespace multifrost::process
