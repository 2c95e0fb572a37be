// The store: what is written comes back, in order, once, also finished.
#include "store/sqlite_store.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "store/samples.h"
#include "store/sqlite_reader.h"

using namespace samples;

TEST_GROUP(SqliteStore) {
  State state;

  void setup() override { state.open(); }
  void reopen() { state.open(); }
  void write_all(std::vector<Write> records) {
    for (Write& record : records) state.store->write(std::move(record));
    state.commit();
  }
};

TEST(SqliteStore, AMentionComesBackWhole) {
  write_all({inbox(~0ull, InboxState::running)});
  reopen();
  Snapshot snapshot = state.load();
  LONGS_EQUAL(1, snapshot.inbox.size());
  Inbox expected = inbox(~0ull, InboxState::running), found = snapshot.inbox[0];
  CHECK_TRUE(found.message == expected.message);
  CHECK_TRUE(found.channel == expected.channel);
  CHECK_TRUE(found.project == expected.project);
  CHECK_TRUE(found.author == expected.author);
  CHECK_TRUE(found.author_name == expected.author_name);
  CHECK_TRUE(found.prompt == expected.prompt);
  CHECK_TRUE(found.quoted == expected.quoted);
  CHECK_TRUE(found.attachments == expected.attachments);
  CHECK_TRUE(found.state == expected.state);
  CHECK_TRUE(found.turn_id == expected.turn_id);
  CHECK_TRUE(found.reason == expected.reason);
  CHECK_TRUE(found.arrived == expected.arrived);
  CHECK_TRUE(found.started == expected.started);
  CHECK_TRUE(found.finished == expected.finished);
}

TEST(SqliteStore, ASessionComesBackWhole) {
  write_all({session(7, "a-b")});
  reopen();
  Snapshot snapshot = state.load();
  LONGS_EQUAL(1, snapshot.sessions.size());
  Session expected = session(7, "a-b"), found = snapshot.sessions[0];
  CHECK_TRUE(found.channel == expected.channel);
  CHECK_TRUE(found.project == expected.project);
  CHECK_TRUE(found.agent == expected.agent);
  CHECK_TRUE(found.session_id == expected.session_id);
  CHECK_TRUE(found.model == expected.model);
  CHECK_TRUE(found.chosen_model == expected.chosen_model);
  CHECK_TRUE(found.fork_of == expected.fork_of);
  CHECK_TRUE(found.last_user == expected.last_user);
  CHECK_TRUE(found.last_user_name == expected.last_user_name);
  CHECK_TRUE(found.messages == expected.messages);
  CHECK_TRUE(found.cost_usd == expected.cost_usd);
  CHECK_TRUE(found.begun == expected.begun);
  CHECK_TRUE(found.created == expected.created);
  CHECK_TRUE(found.last_activity == expected.last_activity);
  CHECK_TRUE(found.current);
}

TEST(SqliteStore, ATurnComesBackWhole) {
  write_all({turn("t1")});
  reopen();
  Snapshot snapshot = state.load();
  LONGS_EQUAL(1, snapshot.turns.size());
  Turn expected = turn("t1"), found = snapshot.turns[0];
  CHECK_TRUE(found.turn_id == expected.turn_id);
  CHECK_TRUE(found.message == expected.message);
  CHECK_TRUE(found.channel == expected.channel);
  CHECK_TRUE(found.author == expected.author);
  CHECK_TRUE(found.author_name == expected.author_name);
  CHECK_TRUE(found.session_id == expected.session_id);
  CHECK_TRUE(found.message_uuid == expected.message_uuid);
  CHECK_TRUE(found.state == expected.state);
  CHECK_TRUE(found.started == expected.started);
  CHECK_TRUE(found.finished == expected.finished);
  CHECK_TRUE(found.cost_usd == expected.cost_usd);
  CHECK_TRUE(found.input_tokens == expected.input_tokens);
  CHECK_TRUE(found.output_tokens == expected.output_tokens);
}

TEST(SqliteStore, AMessageToSendComesBackWhole) {
  write_all({outbox(11, 3)});
  reopen();
  Snapshot snapshot = state.load();
  LONGS_EQUAL(1, snapshot.outbox.size());
  Outbox expected = outbox(11, 3), found = snapshot.outbox[0];
  CHECK_TRUE(found.source == expected.source);
  CHECK_TRUE(found.chunk == expected.chunk);
  CHECK_TRUE(found.channel == expected.channel);
  CHECK_TRUE(found.payload == expected.payload);
  CHECK_TRUE(found.state == expected.state);
  CHECK_TRUE(found.sent == expected.sent);
  CHECK_TRUE(found.reason == expected.reason);
  CHECK_TRUE(found.created == expected.created);
  CHECK_TRUE(found.finished == expected.finished);
}

