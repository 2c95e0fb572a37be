// A desk with everything around it: services that record what they are asked, plugins whose functions are
// lambdas of the test.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "command/desk.h"
#include "command/desk_trace.h"
#include "command/host.h"
#include "command/instance.h"
#include "command/plugins.h"
#include "coordinator/extensions.h"
#include "io/loop.h"

namespace coordinator::command::testing {

inline coordinator_string borrowed(const std::string& text) { return {text.data(), text.size()}; }
inline std::string text_of(coordinator_string text) {
  return text.data ? std::string(text.data, text.size) : "absent";
}

// ---- Services ----

struct FakeSessions : SessionService {
  std::vector<SessionView> there;
  std::vector<std::string> asked;
  std::vector<Done> waiting;
  std::function<void(Result<std::vector<SessionView>>)> history_waits;

  std::vector<SessionView> sessions(std::optional<ChannelId>) const override { return there; }
  void history(ChannelId, std::function<void(Result<std::vector<SessionView>>)> done) override {
    history_waits = std::move(done);
  }
  void take(std::string what, Done done) {
    asked.push_back(std::move(what));
    waiting.push_back(std::move(done));
  }
  void reset(const chat::Person& by, ChannelId channel, bool cancel, Done done) override {
    take(by.name + " resets " + channel.text() + (cancel ? " at once" : ""), std::move(done));
  }
  void resume(const chat::Person& by, ChannelId channel, std::string_view id, Done done) override {
    take(by.name + " resumes " + channel.text() + " " + std::string(id), std::move(done));
  }
  void fork(const chat::Person& by, ChannelId channel, std::string_view id, Done done) override {
    take(by.name + " forks " + channel.text() + " " + std::string(id), std::move(done));
  }
};

struct FakeQueue : QueueService {
  std::vector<MentionView> there;
  std::vector<std::string> asked;
  std::vector<MentionView> mentions(std::optional<ChannelId>) const override { return there; }
  void cancel(const chat::Person& by, MessageId mention, Done) override {
    asked.push_back(by.name + " cancels " + mention.text());
  }
  Done done;
  void retry(const chat::Person& by, MessageId mention, Done whenever) override {
    asked.push_back(by.name + " retries " + mention.text());
    done = std::move(whenever);
  }
};

struct FakeApprovals : ApprovalService {
  std::vector<std::string> asked;
  Done done;
  void press(const chat::Person& by, const chat::ApprovalButton& button,
             const std::vector<std::string>& values, std::optional<std::string> words,
             Done whenever) override {
    asked.push_back(by.name + " presses " + button.mention.text() + "/" + std::to_string(button.chunk));
    for (const std::string& value : values) asked.back() += " " + value;
    if (words) asked.back() += ": " + *words;
    done = std::move(whenever);
  }
};

struct FakeAudit : AuditService {
  std::function<void(Rows)> done;
  void audit(const chat::Person&, std::optional<ChannelId>, std::function<void(Rows)> whenever) override {
    done = std::move(whenever);
  }
};

struct FakeModels : ModelService {
  std::optional<std::string> now;
  std::vector<std::string> asked;
  std::vector<ModelView> models(ChannelId) const override { return {{"opus", "large"}, {"haiku", "small"}}; }
  std::optional<std::string> current_model(ChannelId) const override { return now; }
  void set_model(const chat::Person&, ChannelId, std::string_view alias, Done) override {
    asked.emplace_back(alias);
  }
};

struct FakeProjects : ProjectService {
  std::vector<chat::Project> there;
  std::vector<ProjectChange> asked;
  Progress progress_;
  Done done_;
  const std::vector<chat::Project>& projects() const override { return there; }
  const chat::Project* project_of(ChannelId channel) const override {
    for (const auto& project : there)
      if (std::find(project.channels.begin(), project.channels.end(), channel) != project.channels.end())
        return &project;
    return nullptr;
  }
  bool ours = true;
  bool admits(const chat::Person&) const override { return ours; }
  std::string refuses(const chat::Person& by) const override {
    return by.permissions & (1u << 3) ? "" : "Not you.";
  }
  void add(const chat::Person&, ProjectChange change, Progress progress, Done done) override {
    asked.push_back(std::move(change));
    progress_ = std::move(progress);
    done_ = std::move(done);
  }
  void set(const chat::Person&, ProjectChange change, Done) override { asked.push_back(std::move(change)); }
  void remove(const chat::Person&, std::string_view name, Done) override {
    asked.push_back({std::string(name), {}, {}, {}, {}, {}, {}});
  }
};

struct FakeUsage : UsageService {
  std::function<void(Result<std::vector<UsageRow>>)> waits;
  void usage(WallTime, std::function<void(Result<std::vector<UsageRow>>)> done) override {
    waits = std::move(done);
  }
};

struct FakeStorage : StorageService {
  std::map<std::string, Values, std::less<>> all;
  const Values& values(std::string_view plugin) const override {
    static const Values kNone;
    auto found = all.find(plugin);
    return found == all.end() ? kNone : found->second;
  }
  void put(std::string_view plugin, std::string_view key, std::optional<std::string> value) override {
    Values& values = all[std::string(plugin)];
    if (value)
      values[std::string(key)] = std::move(*value);
    else
      values.erase(std::string(key));
  }
};

struct FakeMetrics : MetricService {
  std::map<std::string, double> numbers;
  tl::expected<void, Refusal> outcome;
  tl::expected<void, Refusal> count(std::string_view plugin, std::string_view name, double by) override {
    if (outcome) numbers[std::string(plugin) + "." + std::string(name)] += by;
    return outcome;
  }
  tl::expected<void, Refusal> gauge(std::string_view plugin, std::string_view name, double value) override {
    if (outcome) numbers[std::string(plugin) + "." + std::string(name)] = value;
    return outcome;
  }
};

// ---- Plugins ----

// A descriptor whose functions are the test's. Its state is itself.
class FakeInstance final : public Instance {
 public:
  using Function = std::function<void(coordinator_call)>;
  Function on_run, on_complete, on_component, on_modal;

