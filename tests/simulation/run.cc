#include "run.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "books.h"
#include "chat/house_button.h"

namespace coordinator::simulation {

namespace {

constexpr UserId kSelf{42};
constexpr std::uint64_t kChannels = 4, kProjects = 4;
constexpr std::size_t kTurnsAtOnce = 3;

chat::Project project_named(std::uint64_t number) {
  chat::Project project;
  project.name = fmt::format("project-{}", number);
  project.model = fmt::format("model of {}", number);
  project.allow.everyone = true;
  project.stream = number % 3 == 0 ? chat::Stream::final : chat::Stream::live;
  return project;
}

chat::EngineSettings settings_of_the_world() {
  chat::EngineSettings settings;
  for (std::uint64_t i = 1; i <= kProjects; ++i) {
    settings.projects.push_back(project_named(i));
    settings.projects.back().channels = {ChannelId{i}};
  }
  settings.limits.queue = 5;
  settings.limits.turns_at_once = kTurnsAtOnce;
  return settings;
}

class World {
 public:
  World(std::uint64_t seed, Millis trouble, Mutation mutation)
      : clock_(seed),
        end_(clock_.now().instant + trouble),
        discord_(clock_),
        agents_(clock_),
        daemon_(clock_, disk_, discord_, agents_, mutation),
        books_(kTurnsAtOnce) {
    agents_.watch = [this](const std::string& turn, bool alive) {
      books_.process(turn, alive, disk_);
      if (!alive) watched(turn);
    };
    agents_.begun = [this](const agent::TurnSpec& spec) { books_.begun(spec, disk_); };
    agents_.answered = [this](const std::string& turn, const agent::PermissionAnswer& answer) {
      books_.answered(turn, answer, disk_);
    };
    agents_.asked = [this](const std::string& turn) { books_.agent_asked(turn, disk_); };
  }

  Outcome run() {
    for (std::uint64_t i = 1; i <= kChannels; ++i) discord_.add_channel(ChannelId{i});
    daemon_.start(settings_, kSelf);
    clock_.run_until(clock_.now().instant + 1min);  // the very first daemon leaves the past alone
    discord_.trouble = 0.2;
    daemon_.cliff = [this] {
      if (troubled() && (cliffs_until_death_-- == 0 || clock_.chance(0.002))) kill();
    };
    ask_later();
    command_later();
    decide_later();
    misbehave_later();
    clock_.run_until(end_);
    make_peace();
    books_.balance(disk_, discord_, agents_);
    return {books_.finding(), books_.size(), kills_, discord_.postings.size()};
  }

 private:
  bool troubled() const { return clock_.now().instant < end_; }

  void ask_later() {
    if (!troubled()) return;
    clock_.after(clock_.chance(0.3) ? 10ms : clock_.between(1s, 4min), [this] {
      ask();
      ask_later();
    });
  }

  void ask() {
    discord::Message message;
    message.id = discord_.next_id();
    message.channel = clock_.chance(0.2) ? some_thread() : ChannelId{1 + clock_.random.below(kChannels)};
    message.author = {UserId{7}, "alice", "Alice", false};
    message.content = clock_.chance(0.05) ? "<@42>" : "<@42> do something";
    message.mentions = {kSelf};
    if (clock_.chance(0.2)) message.attachments = {{"1", "a.txt", "", "https://cdn/a.txt", 10}};
    books_.asked(message);
    discord_.say(message);
    if (clock_.chance(0.1))
      clock_.after(clock_.between(100ms, 1min), [this, message] {
        daemon_.tell(chat::ReactionAdded{message.id, message.channel, message.author.id, "❌"});
      });
  }

  // Under a channel: one that there is, perhaps archived by now, or a new one.
  ChannelId some_thread() {
    if (!threads_.empty() && clock_.chance(0.8)) return threads_[clock_.random.below(threads_.size())];
    threads_.push_back(ChannelId{discord_.next_id().value});
    discord_.add_channel(threads_.back(), ChannelId{1 + clock_.random.below(kChannels)});
    return threads_.back();
  }

