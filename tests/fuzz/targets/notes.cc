// What the store keeps as text, as an earlier or later version, or a bad disk, may have left it.
#include "chat/catch_up.h"
#include "discord/gateway_session.h"
#include "discord/identify_budget.h"
#include "fuzz.h"

namespace coordinator::fuzz {

namespace {

void check_budget(std::string_view text, WallTime now) {
  discord::IdentifyBudget budget(text);
  for (int i = 0; i < 3; ++i) {
    Millis wait = budget.wait(now);
    require(wait >= 0ms && wait <= 25h, "an identify waits for longer than a day");
    budget.spend(now);
  }
  require(discord::IdentifyBudget(budget.text()).wait(now) == budget.wait(now),
          "a budget does not come back");
}

void check_catch_up(std::string_view text, Now now) {
  chat::Project project;
  project.channels = {ChannelId{1}, ChannelId{2}};
  chat::CatchUp catch_up({project}, {}, 1);
  catch_up.restore(text, now);
  std::string note = catch_up.note();
  chat::CatchUp again({project}, {}, 1);
  again.restore(note, now);
  require(again.note() == note, "the catching up's note does not come back");
}

}  // namespace

void notes(std::string_view text) {
  Now now{Instant(Millis(1000)), WallTime(Millis(1'800'000'000'000))};
  if (auto session = discord::parse_session(text)) {
    auto again = discord::parse_session(discord::to_text(*session));
    require(again && *again == *session, "a session does not come back");
  }
  check_budget(text, now.wall);
  check_catch_up(text, now);
}

}  // namespace coordinator::fuzz
