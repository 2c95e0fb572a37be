// The simulated daemon: the real chat engine and the real journal's machine, and killed at any instant.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "agents.h"
#include "app/journal_machine.h"
#include "base/overloaded.h"
#include "books.h"
#include "chat/catch_up.h"
#include "chat/engine.h"
#include "chat/phrases.h"
#include "discord.h"
#include "disk.h"
#include "scheduler.h"

namespace coordinator::simulation {

// Faults that are planted to see whether the books find them.
enum class Mutation {
  none,
  act_before_commit,
  forget_the_nonce,
  drop_a_shim,
  leave_the_gap,
  lose_a_file,
  draw_behind,
  lose_an_answer
};

class Daemon {
 public:
  Daemon(Scheduler& clock, Disk& disk, Discord& discord, Agents& agents, Mutation mutation)
      : clock_(clock), disk_(disk), discord_(discord), agents_(agents), mutation_(mutation) {}

  bool running() const { return engine_ != nullptr; }
  bool quiet() const { return !engine_ || engine_->quiet(); }

  void start(const chat::EngineSettings& settings, UserId self) {
    ++life_;
    self_ = self;
    connected_ = known_ = false;
    place_ = {};
    store_ = std::make_unique<DiskStore>(
        disk_, [this](Task job, Task done) { beside(std::move(job), std::move(done)); });
    journal_.emplace();
    engine_ = std::make_unique<chat::Engine>(settings, clock_.random.below(1u << 30));
    chat::CatchUpLimits limits;
    if (mutation_ == Mutation::leave_the_gap) limits.messages = 0;
    catch_up_ = std::make_unique<chat::CatchUp>(settings.projects, limits, clock_.random.below(1u << 30));
    agents_.listener = [this](const std::string& turn, const agent::TurnReport& report) {
      tell(chat::Reported{turn, report});
    };
    store_->load([&](Result<store::Snapshot> snapshot) {
      for (const store::Note& note : snapshot->notes) remembered(note);
      take_up(engine_->restore(std::move(*snapshot), clock_.local()));
    });
    end_iteration();
    if (!running()) return;
    connect_later();
    keep_house_later();
  }

  // SIGKILL: what was not committed is gone, what was committed but not done is not done.
  void kill() {
    ++life_;
    if (clock_.chance(0.5)) store_->save();
    engine_.reset();
    catch_up_.reset();
    store_.reset();
    journal_.reset();
    early_.clear();
    fetching_.clear();
    alarm_.reset();
    timer_.reset();
    agents_.detach();
    discord_.gateway.disconnect();
  }

  // The network's fault, or Discord's.
  void cut_off() {
    if (!engine_ || !connected_) return;
    connected_ = false;
    discord_.gateway.disconnect();
    connect_later();
  }

  void tell(const chat::Event& event) {
    if (!engine_) return;
    add(engine_->handle(event, clock_.local()));
    end_iteration();
    if (engine_) set_timer();
  }

  // Asks for something on a person's behalf; `done` is told when it is durable.
  void ask(const chat::Event& event, std::function<void()> done) {
    if (!engine_) return;
    add(engine_->handle(event, clock_.local()));
    journal_->add(std::move(done));
    end_iteration();
    if (engine_) set_timer();
  }
  void configure(const chat::EngineSettings& settings) {
    if (!engine_) return;
    auto life = life_;
    tell(chat::Reconfigured{settings});
    chat::CatchUpLimits limits;
    if (mutation_ == Mutation::leave_the_gap) limits.messages = 0;
    if (life == life_) perform_all(catch_up_->configure(settings.projects, limits));
  }
  const chat::Engine* engine() const { return engine_.get(); }
  // What a person could choose from: the channel's sessions.
  std::vector<store::Session> history(ChannelId channel) {
    std::vector<store::Session> found;
    if (store_) store_->history(channel, [&](auto sessions) { found = std::move(*sessions); });
    return found;
  }

  // The button of a mention that ended badly is pressed.
  void retry(MessageId message) {
    store_->mention(message, [&](Result<std::optional<store::Kept>> kept) {
      if (*kept) tell(chat::RetryMention{std::move(**kept)});
    });
  }

  void disk_full(bool full) {
    if (!store_) return;
    store_->full = full;
    store_->reserve = full && clock_.chance(0.5);
  }

  // Called at each instant at which a SIGKILL makes a difference; may kill.
  std::function<void()> cliff;

 private:
  using JournalMachine = app::JournalMachine;
  using Task = JournalMachine::Task;

  // An answer that comes after the death of the daemon that asked reaches nobody.
  template <class Callback>
  auto mine(Callback callback) {
    return [this, callback, life = life_](auto result) {
      if (life == life_) callback(std::move(result));
    };
  }

