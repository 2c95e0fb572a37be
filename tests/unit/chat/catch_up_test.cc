// Catching up: what was said while nobody listened is told once, in order, and within its bounds.
#include "chat/catch_up.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/json.h"
#include "base/overloaded.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::chat;
using discord::ChannelSeen;
using discord::GuildSeen;
using discord::RestError;

namespace {

constexpr UserId kSelf{42}, kAlice{7}, kBob{8};
constexpr GuildId kGuild{1};
const WallTime kStart(Millis(MessageId::kDiscordEpoch) + 1000h);

// The n-th message of a minute.
MessageId at(int minute, std::uint64_t n = 0) {
  return MessageId{MessageId::at(kStart + Millis(1min) * minute).value + n};
}

std::string shown(MessageId message) {
  if (!message) return "0";
  std::uint64_t n = message.value & 0x3FFFFF;
  auto minute = (message.created() - kStart) / Millis(1min);
  return n ? fmt::format("{}.{}", minute, n) : fmt::format("{}", minute);
}

std::vector<Project> projects(std::vector<std::uint64_t> channels) {
  std::vector<Project> made;
  for (std::uint64_t channel : channels) {
    made.emplace_back();
    made.back().name = fmt::format("of-{}", channel);
    made.back().channels = {ChannelId{channel}};
  }
  return made;
}

discord::Message said(MessageId id, UserId author = kAlice, bool to_us = true) {
  discord::Message message;
  message.id = id;
  message.channel = ChannelId{100};
  message.author.id = author;
  if (to_us) message.mentions = {kSelf};
  return message;
}

RestError error_of(RestError::Kind kind) { return {kind, 0, 0, "for a reason"}; }

}  // namespace

TEST_GROUP(CatchUp) {
  std::vector<Project> ours = projects({100, 200});
  CatchUpLimits limits;
  std::unique_ptr<CatchUp> machine = made();
  Now now{Instant(1h), kStart + 60min};
  CatchUp::Request last = 0;            // the number of the latest request
  std::vector<discord::Message> heard;  // all of them
  std::vector<std::string> lines;       // of the log

  std::unique_ptr<CatchUp> made() { return std::make_unique<CatchUp>(ours, limits, 1); }

  std::string one(const catch_up::Act& act) {
    return std::visit(
        Overloaded{[&](const catch_up::FetchMessages& a) {
                     last = a.request;
                     return fmt::format("read({} after {})", a.channel.value, shown(a.after));
                   },
                   [&](const catch_up::FetchThreads& a) {
                     last = a.request;
                     return fmt::format("threads({}{}{})", a.channel.value, a.before.empty() ? "" : " ",
                                        a.before);
                   },
                   [&](const catch_up::FetchMember& a) {
                     last = a.request;
                     return fmt::format("member({})", a.user.value);
                   },
                   [](const catch_up::Meet& a) { return fmt::format("meet({})", a.thread.id.value); },
                   [&](const catch_up::Hear& a) {
                     heard.push_back(a.message);
                     return fmt::format("hear({})", shown(a.message.id));
                   },
                   [&](const LogLine& a) {
                     lines.push_back(a.text);
                     return std::string(a.level == log::Level::warning ? "warn" : "log");
                   }},
        act);
  }
  std::string text(const CatchUp::Acts& acts) {
    std::string out;
    for (const auto& act : acts) out += (out.empty() ? "" : " ") + one(act);
    return out;
  }
  void is(const char* expected, const CatchUp::Acts& acts) { STRCMP_EQUAL(expected, text(acts).c_str()); }

  // A daemon that heard up to `mark`, and is told now that its session is a new one.
  void after_a_gap(int mark) {
    machine->restore(fmt::format(R"({{"heard":"{}"}})", at(mark).text()), now);
    is("", connected());
  }
  CatchUp::Acts connected(bool resuming = false) {
    return machine->connected({kSelf, ApplicationId{1}, "us", {}, resuming}, now);
  }
  CatchUp::Acts seen(std::uint64_t channel, MessageId last_message, std::uint64_t parent = 0) {
    ChannelSeen told{ChannelId{channel}, kGuild, {}, parent != 0, "name", last_message};
    if (parent) told.parent = ChannelId{parent};
    return machine->seen(told, now);
  }
  CatchUp::Acts guild() { return machine->seen(GuildSeen{kGuild}, now); }
  CatchUp::Acts page(std::vector<discord::Message> messages, std::size_t count = 0) {
    discord::MessagePage page;
    page.count = std::max(count, messages.size());
    if (!messages.empty()) page.last = messages.back().id;
    page.messages = std::move(messages);
    return machine->messages(last, std::move(page), now);
  }
  CatchUp::Acts member(std::vector<RoleId> roles = {}) {
    return machine->member(last, discord::Member{"Al", std::move(roles)}, now);
  }
  CatchUp::Acts threads(std::vector<ChannelSeen> found, std::string before = "") {
    return machine->threads(last, discord::ThreadPage{std::move(found), std::move(before)}, now);
  }
  CatchUp::Acts fails(RestError::Kind kind) {
    return machine->messages(last, tl::unexpected(error_of(kind)), now);
  }
  void configure(std::vector<std::uint64_t> channels) {
    ours = projects(std::move(channels));
    text(machine->configure(ours, limits));
  }
  void is_over() {
    CHECK_TRUE(machine->idle());
    CHECK_FALSE(machine->next_deadline().has_value());
  }
};