  void command_later() {
    if (!troubled()) return;
    clock_.after(clock_.between(1s, 10min), [this] {
      command(ChannelId{1 + clock_.random.below(kChannels)});
      command_later();
    });
  }

  // What people do by slash commands, and the operator to the configuration.
  void command(ChannelId channel) {
    switch (clock_.random.below(6)) {
      case 0:
        return daemon_.tell(chat::ResetSession{channel, clock_.chance(0.3), "a reset"});
      case 1:
        return go_back(channel);
      case 2:
        return choose(channel);
      case 3:
        return cancel_one();
      case 4:
        return retry_one();
      default:
        reconfigure();
    }
  }

  // People answer what agents ask, sooner or later, or not at all.
  void decide_later() {
    if (!troubled()) return;
    clock_.after(clock_.chance(0.3) ? clock_.between(1ms, 2s) : clock_.between(1s, 5min), [this] {
      decide();
      decide_later();
    });
  }

  void decide() {
    std::vector<std::pair<MessageId, int>> asked;
    for (const auto& [key, approval] : disk_.approvals)
      if (approval.state == store::ApprovalState::pending && key.second >= 0) asked.push_back(key);
    if (asked.empty() || !daemon_.running()) return;
    auto key = asked[clock_.random.below(asked.size())];
    const store::Approval* there = daemon_.engine()->approval(key.first, key.second);
    if (!there || there->state != store::ApprovalState::pending) return;
    auto state = static_cast<store::ApprovalState>(1 + clock_.random.below(3));
    chat::Verdict verdict{state, UserId{7}, "Alice", {}};
    daemon_.ask(chat::DecideApproval{key.first, key.second, verdict},
                [this, key, state] { books_.decided(key, state); });
  }

  // Somebody has waited for a turn's end, and is quick.
  void watched(const std::string& turn) {
    auto found = disk_.turns.find(turn);
    if (!troubled() || found == disk_.turns.end() || !clock_.chance(0.2)) return;
    clock_.after(clock_.between(0ms, 300ms), [this, channel = found->second.channel] { go_back(channel); });
  }

  void go_back(ChannelId channel) {
    if (!daemon_.running()) return;
    auto sessions = daemon_.history(channel);
    if (sessions.empty()) return;
    const store::Session& session = sessions[clock_.random.below(sessions.size())];
    const chat::Project* project = daemon_.engine()->router().project_of(channel);
    if (!project || project->name != session.project) return;
    if (!session.begun || clock_.chance(0.5)) return daemon_.tell(chat::ResumeSession{channel, session});
    daemon_.tell(chat::ForkSession{channel, session});
  }

  void choose(ChannelId channel) {
    if (!daemon_.running()) return;
    std::string model = clock_.chance(0.2) ? "" : fmt::format("alias-{}", clock_.random.below(1000));
    std::size_t choice = books_.chose(channel, model);
    daemon_.ask(chat::ChooseModel{channel, model},
                [this, channel, choice] { books_.confirmed(channel, choice); });
  }

  void cancel_one() {
    if (!daemon_.running()) return;
    auto mentions = daemon_.engine()->mentions(std::nullopt);
    if (mentions.empty()) return;
    const auto& chosen = mentions[clock_.random.below(mentions.size())];
    daemon_.tell(chat::CancelMention{chosen.mention.message, "somebody's wish"});
  }

  // Somebody presses the button of one that ended badly, perhaps a second time.
  void retry_one() {
    std::vector<MessageId> failed;
    for (const auto& [message, mention] : disk_.inbox)
      if (chat::retryable(mention.state) && !mention.turn_id.empty()) failed.push_back(message);
    if (failed.empty() || !daemon_.running()) return;
    MessageId message = failed[clock_.random.below(failed.size())];
    books_.retried(message);
    daemon_.retry(message);
  }