  // ---- The gateway, as app::Daemon hears it.

  void connect_later() {
    clock_.after(clock_.between(10ms, 3s), [this, life = life_] {
      if (life == life_ && !connected_) connect();
    });
  }

  void connect() {
    auto life = life_;
    connected_ = true;
    bool resumed = place_ && discord_.gateway.resume(*place_, [this] { read(); });
    if (!resumed) place_ = discord_.gateway.begin(discord_.greeting(), [this] { read(); });
    if (!std::exchange(known_, true) || !resumed) {
      tell(chat::Connected{self_});
      if (life == life_) perform_all(catch_up_->connected({self_, {}, "us", {}, resumed}, clock_.local()));
      if (life == life_) remember();
    }
    if (life == life_) read();
  }

  void read() {
    auto life = life_;
    while (life == life_ && connected_) {
      const Gateway::Event* event = discord_.gateway.next(*place_);
      if (!event) return;
      ++place_->heard;
      std::visit([this](auto what) { hear(what); }, *event);
    }
  }

  void hear(discord::ChannelSeen channel) {
    auto life = life_;
    tell(channel);
    if (life == life_) perform_all(catch_up_->seen(channel, clock_.local()));
  }
  void hear(discord::GuildSeen guild) { perform_all(catch_up_->seen(guild, clock_.local())); }
  // Of the messages that are not for us, most are dropped unread.
  void hear(discord::Message message) {
    if (message.author.bot && clock_.chance(0.7)) return;
    perform_all(catch_up_->heard(message, clock_.local()));
    if (running() && clock_.chance(0.05)) perform_all(catch_up_->heard(message, clock_.local()));
  }

  void take_in(const discord::Message& message) {
    if (!engine_->concerns(message)) return;
    store_->seen(message.id, [&](Result<bool> seen) {
      if (!*seen) tell(chat::Arrived{message});
    });
  }

  void remembered(const store::Note& note) {
    if (note.name == "heard") catch_up_->restore(note.value, clock_.local());
    if (note.name == "session") place_ = Place{note.value, 0};
    if (note.name == "session.seq") place_->heard = std::stoul(note.value);
  }
  void remember() {
    if (engine_->waits_for_channels() || !place_) return;
    write(store::Note{"session", place_->session});
    write(store::Note{"session.seq", std::to_string(place_->heard)});
    write(store::Note{"heard", catch_up_->note()});
    end_iteration();
  }
  void keep_house_later() {
    clock_.after(20s, [this, life = life_] {
      if (life == life_ && connected_) catch_up_->listening(clock_.local());
      if (life == life_) remember();
      if (life == life_) keep_house_later();
    });
  }

  void perform_all(chat::CatchUp::Acts acts) {
    auto life = life_;
    for (auto& act : acts)
      if (life == life_) std::visit([this](auto& each) { perform(each); }, act);
    if (life != life_) return;
    if (auto due = catch_up_->next_deadline())
      clock_.after(std::max<Millis>(*due - clock_.local().instant, 1ms), [this, life] {
        if (life == life_) perform_all(catch_up_->tick(clock_.local()));
      });
  }
  void perform(chat::catch_up::FetchMessages& a) {
    discord_.history(a.channel, a.after, a.count, mine([this, a](auto result) {
                       perform_all(catch_up_->messages(a.request, std::move(result), clock_.local()));
                     }));
  }
  void perform(chat::catch_up::FetchThreads& a) {
    discord_.archived_threads(a.channel, mine([this, a](auto result) {
                                perform_all(catch_up_->threads(a.request, std::move(result), clock_.local()));
                              }));
  }
  void perform(chat::catch_up::FetchMember& a) {
    discord_.member(mine([this, a](auto result) {
      perform_all(catch_up_->member(a.request, std::move(result), clock_.local()));
    }));
  }
  void perform(chat::catch_up::Meet& a) { tell(a.thread); }
  void perform(chat::catch_up::Hear& a) { take_in(a.message); }
  void perform(chat::LogLine&) {}

  // ---- The journal, as app::Journal binds it.

  void write(store::Write record) {
    journal_->wrote();
    store_->write(std::move(record));
  }

  void take_up(chat::Effects effects) {
    Task end_the_rest = [this] { agents_.forget_all_but(engine_->turn_ids()); };
    for (store::Write& record : std::exchange(effects.writes, {})) write(std::move(record));
    journal_->add(end_the_rest);
    add(std::move(effects));
  }

