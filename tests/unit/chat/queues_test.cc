// Tests of the queues: order within a channel, independence between channels, the caps.
#include "chat/queues.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using coordinator::chat::Queues;

namespace {

store::Inbox mention(std::uint64_t channel, std::uint64_t message) {
  store::Inbox inbox;
  inbox.channel = ChannelId{channel};
  inbox.message = MessageId{message};
  return inbox;
}

std::uint64_t next_message(Queues& queues) {
  auto mention = queues.next();
  return mention ? mention->message.value : 0;
}

}  // namespace

TEST_GROUP(Queues){};

TEST(Queues, OneChannelRunsOneAtATimeAndInOrder) {
  Queues queues(10, 8);
  for (std::uint64_t message : {1, 2, 3}) queues.offer(mention(7, message));
  for (std::uint64_t message : {1, 2, 3}) {
    LONGS_EQUAL(message, next_message(queues));
    LONGS_EQUAL(0, next_message(queues));
    queues.finished(ChannelId{7});
  }
  LONGS_EQUAL(0, next_message(queues));
  LONGS_EQUAL(0, queues.running());
}

TEST(Queues, ChannelsDoNotWaitForEachOther) {
  Queues queues(10, 8);
  queues.offer(mention(7, 1));
  queues.offer(mention(7, 2));
  queues.offer(mention(8, 3));
  LONGS_EQUAL(1, next_message(queues));
  LONGS_EQUAL(3, next_message(queues));
  LONGS_EQUAL(0, next_message(queues));
}

TEST(Queues, TheCapOfTurnsHoldsAndFreePlacesGoInTheOrderOfAsking) {
  Queues queues(10, 2);
  for (std::uint64_t channel = 1; channel <= 4; ++channel) queues.offer(mention(channel, channel * 10));
  LONGS_EQUAL(10, next_message(queues));
  LONGS_EQUAL(20, next_message(queues));
  LONGS_EQUAL(0, next_message(queues));
  queues.offer(mention(1, 11));
  queues.finished(ChannelId{1});
  LONGS_EQUAL(30, next_message(queues));  // channel 1 asked again later than 3
  queues.finished(ChannelId{2});
  LONGS_EQUAL(40, next_message(queues));
  queues.finished(ChannelId{3});
  LONGS_EQUAL(11, next_message(queues));
}

TEST(Queues, AFullQueueRefusesAndTellsNothingElse) {
  Queues queues(2, 8);
  LONGS_EQUAL(0, *queues.offer(mention(7, 1)));
  LONGS_EQUAL(1, next_message(queues));
  LONGS_EQUAL(1, *queues.offer(mention(7, 2)));
  LONGS_EQUAL(2, *queues.offer(mention(7, 3)));
  CHECK_FALSE(queues.offer(mention(7, 4)).has_value());
  LONGS_EQUAL(2, queues.waiting(ChannelId{7}));
}

TEST(Queues, WhatIsTakenOutNeverStarts) {
  Queues queues(10, 8);
  for (std::uint64_t message : {1, 2, 3}) queues.offer(mention(7, message));
  LONGS_EQUAL(2, queues.take_out(ChannelId{7}, MessageId{2})->message.value);
  CHECK_FALSE(queues.take_out(ChannelId{7}, MessageId{2}).has_value());
  CHECK_FALSE(queues.take_out(ChannelId{9}, MessageId{1}).has_value());
  LONGS_EQUAL(1, next_message(queues));
  queues.finished(ChannelId{7});
  LONGS_EQUAL(3, next_message(queues));
}

TEST(Queues, AChannelEmptiedByTakingOutIsSkipped) {
  Queues queues(10, 1);
  queues.offer(mention(1, 10));
  queues.offer(mention(2, 20));
  queues.offer(mention(3, 30));
  LONGS_EQUAL(10, next_message(queues));
  queues.take_out(ChannelId{2}, MessageId{20});
  queues.finished(ChannelId{1});
  LONGS_EQUAL(30, next_message(queues));
}

TEST(Queues, AnAdoptedTurnHoldsItsChannelAndAPlace) {
  Queues queues(10, 2);
  queues.adopt(ChannelId{7});
  queues.restore(mention(7, 1));
  queues.restore(mention(8, 2));
  queues.restore(mention(9, 3));
  LONGS_EQUAL(2, next_message(queues));
  LONGS_EQUAL(0, next_message(queues));
  queues.finished(ChannelId{7});
  LONGS_EQUAL(3, next_message(queues));
}

TEST(Queues, FinishingWhatDoesNotRunChangesNothing) {
  Queues queues(10, 2);
  queues.finished(ChannelId{7});
  queues.offer(mention(7, 1));
  queues.finished(ChannelId{7});
  LONGS_EQUAL(0, queues.running());
  LONGS_EQUAL(1, next_message(queues));
}
