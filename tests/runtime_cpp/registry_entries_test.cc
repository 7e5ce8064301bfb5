// The registry's content as text, and the times in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/entries.h"
#include "registry/suggestion.h"
#include "registry/timestamp.h"

namespace multifrost::registry {
namespace {

constexpr std::timespec kNow{.tv_sec = 1770811200, .tv_nsec = 250'000'000};  // 2026-02-11T12:00:00Z

Entries parsed(std::string_view text) {
  auto entries = Entries::parse(text);
  EXPECT_TRUE(entries.has_value()) << text;
  return entries ? *std::move(entries) : Entries();
}

TEST(RegistryEntries, AreReadAsEveryImplementationWritesThem) {
  const Entries entries = parsed(R"({
    "python": {"port": 5001, "pid": 11, "started": "2026-02-11T12:00:00.123456"},
    "javascript": {"port": 5002, "pid": 12, "started": "2026-02-11T12:00:00.250Z"},
    "go": {"pid": 13, "port": 5003, "start_time": "2026-02-11T13:00:00.123456789+01:00"},
    "rust": {"port": 5004, "pid": 14, "started": "1770811200"}})");
  EXPECT_THAT(entries.ids(), testing::ElementsAre("python", "javascript", "go", "rust"));
  EXPECT_EQ(entries.find("python")->port, 5001);
  EXPECT_EQ(entries.find("python")->pid, 11);
  for (const char* id : {"javascript", "go", "rust"}) {
    EXPECT_EQ(entries.find(id)->registered, 1770811200.0) << id;
    EXPECT_EQ(entries.find(id)->process, "") << id;
  }
  EXPECT_FALSE(entries.find("nobody").has_value());
}

TEST(RegistryEntries, WithoutSenseAreNoServices) {
  const Entries entries = parsed(R"({
    "1": null, "2": "text", "3": {}, "4": {"port": "5555", "pid": 1}, "5": {"port": 0, "pid": 1},
    "6": {"port": 65536, "pid": 1}, "7": {"port": 5555, "pid": -1}, "8": {"port": 5555, "pid": true},
    "9": {"port": 5555, "pid": 18446744073709551615}, "10": {"port": 5555.5, "pid": 1}})");
  for (const std::string& id : entries.ids()) EXPECT_FALSE(entries.find(id).has_value()) << id;
}

TEST(RegistryEntries, KeepWhatIsNotOursInItsOrder) {
  Entries entries = parsed(
      R"({"z": {"port": 1, "pid": 2, "odd": [1, 2.5, "ü"]}, "mine": {"note": "kept", "pid": 9},)"
      R"( "junk": "text", "a": 18446744073709551615})");
  entries.put("mine", {.port = 5555, .pid = 7, .registered = {}, .process = "boot/12"}, kNow);
  entries.put("new", {.port = 5556, .pid = 7, .registered = {}, .process = ""}, kNow);
  entries.erase("junk");
  const std::string text = entries.text();
  EXPECT_THAT(parsed(text).ids(), testing::ElementsAre("z", "mine", "a", "new"));
  EXPECT_THAT(text, testing::HasSubstr(R"("odd": [
      1,
      2.5,
      "ü"
    ])"));
  EXPECT_THAT(text, testing::HasSubstr(R"("note": "kept",
    "pid": 7,
    "port": 5555,)"));
  EXPECT_THAT(text, testing::HasSubstr("18446744073709551615"));
}

TEST(RegistryEntries, AreWrittenWithBothTimes) {
  Entries entries;
  entries.put("me", {.port = 5555, .pid = 7, .registered = {}, .process = "boot/12"}, kNow);
  const std::string text = entries.text();
  EXPECT_THAT(text, testing::HasSubstr(R"("start_time": "2026-02-11T12:00:00Z")"));
  EXPECT_THAT(text, testing::ContainsRegex(R"("started": "2026-02-1[12]T..:..:00.250000")"));
  const auto again = parsed(text).find("me");
  EXPECT_EQ(again->registered, 1770811200.0);
  EXPECT_EQ(again->process, "boot/12");
}

TEST(RegistryEntries, AreOneObjectOrNothing) {
  for (const char* text :
       {"", "{", R"({"a": {"port")", "[]", "null", "{} {}", "{\"a\": \"\xff\"}"}) {
    EXPECT_FALSE(Entries::parse(text).has_value()) << text;
  }
  const std::string deep(100'000, '[');
  EXPECT_FALSE(Entries::parse(R"({"a": )" + deep).has_value());
  EXPECT_FALSE(
      Entries::parse(R"({"a": )" + deep + std::string(deep.size(), ']') + "}").has_value());
}

TEST(RegistryTimes, InEveryForm) {
  for (const char* text : {"2026-02-11T12:00:00Z", "2026-02-11T12:00:00.999z",
                           "2026-02-11T13:30:00+01:30", "2026-02-11T07:00:00-0500", "1770811200"}) {
    EXPECT_EQ(parse_time(text), 1770811200.0) << text;
  }
  EXPECT_EQ(parse_time(local_time(kNow)), 1770811200.0);
  EXPECT_EQ(parse_time(utc_time(kNow)), 1770811200.0);
  for (const char* text : {"", "nonsense", "2026-02-11", "2026-02-11T12:00:00 and more", "12:00"}) {
    EXPECT_FALSE(parse_time(text).has_value()) << text;
  }
}

TEST(RegistrySuggestion, IsTheClosestNameOrNone) {
  EXPECT_EQ(closest("notez", {"vision", "notes", "nodes"}), "notes");
  EXPECT_EQ(closest("note", {"notes"}), "notes");
  EXPECT_EQ(closest("billing", {"vision", "notes"}), "");
  EXPECT_EQ(closest("x", {}), "");
}

}  // namespace
}  // namespace multifrost::registry