  void add(chat::Effects effects) {
    for (store::Write& record : effects.writes) write(std::move(record));
    for (chat::Act& act : effects.acts)
      if (mutation_ == Mutation::act_before_commit)
        early_.emplace_back(std::move(act));
      else
        journal_->add(std::move(act));
  }

  void end_iteration() {
    auto life = life_;
    let_go(std::exchange(early_, {}));
    if (life == life_ && !over_the_cliff() && running()) go_on(journal_->go_on(clock_.local().instant));
  }

  void go_on(JournalMachine::Step step) {
    auto life = life_;
    if (step.news) later([this] { look_around(); });
    let_go(std::move(step.let_go));
    if (life != life_) return;
    if (step.commit) store_->commit([this](const Status& status) { committed(status); });
    if (life == life_) set_alarm();
  }

  void committed(const Status& status) {
    auto life = life_;
    auto make_room = [this] { return store_->give_up_reserve(); };
    go_on(journal_->committed(status, clock_.local().instant, make_room));
    if (life == life_) end_iteration();
  }

  // A commit: at once, or while the world goes on.
  void beside(Task job, Task done) {
    Millis until_saved = some_time(), until_told = some_time();
    after(until_saved, [this, job = std::move(job), done = std::move(done), until_told] {
      job();
      if (!over_the_cliff()) after(until_told, done);
    });
  }
  // Now and then it hangs.
  Millis some_time() {
    if (clock_.chance(0.001)) return clock_.between(1s, 2min);
    return clock_.chance(0.6) ? 0ms : clock_.between(1ms, 250ms);
  }

  // In other words each time: they are no reply, and a search could not tell them apart.
  void look_around() {
    if (journal_->can_write()) return tell(chat::Hindered{});
    tell(chat::Hindered{kHindrance + std::to_string(++hindrances_)});
  }

  // Whatever waits for the journal's time.
  void set_alarm() {
    auto due = journal_->due();
    if (!due || alarm_ == due) return;
    alarm_ = due;
    clock_.after(*due - clock_.local().instant, [this, due, life = life_] {
      if (life != life_ || alarm_ != due) return;
      alarm_.reset();
      end_iteration();
    });
  }

  bool over_the_cliff() {
    auto life = life_;
    if (cliff) cliff();
    return life != life_;
  }

  void let_go(std::vector<JournalMachine::Act> acts) {
    auto life = life_;
    for (auto& act : acts) {
      if (over_the_cliff() || life != life_) return;  // or what one of them brought about has killed it
      std::visit(Overloaded{[&](chat::Act& wanted) { perform(wanted); }, [](command::Act&) {},
                            [](Task& task) { task(); }},
                 act);
    }
  }

  // From far away, or by a link that is no good any more.
  void fetch(const chat::FetchFiles& a) {
    fetching_.insert(a.message);
    Millis time = clock_.chance(0.3) ? clock_.between(1s, 3min) : clock_.between(10ms, 1s);
    clock_.after(time, [this, message = a.message, files = a.attachments, life = life_]() mutable {
      if (life != life_ || fetching_.erase(message) == 0) return;
      for (store::Attachment& file : files) {
        file.state = clock_.chance(0.8) ? store::AttachmentState::there : store::AttachmentState::gone;
        file.type = "text/plain";
      }
      tell(chat::FilesFetched{message, std::move(files)});
    });
  }

  template <class Message>
  std::vector<SharedBytes> files_of(const Message& a) {
    std::vector<SharedBytes> bytes;
    store_->files(a.source, a.chunk, [&](Result<std::vector<store::File>> files) {
      for (store::File& file : *files) bytes.push_back(std::move(file.bytes));
    });
    if (mutation_ == Mutation::lose_a_file && !bytes.empty()) bytes.pop_back();
    return bytes;
  }

  void expired(const chat::PostMessage& a) {
    discord::RestError error{discord::RestError::Kind::expired, 0, 0, "expired"};
    later([this, a, error] { tell(chat::Posted{a.channel, a.source, a.chunk, tl::unexpected(error)}); });
  }