  // Every channel keeps some project; projects come and go. A daemon that is down reads it at its start.
  void reconfigure() {
    settings_ = {};
    settings_.limits.queue = 5;
    settings_.limits.turns_at_once = 1 + clock_.random.below(kTurnsAtOnce);
    for (std::uint64_t i = 1; i <= kProjects; ++i)
      if (i == 1 || clock_.chance(0.7)) settings_.projects.push_back(project_named(i));
    for (std::uint64_t i = 1; i <= kChannels; ++i) {
      bool usual = i <= settings_.projects.size() && clock_.chance(0.7);
      std::size_t place = usual ? i - 1 : clock_.random.below(settings_.projects.size());
      settings_.projects[place].channels.push_back(ChannelId{i});
    }
    daemon_.configure(settings_);
  }

  void misbehave_later() {
    if (!troubled()) return;
    clock_.after(clock_.between(1min, 20min), [this] {
      misbehave();
      misbehave_later();
    });
  }

  void misbehave() {
    switch (clock_.random.below(7)) {
      case 0:
        return kill();
      case 1:
        return lose_a_shim();
      case 2:
        return fill_the_disk();
      case 3:
        return disturb_the_gateway();
      case 4:
        return clock_.set_wrong(clock_.between(0ms, 2h) - 1h);
      case 5:
        return change_permissions(ChannelId{1 + clock_.random.below(kChannels)});
      default:
        discord_.trouble = clock_.random.unit() * 0.6;
    }
  }

  void change_permissions(ChannelId channel) {
    if (discord_.no_files.erase(channel) == 0) discord_.no_files.insert(channel);
  }

  void kill() {
    if (!daemon_.running()) return;
    ++kills_;
    daemon_.kill();
    if (clock_.chance(0.3)) discord_.gateway.lose_the_session();
    clock_.after(clock_.between(100ms, clock_.chance(0.1) ? 1h : 1min), [this] { revive(); });
  }

  void revive() {
    if (daemon_.running()) return;
    if (clock_.chance(0.3)) reconfigure();
    // What kills a daemon often kills the next one as it starts.
    cliffs_until_death_ = clock_.chance(0.3) ? static_cast<std::int64_t>(clock_.random.below(4)) : -1;
    daemon_.start(settings_, kSelf);
  }

  void disturb_the_gateway() {
    daemon_.cut_off();
    if (clock_.chance(0.7)) discord_.gateway.lose_the_session();
  }

  void lose_a_shim() {
    auto alive = agents_.alive();
    if (!alive.empty()) agents_.lose(alive[clock_.random.below(alive.size())]);
  }

  void fill_the_disk() {
    daemon_.disk_full(true);
    clock_.after(clock_.between(1s, 5min), [this] { daemon_.disk_full(false); });
  }

  void make_peace() {
    for (int hour = 0; hour < 48; ++hour) {
      discord_.trouble = 0;  // what was planned before the end may still have begun some
      clock_.run_until(clock_.now().instant + 1h);
      if (!daemon_.running()) revive();
      daemon_.disk_full(false);
    }
    daemon_.kill();  // the next one takes away what could not be taken away
    revive();
    clock_.run_until(clock_.now().instant + 1h);
  }

  chat::EngineSettings settings_ = settings_of_the_world();
  Scheduler clock_;
  Instant end_;
  Disk disk_;
  Discord discord_;
  Agents agents_;
  Daemon daemon_;
  Books books_;
  std::vector<ChannelId> threads_;
  std::size_t kills_ = 0;
  std::int64_t cliffs_until_death_ = -1;  // negative: it is not expected
};

}  // namespace

Outcome run(std::uint64_t seed, Millis trouble, Mutation mutation) {
  return std::make_unique<World>(seed, trouble, mutation)->run();
}

}  // namespace coordinator::simulation