TEST(CatchUp, TheVeryFirstStartFetchesNothing) {
  is("", connected());
  is("", seen(100, at(50)));
  is("", guild());
  is_over();
  STRCMP_EQUAL(at(50).text().c_str(), Json::parse(machine->note()).value()["heard"].text_or("").c_str());
}

// The daemon has listened since: what is said next is for it, also when it dies before it hears of it.
TEST(CatchUp, AServerInWhichNothingWasSaidYetIsHeardOfToo) {
  is("", connected());
  is("", seen(100, MessageId{}));
  is("", guild());
  machine->listening(now);
  std::string note = machine->note();
  machine = made();
  machine->restore(note, now);
  is("", connected());
  // From the oldest that may be; but nobody was away for so long, so there is nothing to be said about it.
  is("read(100 after -1380)", seen(100, at(59)));
}

TEST(CatchUp, ASessionThatGoesOnFetchesNothing) {
  machine->restore(fmt::format(R"({{"heard":"{}"}})", at(10).text()), now);
  is("", connected(true));
  is("hear(20)", machine->heard(said(at(20)), now));
  is_over();
}

TEST(CatchUp, WhatWasSaidMeanwhileIsToldInItsOrderWithItsAuthorsRoles) {
  after_a_gap(10);
  is("read(100 after 9)", seen(100, at(20)));
  is("threads(100)", guild());
  auto search = last--;
  is("member(7)", page({said(at(12)), said(at(15), kBob, false), said(at(20))}));
  auto roles = last;
  is("hear(12) hear(20) log", machine->member(roles, discord::Member{"Al", {RoleId{5}}}, now));
  CHECK_TRUE(heard[0].author_roles == std::vector<RoleId>{RoleId{5}});
  CHECK_TRUE(heard[1].guild == kGuild);
  STRCMP_EQUAL("Al", heard[1].author.display_name.c_str());
  is("", machine->threads(search, discord::ThreadPage{}, now));
}

TEST(CatchUp, SomebodyWhoLeftTheServerHasNoRoles) {
  after_a_gap(10);
  text(seen(100, at(20)));
  text(page({said(at(20))}));
  is("hear(20) log", machine->member(last, tl::unexpected(error_of(RestError::Kind::refused)), now));
  CHECK_TRUE(heard[0].author_roles.empty());
}

TEST(CatchUp, ChannelsWithoutNewsAreNotFetched) {
  after_a_gap(10);
  is("", seen(100, at(8)));
  is("", seen(300, at(50)));  // none of ours
  is("threads(100)", guild());
  is("", threads({}));
  is("", seen(200, MessageId{}));
  is("threads(200)", guild());
  is("", threads({}));
  is_over();
}

TEST(CatchUp, PagesFollowEachOtherUntilOneIsNotFull) {
  after_a_gap(10);
  is("read(100 after 9)", seen(100, at(20)));
  is("read(100 after 12.7)", page({said(at(12, 7), kBob, false)}, 100));
  is("read(100 after 13)", page({said(at(13), kBob, false)}, 100));
  is("", page({said(at(14), kBob, false)}, 99));
  is("read(100 after 9)", seen(100, at(21)));  // until its server was told whole, the gap stays open
}

TEST(CatchUp, WhatIsSaidMeanwhileWaitsBehindWhatIsFetched) {
  after_a_gap(10);
  text(seen(100, at(20)));
  is("", machine->heard(said(at(60)), now));
  auto elsewhere = said(at(61));
  elsewhere.channel = ChannelId{300};
  is("hear(61)", machine->heard(elsewhere, now));
  is("member(7)", page({said(at(20))}));
  is("hear(20) log hear(60)", member());
}

TEST(CatchUp, WhatIsTooMuchToWaitIsFetched) {
  after_a_gap(10);
  text(seen(100, at(20)));
  for (std::uint64_t n = 0; n < CatchUp::kHeld; ++n) is("", machine->heard(said(at(60, n)), now));
  is("", machine->heard(said(at(61)), now));
  text(page({said(at(20))}));
  is("hear(20) read(100 after 20)", member());
  std::string all = text(page({said(at(60)), said(at(61))}));
  STRCMP_CONTAINS("hear(60) hear(61) log hear(60) hear(60.1)", all.c_str());
}

