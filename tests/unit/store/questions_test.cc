// What people ask of the store: a channel's history, what turns used; and what plugins keep in it.
#include <memory>
#include <optional>
#include <string>

#include "io/loop.h"

#include "store/samples.h"
#include "store/sqlite_reader.h"

using namespace samples;

namespace {

constexpr WallTime kNoon(1'700'000'000'000ms - 1'700'000'000'000ms % 86'400'000 + 12h);

Turn used(const std::string& id, WallTime finished, std::uint64_t user, double cost) {
  Turn r = turn(id, TurnState::succeeded);
  r.message = MessageId{std::hash<std::string>()(id)};
  r.author = UserId{user};
  r.author_name = "name at " + id;
  r.started = finished - 1min;
  r.finished = finished;
  r.input_tokens = 10;
  r.output_tokens = 1;
  r.cost_usd = cost;
  return r;
}

Session at(Session session, Millis time, bool begun = true) {
  session.last_activity = WallTime(time);
  session.begun = begun;
  return session;
}

}  // namespace

TEST_GROUP(Questions) {
  State state;

  void setup() override { state.open(); }
  void write_all(std::vector<Write> records) {
    for (Write& record : records) state.store->write(std::move(record));
    state.commit();
  }
  std::vector<Session> history(std::uint64_t channel) {
    std::vector<Session> sessions;
    state.store->history(ChannelId{channel}, [&](Result<std::vector<Session>> told) { sessions = *told; });
    return sessions;
  }
  std::string told_history(std::uint64_t channel) {
    std::string out;
    for (const Session& r : history(channel))
      out += fmt::format("{}{} ${} ", r.session_id, r.current ? "*" : "", r.cost_usd);
    return out;
  }
  std::string told_mention(std::uint64_t message) {
    std::string out;
    state.store->mention(MessageId{message}, [&](Result<std::optional<Kept>> kept) {
      if (*kept)
        out = fmt::format("state {}, {} chunks, said {}", static_cast<int>((*kept)->mention.state),
                          (*kept)->chunks, (*kept)->said.value);
    });
    return out;
  }
  std::string usage(WallTime since) {
    std::string out;
    state.store->usage(since, [&](Result<std::vector<Usage>> rows) {
      for (const Usage& r : *rows)
        out += fmt::format("{}h/{}/{} {} turns {}+{} ${}; ", (r.day - kNoon) / 1h, r.channel.value,
                           r.user_name, r.turns, r.input_tokens, r.output_tokens, r.cost_usd);
    });
    return out;
  }
  std::vector<File> files_of(std::uint64_t source, int chunk) {
    std::vector<File> files;
    state.store->files(MessageId{source}, chunk, [&](Result<std::vector<File>> told) { files = *told; });
    return files;
  }
  std::string plan(const char* query, int values = 1) {
    auto database = io::Database::open(state.path, io::Database::Mode::read_only);
    auto statement = database->prepare(std::string("EXPLAIN QUERY PLAN ") + query);
    CHECK_TRUE(statement.has_value());
    std::string steps;
    auto add = [&](const io::Statement& row) { steps += row.text(3) + "; "; };
    Status done = values == 1 ? statement->each(add, std::int64_t{1})
                              : statement->each(add, std::int64_t{1}, std::int64_t{1});
    CHECK_TRUE(done.has_value());
    return steps;
  }
};

TEST(Questions, HistoryIsTheCurrentSessionAndThenTheLatest) {
  write_all({at(session(7, "a"), 1h), at(session(7, "b"), 3h), at(session(7, "c"), 2h),
             at(session(7, "never begun"), 4h, false), at(session(8, "other"), 5h),
             at(session(7, "now"), 0h, false)});
  std::string ids;
  for (const Session& found : history(7)) ids += found.session_id + (found.current ? "* " : " ");
  STRCMP_EQUAL("now* b c a ", ids.c_str());
  LONGS_EQUAL(0, history(9).size());
}

TEST(Questions, HistoryEndsAfterAHundredAndKeepsTheCurrentOne) {
  for (int i = 0; i < 150; ++i) state.store->write(at(session(7, std::to_string(i)), i * 1h));
  state.store->write(at(session(7, "0"), 0h));
  state.commit();
  auto found = history(7);
  LONGS_EQUAL(100, found.size());
  STRCMP_EQUAL("0", found[0].session_id.c_str());
  STRCMP_EQUAL("149", found[1].session_id.c_str());
}

