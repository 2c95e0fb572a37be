// Tests of the outbox: order, one at a time, retries with the same identity, refusals.
#include "chat/outbox.h"

#include <string>
#include <tuple>

#include <fmt/format.h>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::chat;

namespace {

Now at(Millis time) { return {Instant(time), WallTime(time)}; }

Now at_instant(Instant time) { return {time, WallTime{}}; }

store::Outbox entry(std::uint64_t channel, std::uint64_t source, int chunk) {
  store::Outbox out;
  out.channel = ChannelId{channel};
  out.source = MessageId{source};
  out.chunk = chunk;
  out.payload = "{}";
  return out;
}

// "post 10/0 sent 10/1 refused ..." in the order in which they stand.
std::string told(const Effects& effects) {
  std::string out;
  for (const store::Write& write : effects.writes)
    if (const auto* kept = std::get_if<store::Outbox>(&write)) {
      const char* state = kept->state == store::OutboxState::sent      ? "sent"
                          : kept->state == store::OutboxState::refused ? "refused"
                                                                       : "promised";
      out += fmt::format("{} {}/{} ", state, kept->source.value, kept->chunk);
    }
  for (const Act& act : effects.acts)
    if (const auto* post = std::get_if<PostMessage>(&act))
      out += fmt::format("post {}/{} ", post->source.value, post->chunk);
    else if (const auto* find = std::get_if<FindMessage>(&act))
      out += fmt::format("find {}/{} after {} ", find->source.value, find->chunk, find->after.value);
  return out;
}

Posted arrived(const store::Outbox& out) { return {out.channel, out.source, out.chunk, MessageId{999}}; }

Searched found(const store::Outbox& out) {
  return {out.channel, out.source, out.chunk, std::optional(MessageId{999})};
}
Searched absent(const store::Outbox& out) {
  return {out.channel, out.source, out.chunk, std::optional<MessageId>()};
}

Posted failed(const store::Outbox& out, discord::RestError::Kind kind) {
  discord::RestError error;
  error.kind = kind;
  error.message = "no";
  return {out.channel, out.source, out.chunk, tl::unexpected(error)};
}

}  // namespace

TEST_GROUP(Outbox) {
  Random random{1};
  EditPace pace;
  Outbox outbox{random, pace};
  store::Outbox a0 = entry(1, 10, 0), a1 = entry(1, 10, 1), b0 = entry(1, 11, 0), other = entry(2, 20, 0);

  static std::string payload(const Effects& effects) {
    for (const Act& act : effects.acts)
      if (const auto* post = std::get_if<PostMessage>(&act)) return post->payload;
    return "(none)";
  }
  // The message that is to be changed; empty: none.
  static std::string edited(const Effects& effects) {
    for (const Act& act : effects.acts)
      if (const auto* edit = std::get_if<EditMessage>(&act)) return edit->message.text();
    return {};
  }
  std::string add(const store::Outbox& out) { return told(outbox.add(out, {}, at(0ms))); }
};

TEST(Outbox, EntriesArePromisedFirstAndGoOutOneByOneInOrder) {
  STRCMP_EQUAL("promised 10/0 post 10/0 ", add(a0).c_str());
  STRCMP_EQUAL("promised 10/1 ", add(a1).c_str());
  STRCMP_EQUAL("promised 11/0 ", add(b0).c_str());
  STRCMP_EQUAL("sent 10/0 post 10/1 ", told(outbox.posted(arrived(a0), at(1ms))).c_str());
  CHECK_FALSE(outbox.settled(MessageId{10}));
  STRCMP_EQUAL("sent 10/1 post 11/0 ", told(outbox.posted(arrived(a1), at(2ms))).c_str());
  CHECK_TRUE(outbox.settled(MessageId{10}));
  STRCMP_EQUAL("sent 11/0 ", told(outbox.posted(arrived(b0), at(3ms))).c_str());
  CHECK_TRUE(outbox.empty());
}

TEST(Outbox, ChannelsDoNotWaitForEachOther) {
  add(a0);
  STRCMP_EQUAL("promised 20/0 post 20/0 ", add(other).c_str());
}