TEST(CatchUp, AMentionBeforeItsChannelWasToldOfWaitsToo) {
  after_a_gap(10);
  is("read(100 after 9)", machine->heard(said(at(60)), now));
  is("hear(60)", page({}));
}

TEST(CatchUp, TwoRequestsAreOnTheirWayAtOnce) {
  configure({100, 101, 102});
  after_a_gap(10);
  is("read(100 after 9)", seen(100, at(20)));
  is("read(101 after 9)", seen(101, at(20)));
  is("", seen(102, at(20)));
  is("read(102 after 9)", page({}));
}

TEST(CatchUp, AFailureIsTriedAgainLaterAndLater) {
  after_a_gap(10);
  text(seen(100, at(20)));
  is("warn", fails(RestError::Kind::exhausted));
  Instant due = machine->next_deadline().value();
  CHECK_TRUE(due > now.instant && due <= now.instant + 2s);
  is("", machine->tick(now));
  now.instant = due;
  is("read(100 after 9)", machine->tick(now));
  CHECK_FALSE(machine->next_deadline().has_value());
  is("", fails(RestError::Kind::exhausted));  // said once
  CHECK_TRUE(machine->next_deadline().value() > now.instant + 1s);
  now.instant += 5min;
  is("read(100 after 9)", machine->tick(now));
  is("member(7)", page({said(at(20))}));
  is("warn", machine->member(last, tl::unexpected(error_of(RestError::Kind::exhausted)), now));
  now.instant += 5min;
  is("member(7)", machine->tick(now));
  is("hear(20) log", member());
}

TEST(CatchUp, ARefusalEndsOneChannelAndSaysWhatToDo) {
  after_a_gap(10);
  text(seen(100, at(20)));
  is("", machine->heard(said(at(60)), now));
  is("warn hear(60)", fails(RestError::Kind::refused));
  STRCMP_CONTAINS("Read Message History", lines[0].c_str());
  is("threads(100)", guild());
  is("warn", machine->threads(last, tl::unexpected(error_of(RestError::Kind::refused)), now));
  is("hear(62)", machine->heard(said(at(62)), now));
}

TEST(CatchUp, TheBoundOfMessagesIsSaidWithItsKey) {
  limits.messages = 130;
  machine = made();
  after_a_gap(10);
  text(seen(100, at(20)));
  is("read(100 after 12)", page({said(at(12), kBob, false)}, 100));
  is("", machine->heard(said(at(60)), now));
  is("warn hear(60)", page({said(at(13), kBob, false)}, 30));
  STRCMP_CONTAINS("catch_up_messages", lines[0].c_str());
  STRCMP_CONTAINS("130 messages were looked at", lines[0].c_str());
}

TEST(CatchUp, TheBoundOfAgeIsSaidOnce) {
  limits.age = 30min;
  machine = made();
  after_a_gap(10);
  CatchUp silent(ours, limits, 1);  // nobody said anything for long, but it listened
  silent.restore(fmt::format(R"({{"heard":"{}","listened":{}}})", at(10).text(),
                             (now.wall - 20min).time_since_epoch().count()),
                 now);
  silent.connected({kSelf, ApplicationId{1}, "us", {}}, now);
  is("read(100 after 30)", silent.seen({ChannelId{100}, kGuild, {}, false, "name", at(50)}, now));
  is("warn read(100 after 30)", seen(100, at(50)));
  is("", seen(200, at(29)));
  STRCMP_CONTAINS("more than 30 min ago", lines[0].c_str());
  STRCMP_CONTAINS("catch_up_age", lines[0].c_str());
}

TEST(CatchUp, ThreadsMadeMeanwhileAreReadFromTheGapsBeginning) {
  after_a_gap(10);
  is("", seen(100, at(5)));
  is("read(300 after 9)", seen(300, at(30), 100));
  is("", seen(301, at(30), 999));  // under a channel that is none of ours
  is("threads(100)", guild());
  is("", seen(302, at(61), 100));  // made now: it is told by the gateway
}

TEST(CatchUp, ThreadsArchivedMeanwhileAreLookedFor) {
  configure({100});
  after_a_gap(10);
  text(seen(100, at(5)));
  text(guild());
  ChannelSeen thread{ChannelId{300}, {}, {}, true, "t", at(20)};
  ChannelSeen old{ChannelId{301}, {}, {}, true, "t", at(5)};
  is("meet(300) read(300 after 9) threads(100 then)", threads({thread, old}, "then"));
  is("", threads({old}, "earlier"));
  CHECK_FALSE(machine->idle());
  --last;
  is("member(7)", page({said(at(20))}));
  is("hear(20) log", member());
  is_over();
}