TEST(SqliteStore, NotesComeBackAndAreReplaced) {
  write_all({Note{"gateway.session", "one"}, Note{"budget", ""}});
  write_all({Note{"gateway.session", "two"}});
  reopen();
  auto notes = state.load().notes;
  LONGS_EQUAL(2, notes.size());
  STRCMP_EQUAL("budget", notes[0].name.c_str());
  STRCMP_EQUAL("two", notes[1].value.c_str());
}

TEST(SqliteStore, TellsOnlyWhatIsNotFinished) {
  write_all({inbox(1, InboxState::queued), inbox(2, InboxState::running), inbox(3, InboxState::answering),
             inbox(4, InboxState::answered), inbox(5, InboxState::failed), inbox(6, InboxState::cancelled),
             inbox(7, InboxState::interrupted), turn("running"), turn("s", TurnState::succeeded),
             turn("f", TurnState::failed), turn("c", TurnState::cancelled),
             turn("i", TurnState::interrupted)});
  Snapshot snapshot = state.load();
  LONGS_EQUAL(3, snapshot.inbox.size());
  for (const Inbox& mention : snapshot.inbox) CHECK_TRUE(mention.message.value <= 3);
  LONGS_EQUAL(1, snapshot.turns.size());
  STRCMP_EQUAL("running", snapshot.turns[0].turn_id.c_str());
}

TEST(SqliteStore, TheOrderOfArrivalIsKeptWhateverTheIdsAndTheClockSay) {
  std::vector<std::uint64_t> order = {50, 10, 40, 20, 30};
  WallTime clock(1'700'000'000'000ms);
  for (std::uint64_t id : order) {
    Inbox mention = inbox(id);
    mention.arrived = clock -= 1h;
    state.store->write(mention);
    if (id == 40) state.commit();
  }
  state.store->write(inbox(50, InboxState::running));  // a later state takes no later place
  state.store->write(inbox(20, InboxState::running));
  state.commit();
  reopen();
  auto inbox = state.load().inbox;
  LONGS_EQUAL(order.size(), inbox.size());
  for (std::size_t i = 0; i < order.size(); ++i) UNSIGNED_LONGLONGS_EQUAL(order[i], inbox[i].message.value);
}

TEST(SqliteStore, MessagesToSendComeInTheOrderInWhichTheyWerePromised) {
  write_all({outbox(20, 0), outbox(10, 9), outbox(10, 10)});
  Outbox later = outbox(20, 1);
  later.created += 1ms;
  write_all({later, outbox(10, 9), outbox(5, 0)});
  auto found = state.load().outbox;
  std::string order;
  for (const Outbox& entry : found) order += fmt::format("{}/{} ", entry.source.value, entry.chunk);
  STRCMP_EQUAL("20/0 10/9 10/10 20/1 5/0 ", order.c_str());
}

TEST(SqliteStore, MessagesAlreadySentAreToldWhileTheirSourceIsUnfinished) {
  write_all({inbox(10, InboxState::answering), inbox(20, InboxState::answered),
             outbox(10, 0, OutboxState::sent), outbox(10, 1, OutboxState::refused), outbox(10, 2),
             outbox(20, 0, OutboxState::sent), outbox(30, 0, OutboxState::sent), outbox(30, 1)});
  std::string found;
  for (const Outbox& entry : state.load().outbox)
    found += fmt::format("{}/{} ", entry.source.value, entry.chunk);
  STRCMP_EQUAL("10/0 10/1 10/2 30/1 ", found.c_str());
}

TEST(SqliteStore, AMentionIsSeenFromTheMomentItIsWrittenAndAlsoWhenFinished) {
  CHECK_FALSE(state.seen(1));
  state.store->write(inbox(1));
  CHECK_TRUE(state.seen(1));
  state.commit();
  CHECK_TRUE(state.seen(1));
  write_all({inbox(1, InboxState::answered), inbox(~0ull, InboxState::failed)});
  reopen();
  CHECK_TRUE(state.seen(1));
  CHECK_TRUE(state.seen(~0ull));
  CHECK_FALSE(state.seen(2));
}

