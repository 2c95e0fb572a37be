// What an earlier version wrote is brought to the present schema, whole.
#include <string>

#include "store/migrations.h"
#include "store/samples.h"

using namespace samples;

namespace {

// As the first release wrote them.
constexpr const char* kOldRows = R"sql(
INSERT INTO inbox (message, channel, project, author, author_name, prompt, quoted, state, turn_id, reason,
  arrived, started, finished) VALUES (11, 7, 'p', 5, 'Ann', 'do it', '', 'running', 't1', '', 1, 2, 0);
INSERT INTO turns VALUES ('t1', 11, 7, 'a-b', 'uuid', 'running', 2, 0, 0, 0, 0);
INSERT INTO turns VALUES ('t0', 10, 7, 'a-b', 'uuid', 'succeeded', 1, 1, 0.5, 3, 4);
INSERT INTO sessions VALUES (7, 'a-b', 1, 'p', 'claude', 'sonnet', 5, 'Ann', 2, 0.5, 1, 1, 2);
INSERT INTO sessions VALUES (7, 'older', 0, 'p', 'claude', 'sonnet', 5, 'Ann', 9, 1.5, 1, 0, 1);
INSERT INTO notes VALUES ('gateway.session', 'x');
)sql";

}  // namespace

TEST_GROUP(Migration) {
  State state;

  void make_version_1() {
    auto database = io::Database::open(state.path, io::Database::Mode::create);
    CHECK_TRUE(migrate(*database, migrations().first(1)).has_value());
    CHECK_TRUE(database->run(kOldRows).has_value());
  }
};

TEST(Migration, TheFirstSchemasRowsComeWithUs) {
  make_version_1();
  state.open();
  Snapshot snapshot = state.load();
  LONGS_EQUAL(static_cast<long>(migrations().size()), state.ask("PRAGMA user_version"));
  LONGS_EQUAL(1, snapshot.inbox.size());
  LONGS_EQUAL(1, snapshot.notes.size());
  LONGS_EQUAL(1, snapshot.marks.size());  // perhaps
  LONGS_EQUAL(1, snapshot.sessions.size());
  STRCMP_EQUAL("a-b", snapshot.sessions[0].session_id.c_str());
  STRCMP_EQUAL("", snapshot.sessions[0].chosen_model.c_str());
  STRCMP_EQUAL("", snapshot.sessions[0].fork_of.c_str());
  LONGS_EQUAL(5, snapshot.sessions[0].last_user.value);
  STRCMP_EQUAL("Ann", snapshot.sessions[0].last_user_name.c_str());
  LONGS_EQUAL(2, snapshot.sessions[0].messages);
  LONGS_EQUAL(2, snapshot.sessions[0].last_activity.time_since_epoch().count());
}

TEST(Migration, TurnsGetTheirAuthorsFromTheInboxWhereItStillHasThem) {
  make_version_1();
  state.open();
  Turn turn = state.load().turns.at(0);
  LONGS_EQUAL(5, turn.author.value);
  STRCMP_EQUAL("Ann", turn.author_name.c_str());
  LONGS_EQUAL(0, state.ask("SELECT author FROM turns WHERE turn_id = 't0'"));
}

TEST(Migration, ASecondStartChangesNothingMore) {
  make_version_1();
  state.open();
  state.open();
  LONGS_EQUAL(2, state.ask("SELECT count(*) FROM sessions"));
  LONGS_EQUAL(static_cast<long>(migrations().size()), state.ask("PRAGMA user_version"));
}