TEST(CatchUp, AThreadThatIsOpenedAgainBeforeItWasFoundIsReadFromTheOldestGap) {
  configure({100});
  after_a_gap(10);
  text(seen(100, at(5)));
  is("threads(100)", guild());
  is("read(300 after 9)", seen(300, at(60), 100));  // somebody wrote in it
  text(page({}));
  is("", connected());
  is("read(300 after 9)", seen(300, at(61), 100));
}

// What a daemon that is killed in the middle leaves to the next one, which resumes its session.
TEST(CatchUp, TheNoteGoesOnWhereItsWriterHadCome) {
  after_a_gap(10);
  text(seen(100, at(20)));
  text(page({said(at(12), kBob, false)}, 100));
  text(seen(300, at(30), 100));
  text(guild());
  is("", machine->heard(said(at(61)), now));
  std::string note = machine->note();
  machine = made();
  machine->restore(note, now);
  STRCMP_EQUAL(note.c_str(), machine->note().c_str());
  is("meet(300) read(100 after 12) read(300 after 9)", connected(true));
  is("threads(100)", page({}));  // of the thread
  is("", threads({}));
  is("", seen(100, at(61)));
  is("read(200 after 9)", seen(200, at(30)));  // its server had not been told yet
}

TEST(CatchUp, ANoteThatIsDamagedIsNone) {
  for (const char* note : {"", "{", "[]", R"({"heard":7})", R"({"heard":"x","unread":[{"id":"100"}]})"}) {
    machine = made();
    machine->restore(note, now);
    is("", connected());
    STRCMP_EQUAL("", machine->note().c_str());
    is_over();
  }
  machine->restore(R"({"heard":"7","untold":7,"archives":[{}],"unread":[{},{"id":"1"},null,{"id":"100"}]})",
                   now);
  CHECK_FALSE(machine->idle());
}

TEST(CatchUp, AnotherLostSessionLeavesOpenWhatIsOpen) {
  after_a_gap(10);
  text(seen(100, at(20)));
  text(machine->heard(said(at(59)), now));
  is("", connected());
  is("", seen(100, at(62)));
  is("read(200 after 9)", seen(200, at(62)));  // as old as it was
  --last;
  is("read(100 after 20)", page({said(at(20), kBob, false)}));  // perhaps more was said before it was lost
  is("hear(59)", page({}));
}

TEST(CatchUp, AnAnswerThatNobodyWaitsForFreesItsPlace) {
  configure({100, 101, 102});
  after_a_gap(10);
  text(seen(100, at(20)));
  auto first = last;
  text(seen(101, at(20)));
  is("", seen(102, at(20)));
  machine->gone(ChannelId{100});
  is("read(102 after 9)", machine->messages(first, discord::MessagePage{{said(at(20))}, 1, at(20)}, now));
  is("", machine->messages(first, discord::MessagePage{}, now));
  is("", machine->threads(first, discord::ThreadPage{}, now));
  is("", machine->member(first, discord::Member{}, now));
}

TEST(CatchUp, WhatIsNoLongerConfiguredIsLeftAlone) {
  after_a_gap(10);
  text(seen(100, at(20)));
  text(seen(300, at(30), 100));
  text(machine->heard(said(at(61)), now));
  ours = projects({200});
  is("hear(61)", machine->configure(ours, limits));
  is("", page({said(at(20))}));
  STRCMP_CONTAINS(R"("untold":[{"id":"200")", machine->note().c_str());
  STRCMP_EQUAL("", machine->note().find("100") == std::string::npos ? "" : machine->note().c_str());
}

TEST(CatchUp, ZeroMessagesTurnItOff) {
  limits.messages = 0;
  machine = made();
  after_a_gap(10);
  is("", seen(100, at(20)));
  is("", guild());
  is_over();
}

TEST(CatchUp, TheChannelsThatAreCaughtUpAtOnceAreBounded) {
  after_a_gap(10);
  std::string all;
  for (std::uint64_t thread = 1000; thread <= 1000 + CatchUp::kChannels + 5; ++thread)
    all += text(seen(thread, at(20), 100)) + " ";
  LONGS_EQUAL(1, lines.size());
  STRCMP_CONTAINS("more than 1000 channels", lines[0].c_str());
}

TEST(CatchUp, AConfiguredThreadIsReadLikeAChannel) {
  configure({100, 300});
  after_a_gap(10);
  is("read(300 after 9)", seen(300, at(20), 999));
  text(page({}));
  is("", guild());
  STRCMP_EQUAL("", machine->note().find("300") == std::string::npos ? "" : machine->note().c_str());
}