  void perform(chat::Act& act) {
    std::visit(
        Overloaded{[&](chat::StartTurn& a) { agents_.start(a.spec); },
                   [&](chat::AdoptTurn& a) {
                     if (mutation_ != Mutation::drop_a_shim) return agents_.adopt(a.spec);
                     agent::TurnEnded end;
                     end.failure = agent::Failure::lost;
                     end.outcome = agent::Outcome::failed;
                     later([this, id = a.spec.turn_id, end] { tell(chat::Reported{id, end}); });
                   },
                   [&](chat::ForgetTurn& a) { agents_.forget(a.turn_id); },
                   [&](chat::AnswerTurn& a) {
                     if (mutation_ != Mutation::lose_an_answer || clock_.chance(0.9))
                       agents_.answer(a.turn_id, a.answer);
                   },
                   [&](chat::CancelTurn& a) { agents_.cancel(a.turn_id); },
                   [&](chat::FetchFiles& a) { fetch(a); },
                   [&](chat::WithdrawFetch& a) { fetching_.erase(a.message); },
                   [&](chat::CollectFiles& a) {
                     after(some_time(), [this, id = a.turn_id] {
                       tell(chat::FilesCollected{id, agents_.given(id)});
                     });
                   },
                   [&](chat::PostMessage& a) {
                     if (clock_.local().instant > a.until) return expired(a);
                     Json body = Json::parse(a.payload).value();
                     if (mutation_ == Mutation::forget_the_nonce) body.set("enforce_nonce", false);
                     discord_.post(a.channel, body.dump(), files_of(a), mine([this, a](auto result) {
                                     tell(chat::Posted{a.channel, a.source, a.chunk, std::move(result)});
                                   }));
                   },
                   [&](chat::EditMessage& a) {
                     discord_.edit(a.message, a.payload, files_of(a), mine([this, a](auto result) {
                                     chat::Posted posted{a.channel, a.source, a.chunk, a.message};
                                     if (!result) posted.result = tl::unexpected(result.error());
                                     tell(posted);
                                   }));
                   },
                   [&](chat::ShowMessage& a) {
                     bool behind = mutation_ == Mutation::draw_behind;
                     if (behind) later([this, a] { tell(chat::MessageShown{a.channel, a.message}); });
                     discord_.show(
                         a.message, a.payload, [this, life = life_] { return life == life_; },
                         mine([this, a, behind](auto result) {
                           bool gone = !result && result.error().kind == discord::RestError::Kind::refused;
                           if (!behind)
                             tell(chat::MessageShown{a.channel, a.message, result.has_value(), gone});
                         }));
                   },
                   [&](chat::FindMessage& a) {
                     discord_.find(a.channel, a.after, a.payload, mine([this, a](auto result) {
                                     tell(chat::Searched{a.channel, a.source, a.chunk, std::move(result)});
                                   }));
                   },
                   [&](chat::SetReaction& a) {
                     if (a.emoji != chat::phrases::kWaiting) return;
                     discord_.react(a.message, a.present, mine([this, a](auto result) {
                                      bool certain = result.has_value();
                                      tell(chat::ReactionSet{a.channel, a.message, a.emoji, certain});
                                    }));
                   },
                   [&](chat::ShowTyping& a) {
                     discord_.ambient([this, a, life = life_] {
                       if (life == life_) tell(chat::TypingShown{a.channel});
                     });
                   },
                   [&](chat::LookUpChannel& a) {
                     discord_.channel(a.channel, mine([this, a](auto result) {
                                        if (result) return tell(*result);
                                        tell(chat::ChannelUnknown{a.channel, false});
                                      }));
                   },
                   [](chat::WithdrawTyping&) {}, [](chat::WithdrawShown&) {}, [](chat::LogLine&) {}},
        act);
  }

  void later(Task task) { after(1ms, std::move(task)); }
  // At once where it is now; never in another life.
  void after(Millis delay, Task task) {
    if (delay == 0ms) return task();
    clock_.after(delay, [task = std::move(task), this, life = life_] {
      if (life == life_) task();
    });
  }

  void set_timer() {
    auto due = engine_->next_deadline();
    if (!due || (timer_ && *timer_ <= *due && *timer_ > clock_.local().instant)) return;
    timer_ = due;
    Millis delay = std::max<Millis>(*due - clock_.local().instant, 1ms);
    clock_.after(delay, [this, life = life_] {
      if (life != life_) return;
      timer_.reset();
      tell(chat::Ticked{});
    });
  }

  Scheduler& clock_;
  Disk& disk_;
  Discord& discord_;
  Agents& agents_;
  Mutation mutation_;
  std::uint64_t life_ = 0;
  std::unique_ptr<DiskStore> store_;
  std::unique_ptr<chat::Engine> engine_;
  std::unique_ptr<chat::CatchUp> catch_up_;
  UserId self_;
  bool connected_ = false;
  bool known_ = false;          // who we are, in this life
  std::optional<Place> place_;  // in what the gateway tells
  std::optional<JournalMachine> journal_;
  std::vector<JournalMachine::Act> early_;  // before their commit, where that fault is planted
  std::set<MessageId> fetching_;            // whose attachments are on their way
  std::optional<Instant> alarm_;            // the journal's
  std::uint64_t hindrances_ = 0;
  std::optional<Instant> timer_;  // the engine's
};

}  // namespace coordinator::simulation
