// "Did you mean": which spelling counts as near.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "suggest.h"

namespace mfidl {
namespace {

TEST(Suggest, DistanceCountsEditsTwiceAndCaseOnce) {
  EXPECT_EQ(edit_distance("rect", "rect", 10), 0);
  EXPECT_EQ(edit_distance("Rect", "rect", 10), 1);
  EXPECT_EQ(edit_distance("rekt", "rect", 10), 2);
  EXPECT_EQ(edit_distance("rct", "rect", 10), 2);
  EXPECT_EQ(edit_distance("reect", "rect", 10), 2);
  EXPECT_EQ(edit_distance("rcet", "rect", 10), 2);
  EXPECT_EQ(edit_distance("", "ab", 10), 4);
  EXPECT_EQ(edit_distance("kitten", "sitting", 10), 6);
}

TEST(Suggest, DistanceStopsAtTheLimit) {
  EXPECT_EQ(edit_distance("kitten", "sitting", 4), 5);
  EXPECT_EQ(edit_distance("a", "abcdef", 2), 3);
  EXPECT_EQ(edit_distance(std::string(1000, 'a'), std::string(1000, 'a'), 2), 3);
}

TEST(Suggest, NearestTakesTheFirstOfTheNearest) {
  const std::vector<std::string> names = {"geo.Point", "geo.Rect", "geo.Reqt", "Rect"};
  EXPECT_EQ(nearest("geo.Rekt", names), "geo.Rect");
  EXPECT_EQ(nearest("geo.rect", names), "geo.Rect");
  EXPECT_EQ(nearest("rect", names), "Rect");
}

TEST(Suggest, NothingNearIsNoSuggestion) {
  const std::vector<std::string> names = {"Point", "Rect"};
  EXPECT_EQ(nearest("Circle", names), "");
  EXPECT_EQ(nearest("x", names), "");
  EXPECT_EQ(nearest("Rect", std::vector<std::string>{}), "");
}

}  // namespace
}  // namespace mfidl