  explicit FakeInstance(const std::string& name, bool ephemeral = false) {
    command_.size = sizeof command_;
    command_.run = [](void* state, coordinator_call call) { self(state).on_run(call); };
    command_.complete = [](void* state, coordinator_call call) { self(state).on_complete(call); };
    plugin_.size = sizeof plugin_;
    plugin_.component = [](void* state, coordinator_call call) { self(state).on_component(call); };
    plugin_.modal = [](void* state, coordinator_call call) { self(state).on_modal(call); };
    description_.name = name;
    description_.version = "1.0";
    Json published = Json::object().set("type", 1).set("name", name).set("description", "d");
    description_.commands.push_back({name, "d", ephemeral, &command_, std::move(published)});
  }
  void attach(const MakeHostSide& make) {
    side = make(*this, [this] { ++told_idle; });
    host = side->table();
  }
  void without_components() { plugin_.component = nullptr; }

  const Description& description() const override { return description_; }
  std::uint64_t generation() const override { return 1; }
  bool enter(std::string_view, const Work& work) override {
    if (inside_) throw std::logic_error("entered twice");
    inside_ = true;
    bool fine = true;
    try {
      work(plugin_, this);
    } catch (const std::runtime_error&) {
      fine = false;
    }
    inside_ = false;
    return fine;
  }
  template <class Table>
  const Table& extension(const char* named) const {
    return *static_cast<const Table*>(host->extension(host, named));
  }
  const coordinator_interactions& io() const {
    return extension<coordinator_interactions>(COORDINATOR_INTERACTIONS);
  }
  int reply(coordinator_call call, const std::string& text) const {
    return host->reply(host, call, borrowed(text));
  }
  int respond(coordinator_call call, const std::string& json, std::uint32_t flags = 0) const {
    coordinator_message message{sizeof message, flags, borrowed(json), 0};
    return io().respond(host, call, &message);
  }

  std::unique_ptr<HostSide> side;
  const coordinator_host* host = nullptr;
  int told_idle = 0;

 private:
  static FakeInstance& self(void* state) { return *static_cast<FakeInstance*>(state); }

  Description description_;
  coordinator_command command_{};
  coordinator_plugin plugin_{};
  bool inside_ = false;
};

struct FakePlugins : Plugins {
  std::vector<FakeInstance*> serving;
  std::vector<std::string> asked;
  std::vector<Told> waiting;