TEST(Outbox, AnExhaustedRequestIsAskedForAgainAndNothingOvertakesIt) {
  add(a0);
  add(a1);
  STRCMP_EQUAL("", told(outbox.posted(failed(a0, discord::RestError::Kind::exhausted), at(0ms))).c_str());
  auto due = outbox.next_deadline();
  CHECK_TRUE(due.has_value());
  CHECK_TRUE(*due > Instant(0ms) && *due <= Instant(1s));
  STRCMP_EQUAL("", told(outbox.tick(at_instant(*due - 1ms))).c_str());
  STRCMP_EQUAL("post 10/0 ", told(outbox.tick(at_instant(*due))).c_str());
  STRCMP_EQUAL("sent 10/0 post 10/1 ", told(outbox.posted(arrived(a0), at(2s))).c_str());
}

TEST(Outbox, RepeatedFailuresWaitLongerAndLonger) {
  add(a0);
  Instant now{};
  Millis longest{};
  for (int i = 0; i < 12; ++i) {
    outbox.posted(failed(a0, discord::RestError::Kind::exhausted), {now, WallTime{}});
    longest = std::max(longest, *outbox.next_deadline() - now);
    now = *outbox.next_deadline();
    if (told(outbox.tick(at_instant(now))) != "post 10/0 ")  // past the nonce's time
      STRCMP_EQUAL("post 10/0 ", told(outbox.searched(absent(a0), at_instant(now))).c_str());
  }
  CHECK_TRUE(longest > 30s && longest <= 1min);
}

TEST(Outbox, PastTheNoncesTimeTheChannelIsSearchedFirst) {
  add(a0);
  add(a1);
  outbox.posted(failed(a0, discord::RestError::Kind::exhausted), at(0ms));
  STRCMP_EQUAL("find 10/0 after 10 ", told(outbox.tick(at(3min))).c_str());
  STRCMP_EQUAL("sent 10/0 post 10/1 ", told(outbox.searched(found(a0), at(3min))).c_str());
}

TEST(Outbox, WhatTheSearchDoesNotFindIsPosted) {
  STRCMP_EQUAL("find 10/0 after 10 ", told(outbox.restore(a0, {}, at(1min))).c_str());
  STRCMP_EQUAL("post 10/0 ", told(outbox.searched(absent(a0), at(1min))).c_str());
  outbox.posted(failed(a0, discord::RestError::Kind::exhausted), at(1min));
  STRCMP_EQUAL("find 10/0 after 10 ", told(outbox.tick(at(5min))).c_str());
  STRCMP_EQUAL("post 10/0 ", told(outbox.searched(absent(a0), at(5min))).c_str());
  outbox.posted(failed(a0, discord::RestError::Kind::exhausted), at(5min));
  STRCMP_EQUAL("post 10/0 ", told(outbox.tick(at(6min))).c_str());  // its nonce is fresh again
}

TEST(Outbox, ASearchThatFailsIsTriedAgain) {
  outbox.restore(a0, {}, at(1h));
  Searched failure = absent(a0);
  failure.result =
      tl::unexpected(discord::RestError{discord::RestError::Kind::exhausted, 502, 0, "bad gateway"});
  STRCMP_EQUAL("", told(outbox.searched(failure, at(1h))).c_str());
  STRCMP_EQUAL("find 10/0 after 10 ", told(outbox.tick(at(1h + 1s))).c_str());
}

TEST(Outbox, WhereNobodyMayLookThePostDecides) {
  outbox.restore(a0, {}, at(1h));
  Searched refused = absent(a0);
  refused.result =
      tl::unexpected(discord::RestError{discord::RestError::Kind::refused, 403, 50001, "Missing Access"});
  STRCMP_EQUAL("post 10/0 ", told(outbox.searched(refused, at(1h))).c_str());
}

// Parts may have the same words: "-# Cancelled" stands behind many an answer.
TEST(Outbox, ALaterPartIsSearchedBehindTheOneBeforeIt) {
  add(a0);
  add(a1);
  outbox.posted(arrived(a0), at(0ms));
  outbox.posted(failed(a1, discord::RestError::Kind::exhausted), at(0ms));
  STRCMP_EQUAL("find 10/1 after 999 ", told(outbox.tick(at(3min))).c_str());
}

