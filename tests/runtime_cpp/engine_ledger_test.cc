// R4: every call ends exactly once, with the verdict of the ledger's table.
#include <gtest/gtest.h>

#include <deque>
#include <random>

#include "engine/call_ledger.h"

namespace multifrost::engine {
namespace {

using Entry = CallLedger::Entry;

constexpr std::uint64_t kEpoch = 5;

struct Row {
  Ending by;
  Verdict queued;
  Verdict whole;      ///< sent, number 3 of 3 written
  Verdict not_whole;  ///< sent, number 4 of 3 written
};

class LedgerTable : public testing::TestWithParam<Row> {};

TEST_P(LedgerTable, HoldsForEveryState) {
  const Row& row = GetParam();
  const auto verdict_of = [&](bool sent, std::uint64_t number) {
    CallLedger ledger;
    Entry entry;
    entry.id = {1, 2};
    ledger.open(entry);
    if (sent) ledger.sent(entry, kEpoch);
    entry.number = number;
    Verdict verdict{};
    EXPECT_TRUE(ledger.end(entry, row.by, verdict, 3));
    EXPECT_FALSE(ledger.end(entry, row.by, verdict, 3)) << "ended twice";
    EXPECT_EQ(ledger.size(), 0u);
    return verdict;
  };
  if (row.by != Ending::answer) {
    EXPECT_EQ(verdict_of(false, 0), row.queued);
  }
  EXPECT_EQ(verdict_of(true, 3), row.whole);
  EXPECT_EQ(verdict_of(true, 4), row.not_whole);
  EXPECT_EQ(verdict_of(true, 0), row.whole) << "a number that was not told yet may have left";
}

INSTANTIATE_TEST_SUITE_P(
    All, LedgerTable,
    testing::Values(
        Row{Ending::answer, {}, Verdict::executed, Verdict::executed},
        Row{Ending::deadline, Verdict::not_executed, Verdict::unknown, Verdict::unknown},
        Row{Ending::cancel, Verdict::not_executed, Verdict::unknown, Verdict::unknown},
        Row{Ending::connection_lost, Verdict::not_executed, Verdict::unknown,
            Verdict::not_executed},
        Row{Ending::worker_exit, Verdict::not_executed, Verdict::unknown, Verdict::unknown},
        Row{Ending::close, Verdict::not_executed, Verdict::unknown, Verdict::unknown}));

TEST(CallLedger, AnAnswerBelongsToItsConnectionOnly) {
  CallLedger ledger;
  Entry entry;
  entry.id = {1, 2};
  ledger.open(entry);
  EXPECT_EQ(ledger.find(entry.id, kEpoch), nullptr) << "not sent yet";
  ledger.sent(entry, kEpoch);
  EXPECT_EQ(ledger.find(entry.id, kEpoch + 1), nullptr) << "an older connection";
  EXPECT_EQ(ledger.find(entry.id, kEpoch), &entry);
  Verdict verdict{};
  ledger.end(entry, Ending::answer, verdict);
  EXPECT_EQ(ledger.find(entry.id, kEpoch), nullptr) << "a duplicate";
  EXPECT_EQ(ledger.late(), 3u);
}

TEST(CallLedger, KeepsThousandsApart) {
  CallLedger ledger;
  CallIdGenerator ids({1, 2, 3, 4});
  std::deque<Entry> entries(5000);
  for (Entry& entry : entries) {
    entry.id = ids.next();
    ledger.open(entry);
    ledger.sent(entry, kEpoch);
  }
  std::mt19937 random(7);
  std::size_t left = entries.size();
  while (left > 0) {
    Entry& entry = entries[random() % entries.size()];
    if (!ledger.is_open(entry)) continue;
    ASSERT_EQ(ledger.find(entry.id, kEpoch), &entry);
    Verdict verdict{};
    ASSERT_TRUE(ledger.end(entry, Ending::answer, verdict));
    ASSERT_EQ(ledger.size(), --left);
  }
  EXPECT_EQ(ledger.any(), nullptr);
}

TEST(CallId, IsAUuidOfVersion4ThatReadsBack) {
  CallIdGenerator ids({11, 22, 33, 44});
  for (int i = 0; i < 1000; ++i) {
    const CallId id = ids.next();
    const CallId::Text text = id.text();
    const std::string_view view(text.data(), text.size());
    EXPECT_EQ(view[14], '4');
    EXPECT_NE(std::string_view("89ab").find(view[19]), std::string_view::npos) << view;
    EXPECT_EQ(CallId::parse(view), id);
  }
  EXPECT_EQ(CallId::parse("9146A407-05DE-4c37-b0bd-3804304ebcef"),
            CallId::parse("9146a407-05de-4c37-b0bd-3804304ebcef"));
  for (const char* bad :
       {"", "x", "9146a407-05de-4c37-b0bd-3804304ebce", "9146a407x05de-4c37-b0bd-3804304ebcef",
        "9146a407-05de-4c37-b0bd-3804304ebceg"}) {
    EXPECT_EQ(CallId::parse(bad), std::nullopt) << bad;
  }
}

TEST(CallId, IsWrittenDigitByDigit) {
  const CallId id{0x0123456789ab4def, 0x89abcdef01234567};
  constexpr std::string_view kText = "01234567-89ab-4def-89ab-cdef01234567";
  const CallId::Text text = id.text();
  EXPECT_EQ(std::string_view(text.data(), text.size()), kText);
  EXPECT_EQ(CallId::parse(kText), id);
}

/// Across every place where more than the last digits change, and where they begin anew.
TEST(CallIdSequence, GivesUuidsThatDifferAndReadBack) {
  constexpr std::uint64_t kHigh = 0x0123456789ab4def;
  for (const std::uint64_t low : {0x89abcdef01234567u, 0x89abcdeffffffffdu, 0xbffffffffffffffdu}) {
    CallIdSequence ids({kHigh, low});
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 6; ++i) {
      const CallId id = ids.next();
      EXPECT_TRUE(seen.insert(id.low).second);
      EXPECT_EQ(id.low >> 62, 2u);
      EXPECT_EQ(ids.with_low(id.low), id);
      const CallId::Text text = ids.text(id);
      EXPECT_EQ(text, id.text());
      EXPECT_EQ(ids.parse({text.data(), text.size()}), id);
      EXPECT_EQ(CallId::parse({text.data(), text.size()}), id);
    }
  }
}

TEST(CallIdSequence, ReadsWhatIsNoIdOfItsAsEverybodyDoes) {
  const CallIdSequence ids({0x0123456789ab4def, 0x89abcdef01234567});
  for (const char* text :
       {"", "01234567-89ab-4def-89ab-cdef0123456", "01234567-89ab-4def-89ab-cdef0123456g",
        "01234567-89AB-4DEF-89AB-CDEF01234568", "9146a407-05de-4c37-b0bd-3804304ebcef",
        "01234567-89ab-4def-89ab+cdef01234567"}) {
    EXPECT_EQ(ids.parse(text), CallId::parse(text)) << text;
  }
}

}  // namespace
}  // namespace multifrost::engine