  void start() override {}
  bool settled() const override { return true; }
  Instance* serving_command(std::string_view command) override { return serving_plugin(command); }
  Instance* serving_plugin(std::string_view name) override {
    for (FakeInstance* instance : serving)
      if (instance->name() == name) return instance;
    return nullptr;
  }
  std::vector<PluginInfo> list() const override {
    std::vector<PluginInfo> out;
    for (const FakeInstance* instance : serving) {
      PluginInfo info;
      info.state = PluginState::serving;
      info.name = instance->name();
      info.serving = instance;
      out.push_back(std::move(info));
    }
    return out;
  }
  std::size_t loaded() const override { return serving.size(); }
  void reload(std::string_view name, Told told) override { take("reload ", name, std::move(told)); }
  void enable(std::string_view name, Told told) override { take("enable ", name, std::move(told)); }
  void disable(std::string_view name, Told told) override { take("disable ", name, std::move(told)); }
  void stop() override {}
  void take(const char* what, std::string_view name, Told told) {
    asked.push_back(what + std::string(name));
    waiting.push_back(std::move(told));
  }
};

// ---- The house ----

struct House {
  FakeSessions sessions;
  FakeQueue queue;
  FakeModels models;
  FakeProjects projects;
  FakeUsage usage;
  FakeStorage storage;
  FakeMetrics metrics;
  FakeApprovals approvals;
  FakeAudit audit;
  FakePlugins plugins;
  io::Loop loop;
  std::vector<std::string> out;  // acts, and writes as "write"
  std::vector<Say> says;
  std::string log;
  bool known_to_the_store = false;
  Desk desk{
      loop, Services{sessions, queue, models, projects, usage, storage, metrics, approvals, audit},
      DeskLinks{[this](Effects effects) { take(std::move(effects)); },
                [](const std::function<void()>& task) { task(); },
                [this](InteractionId, std::function<void(Result<bool>)> told) { told(known_to_the_store); }},
      1};
  std::uint64_t last_ = 0;

  House() { desk.serve(plugins); }

  void load(FakeInstance& instance) {
    instance.attach(desk.host_sides());
    plugins.serving.push_back(&instance);
  }
  void take(Effects effects) {
    for (const store::Write& write : effects.writes)
      out.push_back(std::holds_alternative<store::Interaction>(write) ? "write" : "note");
    log += logged(effects);
    for (const Act& act : effects.acts) {
      if (const auto* say = std::get_if<Say>(&act)) says.push_back(*say);
      if (std::string text = describe(act); !text.empty()) out.push_back(text);
    }
  }
  // What was done since the last time.
  std::string done() {
    std::string all;
    for (const std::string& each : std::exchange(out, {})) all += (all.empty() ? "" : " ") + each;
    return all;
  }
  // An id that was made `age` ago.
  InteractionId fresh_id(Millis age = 0ms) {
    auto since = loop.now().wall - age - WallTime(Millis(InteractionId::kDiscordEpoch));
    return InteractionId{(static_cast<std::uint64_t>(since.count()) << 22) + ++last_};
  }
  InteractionId hear(const std::string& members, InteractionId id) {
    Json json = Json::parse(R"({"application_id":"6","token":"t","channel_id":"10","guild_id":"3",
      "member":{"permissions":"0","roles":[],"user":{"id":"101","username":"alice"}},)" +
                            members + "}")
                    .value();
    json.set("id", id);
    desk.hear(discord::InteractionCreated{std::move(json)});
    return id;
  }
  InteractionId use(const std::string& command, const std::string& options = "[]") {
    return hear(R"("type":2,"data":{"name":")" + command + R"(","options":)" + options + "}", fresh_id());
  }
  InteractionId press(const std::string& custom_id, const std::string& more = "") {
    return hear(R"("type":3,"message":{"id":"42"},"data":{"custom_id":")" + custom_id + "\"" + more + "}",
                fresh_id());
  }
  void arrived(InteractionId id) { desk.handle(Said{id, std::optional<MessageId>()}); }
  void spin() {
    for (int i = 0; i < 3; ++i) loop.run_once(false);
  }
  // Until it is so; the loop waits for what is to come.
  template <class Condition>
  void spin_until(Condition condition) {
    for (int i = 0; i < 1000 && !condition(); ++i) loop.run_once(true);
  }
};

}  // namespace coordinator::command::testing
