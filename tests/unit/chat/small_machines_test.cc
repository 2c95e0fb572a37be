// Tests of the small machines around the queue: the waiting mark, the typing indicator, who may ask.
#include "chat/access.h"
#include "chat/reactions.h"
#include "chat/typing.h"

#include <string>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::chat;

namespace {

constexpr ChannelId kChannel{5};
constexpr MessageId kMessage{6};

std::string names(const Effects& effects) {
  std::string out;
  for (const Act& act : effects.acts) {
    if (const auto* reaction = std::get_if<SetReaction>(&act)) out += reaction->present ? "+mark " : "-mark ";
    if (std::holds_alternative<ShowTyping>(act)) out += "type ";
    if (std::holds_alternative<WithdrawTyping>(act)) out += "withdraw ";
  }
  return out;
}

Instant at(Millis time) { return Instant(time); }

}  // namespace

TEST_GROUP(Reactions){};

TEST(Reactions, OnAndOffNeverOvertakeEachOther) {
  Reactions reactions;
  STRCMP_EQUAL("+mark ", names(reactions.want(kChannel, kMessage, "x", true)).c_str());
  STRCMP_EQUAL("", names(reactions.want(kChannel, kMessage, "x", false)).c_str());
  STRCMP_EQUAL("-mark ", names(reactions.settled(kMessage, "x", true)).c_str());
  STRCMP_EQUAL("", names(reactions.settled(kMessage, "x", true)).c_str());
}

TEST(Reactions, AChangeThatIsTakenBackInTimeCostsNothing) {
  Reactions reactions;
  reactions.want(kChannel, kMessage, "x", true);
  reactions.want(kChannel, kMessage, "x", false);
  reactions.want(kChannel, kMessage, "x", true);
  STRCMP_EQUAL("", names(reactions.settled(kMessage, "x", true)).c_str());
}

// From before it is asked for until Discord has said that it is gone.
TEST(Reactions, AMarkIsWrittenDownWhileItMayBeThere) {
  auto written = [](const Effects& effects) {
    std::string out;
    for (const store::Write& write : effects.writes) out += std::get<store::Mark>(write).present ? "+" : "-";
    return out;
  };
  Reactions reactions;
  STRCMP_EQUAL("+", written(reactions.want(kChannel, kMessage, "x", true)).c_str());
  STRCMP_EQUAL("", written(reactions.settled(kMessage, "x", true)).c_str());
  STRCMP_EQUAL("", written(reactions.want(kChannel, kMessage, "x", false)).c_str());
  STRCMP_EQUAL("", written(reactions.settled(kMessage, "x", false)).c_str());
  reactions.want(kChannel, kMessage, "x", false);
  STRCMP_EQUAL("-", written(reactions.settled(kMessage, "x", true)).c_str());
}

TEST(Reactions, MessagesDoNotWaitForEachOther) {
  Reactions reactions;
  reactions.want(kChannel, kMessage, "x", true);
  STRCMP_EQUAL("+mark ", names(reactions.want(kChannel, MessageId{7}, "x", true)).c_str());
}

TEST_GROUP(Typing){};

TEST(Typing, IsShownAgainBeforeDiscordForgetsIt) {
  Typing typing;
  STRCMP_EQUAL("type ", names(typing.begin(kChannel, at(0ms))).c_str());
  CHECK_TRUE(typing.next_deadline() == at(2s));  // one request at a time, and patience with it
  typing.shown(kChannel);
  CHECK_TRUE(typing.next_deadline() == at(8s));
  STRCMP_EQUAL("", names(typing.tick(at(7999ms))).c_str());
  STRCMP_EQUAL("type ", names(typing.tick(at(8s))).c_str());
}

TEST(Typing, IsNotShownAfterTheEnd) {
  Typing typing;
  typing.begin(kChannel, at(0ms));
  typing.shown(kChannel);
  STRCMP_EQUAL("", names(typing.end(kChannel)).c_str());
  STRCMP_EQUAL("", names(typing.tick(at(1h))).c_str());
  CHECK_FALSE(typing.busy(kChannel));
}

TEST(Typing, ARequestOnItsWayIsWithdrawnAndKeepsTheChannelBusyUntilItIsOver) {
  Typing typing;
  typing.begin(kChannel, at(0ms));
  CHECK_TRUE(typing.busy(kChannel));
  STRCMP_EQUAL("withdraw ", names(typing.end(kChannel)).c_str());
  CHECK_TRUE(typing.busy(kChannel));
  typing.shown(kChannel);
  CHECK_FALSE(typing.busy(kChannel));
  CHECK_FALSE(typing.next_deadline().has_value());
}

TEST(Typing, ARequestThatHangsIsNotWaitedForLong) {
  Typing typing;
  typing.begin(kChannel, at(0ms));
  typing.end(kChannel);
  CHECK_TRUE(typing.next_deadline() == at(2s));
  LONGS_EQUAL(0, typing.give_up(at(1999ms)).size());
  LONGS_EQUAL(1, typing.give_up(at(2s)).size());
  CHECK_FALSE(typing.busy(kChannel));
  CHECK_FALSE(typing.next_deadline().has_value());
}

TEST(Typing, TheNextTurnDoesNotProlongThePatienceWithARequestThatHangs) {
  Typing typing;
  typing.begin(kChannel, at(0ms));
  typing.end(kChannel);
  typing.begin(kChannel, at(1s));
  LONGS_EQUAL(1, typing.give_up(at(2s)).size());
  CHECK_TRUE(typing.next_deadline() == at(8s));
}

TEST(Typing, GoesOnWhenTheNextTurnBeginsWhileARequestIsOnItsWay) {
  Typing typing;
  typing.begin(kChannel, at(0ms));
  typing.end(kChannel);
  STRCMP_EQUAL("", names(typing.begin(kChannel, at(1s))).c_str());
  typing.shown(kChannel);
  STRCMP_EQUAL("type ", names(typing.tick(at(8s))).c_str());
}

TEST(Typing, APostMakesItDueAgain) {
  Typing typing;
  typing.begin(kChannel, at(0ms));
  typing.shown(kChannel);
  typing.cleared(kChannel, at(2s));
  STRCMP_EQUAL("type ", names(typing.tick(at(2s))).c_str());
}

TEST_GROUP(Access) {
  Access access;
  discord::Message message;
  void setup() override {
    message.author.id = UserId{1};
    message.author_roles = {RoleId{20}, RoleId{21}};
    message.guild = GuildId{300};
  }
};

TEST(Access, AnEmptyListNamesNobody) { CHECK_FALSE(allows(access, author_of(message))); }

TEST(Access, EachOfUserRoleGuildAndEveryoneIsEnough) {
  access.users = {UserId{1}};
  CHECK_TRUE(allows(access, author_of(message)));
  access = {};
  access.roles = {RoleId{21}};
  CHECK_TRUE(allows(access, author_of(message)));
  access = {};
  access.guilds = {GuildId{300}};
  CHECK_TRUE(allows(access, author_of(message)));
  access = {};
  access.everyone = true;
  CHECK_TRUE(allows(access, author_of(message)));
}

TEST(Access, OthersAreNotNamed) {
  access.users = {UserId{2}};
  access.roles = {RoleId{22}};
  access.guilds = {GuildId{301}};
  CHECK_FALSE(allows(access, author_of(message)));
  access.guilds = {};
  message.guild = std::nullopt;
  CHECK_FALSE(allows(access, author_of(message)));
}