// What has happened has happened, whatever the disk has of it.
TEST(Questions, HistoryIsThatOfTheBatchAndOfWhatIsBeingSaved) {
  write_all({at(session(7, "a"), 1h), at(session(7, "b"), 2h), at(session(7, "now"), 3h, false)});
  io::Loop loop;
  state.store->work_beside(loop);
  Session dearer = at(session(7, "a"), 4h);
  dearer.cost_usd = 5;
  dearer.current = false;
  state.store->write(dearer);
  state.store->write(at(session(7, "new"), 5h));  // and "now" has never begun
  state.store->write(at(session(8, "elsewhere"), 9h));
  const char* expected = "new* $1.25 a $5 b $1.25 ";
  STRCMP_EQUAL(expected, told_history(7).c_str());
  state.store->commit([](const Status&) {});
  STRCMP_EQUAL(expected, told_history(7).c_str());
  dearer.cost_usd = 6;
  dearer.current = true;
  state.store->write(dearer);
  expected = "a* $6 new $1.25 b $1.25 ";
  STRCMP_EQUAL(expected, told_history(7).c_str());
  state.store->finish();
  state.commit();
  STRCMP_EQUAL(expected, told_history(7).c_str());
}

TEST(Questions, AMentionIsThatOfTheBatchAndOfWhatIsBeingSaved) {
  io::Loop loop;
  state.store->work_beside(loop);
  state.store->write(inbox(1, InboxState::failed));
  state.store->write(outbox(1, 0, OutboxState::sent));
  STRCMP_EQUAL("state 4, 1 chunks, said 99", told_mention(1).c_str());
  STRCMP_EQUAL("", told_mention(2).c_str());
  state.store->commit([](const Status&) {});
  state.store->write(inbox(1, InboxState::queued));
  state.store->write(outbox(1, 1));
  STRCMP_EQUAL("state 0, 2 chunks, said 99", told_mention(1).c_str());
  state.store->finish();
  STRCMP_EQUAL("state 0, 2 chunks, said 99", told_mention(1).c_str());
  state.commit();
  STRCMP_EQUAL("state 0, 2 chunks, said 99", told_mention(1).c_str());
}

TEST(Questions, UsageIsSummedByDayChannelAndPerson) {
  Turn elsewhere = used("elsewhere", kNoon, 1, 1);
  elsewhere.channel = ChannelId{9};
  Turn retried = used("retried", kNoon + 1h, 1, 0);
  retried.message = used("later", kNoon, 1, 0).message;
  write_all({used("early", kNoon, 1, 0.25), used("later", kNoon + 1h, 1, 0.5), retried, elsewhere,
             used("other", kNoon, 2, 2), used("yesterday", kNoon - 24h, 1, 4), used("old", kNoon - 48h, 1, 8),
             turn("running")});
  STRCMP_EQUAL(
      "-12h/7/name at later 2 turns 30+3 $0.75; -12h/7/name at other 1 turns 10+1 $2; "
      "-12h/9/name at elsewhere 1 turns 10+1 $1; -36h/7/name at yesterday 1 turns 10+1 $4; ",
      usage(kNoon - 24h).c_str());
  STRCMP_EQUAL("", usage(kNoon + 2h).c_str());
}

// A hundred thousand turns take some tenths of a second: not on the loop.
TEST(Questions, UsageIsReadBesideTheLoopAndToldLater) {
  auto loop = std::make_unique<io::Loop>();
  write_all({used("one", kNoon, 1, 0.25)});
  state.store->work_beside(*loop);
  std::optional<std::size_t> rows;
  auto ask = [&] {
    state.store->usage(kNoon - 24h, [&](Result<std::vector<Usage>> told) { rows = told.value().size(); });
  };
  ask();
  CHECK_FALSE(rows.has_value());
  while (!rows) loop->run_once(true);
  LONGS_EQUAL(1, *rows);
  rows.reset();
  ask();
  state.store.reset();
  loop.reset();  // waits for the thread
  CHECK_FALSE(rows.has_value());
}

