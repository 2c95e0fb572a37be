// The count of IDENTIFYs over restarts: by hours, by days, and when the clock is set back.
#include "discord/identify_budget.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::discord;

TEST_GROUP(IdentifyBudget) {
  WallTime noon{Millis(1'790'000'000'000 / 3'600'000 * 3'600'000)};  // the beginning of an hour
  IdentifyBudget budget;

  void spend(int count, WallTime when) {
    while (count-- > 0) budget.spend(when);
  }
  long minutes_to_wait(WallTime when) { return static_cast<long>(budget.wait(when) / 1min); }
};

TEST(IdentifyBudget, TheFirstGoesAtOnce) { LONGS_EQUAL(0, minutes_to_wait(noon)); }

TEST(IdentifyBudget, AnHourThatIsFullWaitsForTheNext) {
  spend(IdentifyBudget::kPerHour, noon + 10min);
  LONGS_EQUAL(50, minutes_to_wait(noon + 10min));
  LONGS_EQUAL(0, minutes_to_wait(noon + 60min));
}

TEST(IdentifyBudget, ADayThatIsFullWaitsForItsFirstHourToPass) {
  for (int hour = 0; hour < 16; ++hour) spend(50, noon + hour * 1h);
  LONGS_EQUAL(8 * 60, minutes_to_wait(noon + 16h));
  LONGS_EQUAL(0, minutes_to_wait(noon + 24h));
}

TEST(IdentifyBudget, SurvivesARestart) {
  spend(IdentifyBudget::kPerHour, noon);
  IdentifyBudget again(budget.text());
  LONGS_EQUAL(60, again.wait(noon) / 1min);
}

TEST(IdentifyBudget, ANoteThatCannotBeReadIsNoBudget) {
  LONGS_EQUAL(0, IdentifyBudget("{\"broken\"").wait(noon) / 1min);
  LONGS_EQUAL(0, IdentifyBudget("[[\"x\", 7], 3, [5]]").wait(noon) / 1min);
}

TEST(IdentifyBudget, AClockThatWasSetBackWaitsADayAtMost) {
  spend(IdentifyBudget::kPerDay, noon + 1h);
  CHECK(budget.wait(noon) <= 24h);
  spend(IdentifyBudget::kPerDay, noon + 400 * 24h);
  CHECK(budget.wait(noon) <= 24h);
}

TEST(IdentifyBudget, TheNoteStaysSmall) {
  for (int hour = 0; hour < 1000; ++hour) budget.spend(noon + hour * 1h);
  CHECK(budget.text().size() < 1000);
}