// What is to be changed stands where it was first promised: in front of one that was on its way by then.
TEST(Outbox, EachOfAnEarlierDaemonsMayHaveBeenAskedFor) {
  STRCMP_EQUAL("find 10/1 after 500 ", told(outbox.restore(a1, MessageId{500}, at(1h))).c_str());
  outbox.restore(b0, MessageId{500}, at(1h));
  STRCMP_EQUAL("sent 10/1 find 11/0 after 500 ", told(outbox.searched(found(a1), at(1h))).c_str());
}

TEST(Outbox, AChangeIsNeitherSearchedNorOvertaken) {
  a0.sent = MessageId{700};
  outbox.restore(a0, {}, at(1h));
  CHECK_TRUE(edited(outbox.tick(at(1h))) == "");  // it is on its way
  outbox.add(a1, {}, at(1h));
  Effects next = outbox.posted({a0.channel, a0.source, a0.chunk, MessageId{700}}, at(1h));
  STRCMP_EQUAL("sent 10/0 post 10/1 ", told(next).c_str());
}

TEST(Outbox, ChangesInOneChannelKeepTheirPace) {
  a0.sent = a1.sent = MessageId{700};
  STRCMP_EQUAL("700", edited(outbox.add(a0, {}, at(1h))).c_str());
  outbox.add(a1, {}, at(1h));
  STRCMP_EQUAL(
      "", edited(outbox.posted({a0.channel, a0.source, a0.chunk, MessageId{700}}, at(1h + 200ms))).c_str());
  CHECK(outbox.next_deadline() == Instant(1h + 1200ms));
  STRCMP_EQUAL("700", edited(outbox.tick(at(1h + 1200ms))).c_str());
}

TEST(Outbox, AClockThatIsSetMakesNoNonceFresh) {
  add(a0);
  outbox.posted(failed(a0, discord::RestError::Kind::exhausted), at(0ms));
  STRCMP_EQUAL("find 10/0 after 10 ", told(outbox.tick({Instant(3min), WallTime(-1h)})).c_str());
}

TEST(Outbox, ARefusalEndsItsSourceAndNoOther) {
  add(a0);
  add(a1);
  add(b0);
  STRCMP_EQUAL("refused 10/0 refused 10/1 post 11/0 ",
               told(outbox.posted(failed(a0, discord::RestError::Kind::refused), at(0ms))).c_str());
  CHECK_TRUE(outbox.settled(MessageId{10}));
}

TEST(Outbox, FilesAreWrittenAndNotKept) {
  a0.files = {{"a.txt", "text/plain", "words"}};
  Effects promised = outbox.add(a0, {}, at(0ms));
  LONGS_EQUAL(1, std::get<store::Outbox>(promised.writes.at(0)).files.size());
  outbox.posted(failed(a0, discord::RestError::Kind::refused), at(0ms));
  CHECK_TRUE(outbox.empty());
}

TEST(Outbox, WhatIsSaidInsteadOfRefusedFilesTakesThePlaceOfTheRestOfItsAnswer) {
  a0.instead = R"([{"content":"x"},{"content":"y"},{"content":"z"}])";
  add(a0);
  add(a1);
  add(b0);
  Posted refused = failed(a0, discord::RestError::Kind::refused);
  CHECK_TRUE(outbox.gives_way(refused));
  Effects effects = outbox.posted(refused, at(0ms));
  STRCMP_EQUAL("promised 10/0 promised 10/1 promised 10/2 post 10/0 ", told(effects).c_str());
  STRCMP_EQUAL(R"({"content":"x"})", payload(effects).c_str());
  CHECK_FALSE(outbox.settled(MessageId{10}));
  STRCMP_EQUAL("sent 10/0 post 10/1 ", told(outbox.posted(arrived(a0), at(0ms))).c_str());
  STRCMP_EQUAL("sent 10/1 post 10/2 ", told(outbox.posted(arrived(a1), at(0ms))).c_str());
  STRCMP_EQUAL("sent 10/2 post 11/0 ", told(outbox.posted(arrived(entry(1, 10, 2)), at(0ms))).c_str());
  CHECK_TRUE(outbox.settled(MessageId{10}));
}

TEST(Outbox, WhatIsSentHasNothingToSayInsteadAnyMore) {
  a0.instead = R"([{"content":"x"},{"content":"y"}])";
  add(a0);
  Effects effects = outbox.posted(arrived(a0), at(0ms));
  STRCMP_EQUAL("", std::get<store::Outbox>(effects.writes.at(0)).instead.c_str());
}

