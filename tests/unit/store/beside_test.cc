// The store beside a loop: commits tell later, and what is on its way is known already.
#include <functional>
#include <string>

#include "io/loop.h"
#include "store/samples.h"

using namespace samples;

TEST_GROUP(StoreBeside) {
  State state;
  std::unique_ptr<io::Loop> loop = std::make_unique<io::Loop>();
  std::string told;

  void setup() override {
    state.open();
    state.store->work_beside(*loop);
  }
  void teardown() override { state.store.reset(); }
  void commit(const std::string& name) {
    state.store->commit([this, name](Status status) { told += name + (status ? " saved " : " failed "); });
  }
  void run() { loop->run(); }
};

TEST(StoreBeside, ACommitTellsLaterAndWhatItSavesIsKnownMeanwhile) {
  state.store->write(inbox(1));
  commit("first");
  STRCMP_EQUAL("", told.c_str());
  CHECK_FALSE(state.store->dirty());
  CHECK_TRUE(state.seen(1));
  run();
  STRCMP_EQUAL("first saved ", told.c_str());
  CHECK_TRUE(state.seen(1));
  LONGS_EQUAL(1, state.load().inbox.size());
}

TEST(StoreBeside, FilesAreReadBesideToo) {
  Outbox message = outbox(10, 0);
  message.files = {{"a.txt", "text/plain", std::string(1'000'000, 'x')}};
  state.store->write(message);
  commit("it");
  run();
  std::size_t size = 0;
  state.store->files(MessageId{10}, 0,
                     [&](Result<std::vector<File>> files) { size = files->at(0).bytes.size(); });
  LONGS_EQUAL(0, size);
  run();
  LONGS_EQUAL(1'000'000, size);
}

TEST(StoreBeside, WhatIsWrittenMeanwhileBelongsToTheNextOne) {
  state.store->write(inbox(1));
  commit("first");
  state.store->write(inbox(2));
  CHECK_TRUE(state.store->dirty());
  run();
  LONGS_EQUAL(1, state.load().inbox.size());
  commit("second");
  run();
  LONGS_EQUAL(2, state.load().inbox.size());
  STRCMP_EQUAL("first saved second saved ", told.c_str());
}

TEST(StoreBeside, WhatCouldNotBeSavedIsTriedAgainWithWhatCameAfterIt) {
  CHECK_TRUE(state.store->limit_pages(1).has_value());
  state.store->write(inbox(1));
  state.store->write(inbox(2));
  commit("first");
  state.store->write(inbox(3));
  Inbox changed = inbox(1, InboxState::running);
  state.store->write(changed);
  run();
  STRCMP_EQUAL("first failed ", told.c_str());
  CHECK_TRUE(state.store->dirty());
  CHECK_TRUE(state.seen(2));
  CHECK_TRUE(state.store->limit_pages(0).has_value());
  commit("again");
  run();
  Snapshot snapshot = state.load();
  LONGS_EQUAL(3, snapshot.inbox.size());
  LONGS_EQUAL(1, snapshot.inbox[0].message.value);
  CHECK_TRUE(snapshot.inbox[0].state == InboxState::running);
}

TEST(StoreBeside, TidyingUpWaitsForTheCommitBeforeIt) {
  Inbox old = inbox(1, InboxState::answered);
  state.store->write(old);
  commit("first");
  state.store->prune(old.finished + 31 * 24h, [this](Result<std::size_t> gone) {
    told += std::to_string(gone.value_or(0)) + " gone ";
  });
  run();
  STRCMP_EQUAL("first saved 1 gone ", told.c_str());
}

TEST(StoreBeside, FinishingWaitsAndTells) {
  state.store->write(inbox(1));
  commit("first");
  state.store->finish();
  STRCMP_EQUAL("first saved ", told.c_str());
  state.store->write(inbox(2));
  commit("second");  // at once
  STRCMP_EQUAL("first saved second saved ", told.c_str());
  run();
}

TEST(StoreBeside, AStoreThatDiesIsNotTold) {
  state.store->write(inbox(1));
  commit("first");
  state.store.reset();
  run();
  STRCMP_EQUAL("", told.c_str());
  state.open();
  LONGS_EQUAL(1, state.load().inbox.size());
}