TEST(SqliteStore, AChannelHasOneCurrentSessionAndKeepsItsEarlierOnes) {
  write_all({session(7, "first"), session(8, "other")});
  write_all({session(7, "second")});
  reopen();
  auto sessions = state.load().sessions;
  LONGS_EQUAL(2, sessions.size());
  STRCMP_EQUAL("second", sessions[0].session_id.c_str());
  LONGS_EQUAL(2, state.ask("SELECT count(*) FROM sessions WHERE channel = 7"));
}

TEST(SqliteStore, AnEarlierSessionCanBeTakenUpAgainEvenInOneBatch) {
  write_all({session(7, "first"), session(7, "second"), session(7, "first")});
  auto sessions = state.load().sessions;
  LONGS_EQUAL(1, sessions.size());
  STRCMP_EQUAL("first", sessions[0].session_id.c_str());
}

TEST(SqliteStore, AnEndedSessionLeavesItsChannelWithoutOne) {
  write_all({session(7, "first")});
  Session ended = session(7, "first");
  ended.current = false;
  write_all({ended});
  LONGS_EQUAL(0, state.load().sessions.size());
  LONGS_EQUAL(1, state.ask("SELECT count(*) FROM sessions"));
}

TEST(SqliteStore, AMarkIsThereUntilItIsTakenAway) {
  write_all({Mark{MessageId{1}, ChannelId{7}, "⏳"}, Mark{MessageId{1}, ChannelId{7}, "⚠️"},
             Mark{MessageId{2}, ChannelId{8}, "⏳"}});
  write_all(
      {Mark{MessageId{1}, ChannelId{7}, "⚠️", false}, Mark{MessageId{2}, ChannelId{8}, "⏳", false}});
  reopen();
  auto marks = state.load().marks;
  LONGS_EQUAL(1, marks.size());
  LONGS_EQUAL(1, marks[0].message.value);
  LONGS_EQUAL(7, marks[0].channel.value);
  STRCMP_EQUAL("⏳", marks[0].emoji.c_str());
}

TEST(SqliteStore, AMentionIsFoundAgainWithTheNumberOfItsMessages) {
  Inbox mention = inbox(1, InboxState::answering);
  mention.outcome = InboxState::interrupted;
  write_all({mention, inbox(2, InboxState::failed), outbox(1, 0), outbox(1, 1)});
  auto found = [&](std::uint64_t id) {
    std::optional<Kept> kept;
    state.store->mention(MessageId{id}, [&](Result<std::optional<Kept>> result) { kept = *result; });
    return kept;
  };
  LONGS_EQUAL(2, found(1)->chunks);
  LONGS_EQUAL(99, found(1)->said.value);
  CHECK_TRUE(found(1)->mention.outcome == InboxState::interrupted);
  LONGS_EQUAL(0, found(2)->chunks);
  CHECK_TRUE(found(2)->mention.state == InboxState::failed);
  CHECK_FALSE(found(3).has_value());
}

TEST(SqliteStore, NothingIsThereBeforeTheCommit) {
  CHECK_FALSE(state.store->dirty());
  state.store->write(inbox(1));
  CHECK_TRUE(state.store->dirty());
  LONGS_EQUAL(0, state.load().inbox.size());
  state.commit();
  CHECK_FALSE(state.store->dirty());
  LONGS_EQUAL(1, state.load().inbox.size());
  state.commit();  // nothing to do is no error
}

TEST(SqliteStore, WhatACommitsCallbackWritesBelongsToTheNextOne) {
  state.store->write(inbox(1));
  state.store->commit([&](Status status) {
    CHECK_TRUE(status.has_value());
    CHECK_FALSE(state.store->dirty());
    state.store->write(inbox(2));
  });
  CHECK_TRUE(state.store->dirty());
  LONGS_EQUAL(1, state.load().inbox.size());
}

