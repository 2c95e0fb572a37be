// The batch: each record once, mentions in the order of their arrival.
#include "store/batch.h"

#include <string>

#include "store/samples.h"

using namespace samples;

namespace {

std::string outline(const Batch& batch) {
  std::string out;
  for (const Write& record : batch.records()) {
    if (auto* r = std::get_if<Inbox>(&record)) out += fmt::format("inbox {} ", r->message.value);
    if (auto* r = std::get_if<Session>(&record)) out += fmt::format("session {} ", r->session_id);
    if (auto* r = std::get_if<Turn>(&record)) out += fmt::format("turn {} ", r->turn_id);
    if (auto* r = std::get_if<Outbox>(&record))
      out += fmt::format("outbox {}/{} ", r->source.value, r->chunk);
    if (auto* r = std::get_if<Note>(&record)) out += fmt::format("note {}={} ", r->name, r->value);
    if (auto* r = std::get_if<Interaction>(&record))
      out += fmt::format("interaction {} ", r->interaction.value);
    if (auto* r = std::get_if<PluginValue>(&record))
      out += fmt::format("value {}/{}={} ", r->plugin, r->key, r->value.value_or("gone"));
  }
  return out;
}

}  // namespace

TEST_GROUP(Batch) { Batch batch; };

TEST(Batch, KeepsEachIdentityApart) {
  batch.add(inbox(1));
  batch.add(inbox(2));
  batch.add(outbox(1, 0));
  batch.add(outbox(1, 1));
  batch.add(turn("a"));
  batch.add(session(1, "a"));
  batch.add(session(2, "a"));
  batch.add(Note{"a", "1"});
  batch.add(Interaction{InteractionId{1}, {}});
  batch.add(Interaction{InteractionId{2}, {}});
  batch.add(PluginValue{"a", "k", "1"});
  batch.add(PluginValue{"b", "k", "1"});
  batch.add(PluginValue{"a", "k", std::nullopt});
  STRCMP_EQUAL(
      "inbox 1 inbox 2 outbox 1/0 outbox 1/1 turn a session a session a note a=1 interaction 1 interaction 2 "
      "value b/k=1 value a/k=gone ",
      outline(batch).c_str());
}

TEST(Batch, AMentionKeepsItsPlaceAndAnythingElseGoesToTheEnd) {
  batch.add(inbox(1));
  batch.add(session(1, "a"));
  batch.add(session(1, "b"));
  batch.add(inbox(2));
  batch.add(inbox(1, InboxState::running));
  batch.add(session(1, "a"));
  STRCMP_EQUAL("inbox 1 session b inbox 2 session a ", outline(batch).c_str());
  CHECK_TRUE(std::get<Inbox>(batch.records().front()).state == InboxState::running);
}

TEST(Batch, DoesNotGrowWithRepetition) {
  for (int round = 0; round < 1000; ++round) batch.add(Note{"gateway", std::to_string(round)});
  STRCMP_EQUAL("note gateway=999 ", outline(batch).c_str());
}

TEST(Batch, KnowsItsMentionsUntilCleared) {
  batch.add(inbox(1));
  batch.add(outbox(2, 0));
  CHECK_TRUE(batch.has(MessageId{1}));
  CHECK_FALSE(batch.has(MessageId{2}));
  batch.clear();
  CHECK_TRUE(batch.empty());
  CHECK_FALSE(batch.has(MessageId{1}));
  batch.add(inbox(1));
  STRCMP_EQUAL("inbox 1 ", outline(batch).c_str());
}
