#include "app/journal.h"

#include <optional>
#include <utility>
#include <variant>

#include "base/log.h"
#include "base/overloaded.h"
#include "io/loop.h"

namespace coordinator::app {

Journal::Journal(io::Loop& loop, store::Store& store, Performers performers)
    : loop_(loop), store_(store), performers_(std::move(performers)), timer_(loop, [this] { go_on(); }) {
  loop.on_iteration_end([this] { go_on(); });
}

void Journal::go_on() { perform(machine_.go_on(loop_.now().instant)); }

void Journal::flush() { perform(machine_.flush(loop_.now().instant)); }

void Journal::perform(JournalMachine::Step step) {
  if (step.news) {
    log::write(step.news->can_write ? log::Level::info : log::Level::error, "store", step.news->words);
    performers_.changed(step.news->can_write);
  }
  let_go(std::move(step.let_go));
  if (step.commit) commit();
  if (auto due = machine_.due())
    timer_.start(*due - loop_.now().instant);
  else
    timer_.stop();
}

void Journal::commit() {
  io::Doing doing(loop_, "saving");
  store_.commit([this](const Status& status) {
    perform(machine_.committed(status, loop_.now().instant, performers_.make_room));
  });
}

// An act may make new effects; those are for the next round.
void Journal::let_go(std::vector<JournalMachine::Act> acts) {
  if (acts.empty()) return;
  io::Doing doing(loop_, "letting go what was saved");
  Overloaded perform{[this](chat::Act& act) { performers_.chat(act); },
                     [this](command::Act& act) { performers_.command(act); },
                     [](JournalMachine::Task& task) { task(); }};
  for (JournalMachine::Act& act : acts) std::visit(perform, act);
  if (machine_.waiting()) loop_.later([] {});  // the loop must come round, and not wait first
}

}  // namespace coordinator::app