// Against a plain model: whatever is written in whatever order, the last word on each mention counts, and one
// that had its end and waits again comes behind the others.
TEST(SqliteStore, AgreesWithAModelOverRandomWrites) {
  Random random(3);
  std::vector<std::uint64_t> arrivals;
  std::map<std::uint64_t, InboxState> model, committed;
  for (int round = 0; round < 200; ++round) {
    std::vector<std::uint64_t> batch;
    for (auto writes = random.below(6); writes > 0; --writes) {
      std::uint64_t id = 1 + random.below(60);
      auto to = static_cast<InboxState>(random.below(7));
      state.store->write(inbox(id, to));
      model[id] = to;
      if (std::find(batch.begin(), batch.end(), id) == batch.end()) batch.push_back(id);
    }
    state.commit();
    for (std::uint64_t id : batch) {
      bool again = committed.contains(id) && committed[id] > InboxState::answering;
      if (again && model[id] == InboxState::queued) std::erase(arrivals, id);
      if (std::find(arrivals.begin(), arrivals.end(), id) == arrivals.end()) arrivals.push_back(id);
      committed[id] = model[id];
    }
    if (random.below(20) == 0) reopen();
    std::vector<std::uint64_t> expected, found;
    for (std::uint64_t id : arrivals)
      if (model[id] <= InboxState::answering) expected.push_back(id);
    for (const Inbox& mention : state.load().inbox) found.push_back(mention.message.value);
    CHECK_TRUE(expected == found);
  }
}

TEST(SqliteStore, ALoadReadsIndexesNotTables) {
  auto database = io::Database::open(state.path, io::Database::Mode::read_only);
  for (int query = 0; query < 4; ++query) {  // notes are few and are read whole
    auto plan = database->prepare(std::string("EXPLAIN QUERY PLAN ") + kSnapshotQueries[query]);
    CHECK_TRUE(plan.has_value());
    std::string steps;
    CHECK_TRUE(plan->each([&](const io::Statement& row) { steps += row.text(3) + "\n"; }).has_value());
    for (const char* table : {"inbox", "sessions", "turns", "outbox"}) {
      std::string scan = std::string("SCAN ") + table + "\n";
      CHECK_TEXT(steps.find(scan) == std::string::npos, steps.c_str());
    }
  }
}

TEST(SqliteStore, ForgetsByAgeAndKeepsWhatIsUnfinished) {
  WallTime now = inbox(1).arrived + 31 * 24h;
  Inbox young = inbox(3, InboxState::answered), odd = inbox(4, InboxState::answered);
  young.finished = now - 29 * 24h;
  odd.arrived = now - 1h;
  odd.finished = {};  // without a time of its end it is as old as its arrival
  write_all({inbox(1, InboxState::queued), inbox(2, InboxState::answered), young, odd});
  LONGS_EQUAL(1, *state.prune(now));
  CHECK_TRUE(state.seen(1));
  CHECK_FALSE(state.seen(2));
  CHECK_TRUE(state.seen(3));
  CHECK_TRUE(state.seen(4));
  LONGS_EQUAL(0, *state.prune(now));
}

TEST(SqliteStore, ForgetsSentMessagesAfterADayAndRefusedOnesAfterAMonth) {
  WallTime sent = outbox(1, 0).finished;
  write_all({inbox(1, InboxState::answering), outbox(1, 0, OutboxState::sent),
             outbox(2, 0, OutboxState::sent), outbox(2, 1, OutboxState::refused), outbox(2, 2)});
  LONGS_EQUAL(0, *state.prune(sent + 23h));
  LONGS_EQUAL(1, *state.prune(sent + 25h));
  LONGS_EQUAL(1, *state.prune(sent + 31 * 24h));
  LONGS_EQUAL(
      2, state.load().outbox.size());  // 1/0, whose source is unfinished, and 2/2, which is still to be sent
}

TEST(SqliteStore, ForgetsOldTurnsAndEarlierSessionsAfterAYear) {
  Session ended = session(7, "ended");
  ended.current = false;
  write_all({turn("running"), turn("done", TurnState::succeeded), ended, session(7, "current")});
  WallTime start = turn("x").started;
  LONGS_EQUAL(0, *state.prune(start + 399 * 24h));
  LONGS_EQUAL(2, *state.prune(start + 401 * 24h));
  LONGS_EQUAL(1, state.load().turns.size());
  LONGS_EQUAL(1, state.load().sessions.size());
}

TEST(SqliteStore, ForgettingIsBoundedPerCall) {
  for (std::uint64_t id = 1; id <= 1200; ++id) state.store->write(inbox(id, InboxState::answered));
  state.commit();
  WallTime now = inbox(1).arrived + 31 * 24h;
  for (std::size_t gone : {500u, 500u, 200u, 0u}) LONGS_EQUAL(gone, *state.prune(now));
}

TEST(SqliteStore, ForgettingLeavesTheBatchAlone) {
  state.store->write(inbox(1));
  CHECK_TRUE(state.prune(inbox(1).arrived).has_value());
  CHECK_TRUE(state.store->checkpoint().has_value());
  CHECK_TRUE(state.store->dirty());
  LONGS_EQUAL(0, state.load().inbox.size());
}