TEST(Outbox, WhereLessIsSaidInsteadTheRestIsGivenUp) {
  a0.instead = R"([{"content":"x"}])";
  add(a0);
  add(a1);
  STRCMP_EQUAL("promised 10/0 refused 10/1 post 10/0 ",
               told(outbox.posted(failed(a0, discord::RestError::Kind::refused), at(0ms))).c_str());
  STRCMP_EQUAL("sent 10/0 ", told(outbox.posted(arrived(a0), at(0ms))).c_str());
  CHECK_TRUE(outbox.empty());
}

TEST(Outbox, OnlyWhatTheFilesMayBeToBlameForGivesWay) {
  a0.instead = R"([{"content":"x"}])";
  add(a0);
  Posted how = failed(a0, discord::RestError::Kind::exhausted);
  CHECK_FALSE(outbox.gives_way(how));
  for (auto [status, code, gives_way] : {std::tuple{403, 50013, true},
                                         {413, 40005, true},
                                         {400, 50045, true},
                                         {400, 50035, true},
                                         {403, 50001, false},
                                         {404, 10003, false}}) {
    how.result = tl::unexpected(discord::RestError{discord::RestError::Kind::refused, status, code, "no"});
    CHECK_TRUE(outbox.gives_way(how) == gives_way);
  }
  STRCMP_EQUAL("refused 10/0 ", told(outbox.posted(how, at(0ms))).c_str());
}

// A line that is too slow for them, or a machine on the way that does not let them pass.
TEST(Outbox, FilesThatNeverArriveGiveWayToo) {
  a0.instead = R"([{"content":"x"}])";
  add(a0);
  Millis now = 0ms;
  for (int i = 1; i < 3; ++i) {
    outbox.posted(failed(a0, discord::RestError::Kind::exhausted), at(now));
    STRCMP_EQUAL("find 10/0 after 10 ", told(outbox.tick(at(now += 5min))).c_str());
    STRCMP_EQUAL("post 10/0 ", told(outbox.searched(absent(a0), at(now))).c_str());
  }
  outbox.posted(failed(a0, discord::RestError::Kind::exhausted), at(now));
  outbox.tick(at(now += 5min));
  Effects effects = outbox.searched(absent(a0), at(now));
  STRCMP_EQUAL("promised 10/0 post 10/0 ", told(effects).c_str());
  STRCMP_EQUAL(R"({"content":"x"})", payload(effects).c_str());
}

TEST(Outbox, AnEntryTakesTheChunksOfWhatMayBeSaidInstead) {
  LONGS_EQUAL(2, chunk_behind(a1));
  a1.instead = R"([{},{},{}])";
  LONGS_EQUAL(4, chunk_behind(a1));
}

TEST(Outbox, AHeldChannelWaitsForItsRelease) {
  outbox.hold(ChannelId{1});
  STRCMP_EQUAL("promised 10/0 ", add(a0).c_str());
  STRCMP_EQUAL("", told(outbox.tick(at(1h))).c_str());
  CHECK_FALSE(outbox.next_deadline().has_value());
  STRCMP_EQUAL("post 10/0 ", told(outbox.release(ChannelId{1}, at(0ms))).c_str());
}

TEST(Outbox, AReportOfSomethingThatIsNotOnItsWayIsIgnored) {
  add(a0);
  STRCMP_EQUAL("", told(outbox.posted(arrived(a1), at(0ms))).c_str());
  STRCMP_EQUAL("", told(outbox.posted(arrived(other), at(0ms))).c_str());
  STRCMP_EQUAL("sent 10/0 ", told(outbox.posted(arrived(a0), at(0ms))).c_str());
  STRCMP_EQUAL("", told(outbox.posted(arrived(a0), at(0ms))).c_str());
}

TEST(Outbox, TheNonceFitsDiscordsLimitAndNamesSourceAndChunk) {
  std::string longest = nonce_of(MessageId{18446744073709551615ULL}, 9999);
  CHECK_TRUE(longest.size() <= 25);
  STRCMP_EQUAL("10-3", nonce_of(MessageId{10}, 3).c_str());
}