TEST(Questions, TheyReadIndexesNotTables) {
  STRCMP_EQUAL("SEARCH sessions USING INDEX sessions_history (channel=?); ", plan(kHistoryQuery).c_str());
  STRCMP_CONTAINS("SEARCH turns USING INDEX turns_finished", plan(kUsageQuery).c_str());
}

TEST(Questions, AnEarlierSessionIsLoadedWhileATurnRunsInIt) {
  Turn running = turn("t1");
  running.session_id = "earlier";
  write_all({session(7, "earlier"), session(7, "even earlier"), session(7, "now"), running});
  auto sessions = state.load().sessions;
  LONGS_EQUAL(2, sessions.size());
  STRCMP_EQUAL("now", sessions[0].session_id.c_str());
  CHECK_TRUE(sessions[0].current);
  STRCMP_EQUAL("earlier", sessions[1].session_id.c_str());
  CHECK_FALSE(sessions[1].current);
}

TEST(Questions, PluginsValuesComeBackAndAreErased) {
  std::string value("with\0zero", 9);
  write_all({PluginValue{"b", "k", "1"}, PluginValue{"a", "k2", ""}, PluginValue{"a", "k1", value},
             PluginValue{"a", "gone", "x"}});
  write_all({PluginValue{"a", "gone", std::nullopt}, PluginValue{"b", "k", "2"},
             PluginValue{"b", "never there", std::nullopt}});
  state.open();
  auto values = state.load().plugin_values;
  LONGS_EQUAL(3, values.size());
  STRCMP_EQUAL("k1", values[0].key.c_str());
  CHECK_TRUE(values[0].value == value);
  STRCMP_EQUAL("", values[1].value->c_str());
  STRCMP_EQUAL("2", values[2].value->c_str());
}

TEST(Questions, AValueThatIsErasedBeforeTheCommitIsNotThere) {
  write_all({PluginValue{"a", "k", "1"}, PluginValue{"a", "k", std::nullopt}});
  LONGS_EQUAL(0, state.load().plugin_values.size());
}

TEST(Questions, AnInteractionIsSeenFromTheMomentItIsWrittenUntilADayLater) {
  auto seen = [&](std::uint64_t id) {
    bool answer = false;
    state.store->seen(InteractionId{id}, [&](Result<bool> known) { answer = known.value(); });
    return answer;
  };
  CHECK_FALSE(seen(1));
  state.store->write(Interaction{InteractionId{1}, kNoon});
  CHECK_TRUE(seen(1));
  CHECK_FALSE(state.seen(1));  // a mention of that number is another thing
  state.commit();
  write_all({Interaction{InteractionId{~0ull}, kNoon + 2h}});
  state.open();
  CHECK_TRUE(seen(1));
  CHECK_TRUE(seen(~0ull));
  LONGS_EQUAL(0, *state.prune(kNoon + 23h));
  LONGS_EQUAL(1, *state.prune(kNoon + 25h));
  CHECK_FALSE(seen(1));
  CHECK_TRUE(seen(~0ull));
}

TEST(Questions, FilesAreThereUntilTheirMessageIsSentOrRefused) {
  for (OutboxState end : {OutboxState::sent, OutboxState::refused}) {
    Outbox message = outbox(10, 1);
    message.instead = R"([{"content":"x"}])";
    message.files = {{"a.txt", "text/plain", "one"}, {"b.bin", "application/x", std::string("\0\xff", 2)}};
    write_all({outbox(10, 0), message});
    auto files = files_of(10, 1);
    LONGS_EQUAL(2, files.size());
    STRCMP_EQUAL("a.txt", files[0].name.c_str());
    STRCMP_EQUAL("application/x", files[1].type.c_str());
    CHECK_TRUE(files[1].bytes.view() == std::string_view("\0\xff", 2));
    LONGS_EQUAL(0, files_of(10, 0).size());
    CHECK_TRUE(state.load().outbox.at(1).files.empty());
    STRCMP_EQUAL(message.instead.c_str(), state.load().outbox.at(1).instead.c_str());
    write_all({outbox(10, 1, end)});
    LONGS_EQUAL(0, files_of(10, 1).size());
    LONGS_EQUAL(0, state.ask("SELECT count(*) FROM outbox_files"));
    LONGS_EQUAL(0, state.ask("SELECT count(*) FROM outbox WHERE instead <> ''"));
  }
}

TEST(Questions, WordsInTheirPlaceLeaveNoFiles) {
  Outbox message = outbox(10, 0);
  message.files = {{"a.txt", "text/plain", "one"}};
  write_all({message});
  write_all({outbox(10, 0)});
  LONGS_EQUAL(0, state.ask("SELECT count(*) FROM outbox_files"));
}

TEST(Questions, MoreMessagesInThePlaceOfOneStandWhereItStood) {
  Outbox later = outbox(11, 0), more = outbox(10, 1);
  later.created += 1s;
  write_all({outbox(10, 0), later});
  write_all({outbox(10, 0), more});
  std::string order;
  for (const Outbox& entry : state.load().outbox)
    order += fmt::format("{}/{} ", entry.source.value, entry.chunk);
  STRCMP_EQUAL("10/0 10/1 11/0 ", order.c_str());
}

TEST(Questions, FilesAreFoundByAnIndex) {
  STRCMP_CONTAINS("SEARCH outbox_files USING INDEX", plan(kFilesQuery, 2).c_str());
}

namespace {

Approval approval(std::uint64_t mention, int chunk, ApprovalState state, WallTime asked) {
  Approval r;
  r.mention = MessageId{mention};
  r.chunk = chunk;
  r.channel = ChannelId{mention < 10 ? 7u : 8u};
  r.turn_id = "0123456789abcdef";
  r.request_id = "r1";
  r.requester = UserId{~0ull};
  r.requester_name = "Ann \"é\" 漢";
  r.tool = "Bash";
  r.input = R"({"command":"rm -rf 'x'"})";
  r.rules = {"Bash(rm:*)", "two\nlines"};
  r.question = true;
  r.state = state;
  r.answers = R"({"a":"b"})";
  r.decided_by = UserId{5};
  r.decided_by_name = "Bob";
  r.reason = "because";
  r.asked = asked;
  r.decided = asked + 1s;
  return r;
}

}  // namespace

TEST(Questions, TheAuditTellsTheLatestFirst) {
  write_all({approval(1, 0, ApprovalState::denied, kNoon),
             approval(2, -1001, ApprovalState::allowed, kNoon + 1s),
             approval(11, 0, ApprovalState::pending, kNoon + 2s)});
  std::vector<Approval> all, one;
  state.store->audit(std::nullopt, [&](auto rows) { all = *rows; });
  state.store->audit(ChannelId{7}, [&](auto rows) { one = *rows; });
  LONGS_EQUAL(3, all.size());
  LONGS_EQUAL(11, all[0].mention.value);
  LONGS_EQUAL(2, one.size());
  const Approval& r = one[1];
  CHECK(r.mention == MessageId{1} && r.state == ApprovalState::denied && r.question);
  CHECK(r.requester == UserId{~0ull} && r.decided_by == UserId{5} && r.asked == kNoon &&
        r.decided == kNoon + 1s);
  STRCMP_EQUAL("two\nlines", r.rules.at(1).c_str());
  STRCMP_EQUAL(
      "Bash r1 0123456789abcdef Bob because",
      (r.tool + " " + r.request_id + " " + r.turn_id + " " + r.decided_by_name + " " + r.reason).c_str());
}

TEST(Questions, ApprovalsOfUnfinishedMentionsAreLoaded) {
  write_all({inbox(1, InboxState::running), inbox(2, InboxState::answered),
             approval(1, 0, ApprovalState::pending, kNoon), approval(1, 1, ApprovalState::allowed, kNoon),
             approval(2, 0, ApprovalState::denied, kNoon)});
  auto loaded = state.load().approvals;
  LONGS_EQUAL(2, loaded.size());
  CHECK(loaded[0].state == ApprovalState::pending && loaded[1].state == ApprovalState::allowed);
}

TEST(Questions, ApprovalsAreKeptForNinetyDays) {
  write_all({approval(1, 0, ApprovalState::denied, kNoon)});
  state.store->prune(kNoon + 89 * 24h, [](auto) {});
  std::vector<Approval> kept;
  state.store->audit(std::nullopt, [&](auto rows) { kept = *rows; });
  LONGS_EQUAL(1, kept.size());
  state.store->prune(kNoon + 91 * 24h, [](auto) {});
  state.store->audit(std::nullopt, [&](auto rows) { kept = *rows; });
  LONGS_EQUAL(0, kept.size());
}
