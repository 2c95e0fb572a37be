#include "recording_tables.h"

#include <cstring>

#include "recording_host.h"

namespace coordinator::test {

using namespace coordinator::plugin;

// Each function finds its host, writes down what it is asked, and keeps what is to be told later.
struct Tables {
  static RecordingHost& of(const coordinator_host* host) {
    return *reinterpret_cast<const RecordingHost::Face*>(host)->host;
  }
  static void later(RecordingHost& host, std::string asked, coordinator_done done, void* context) {
    host.asked.push_back(std::move(asked));
    host.ends_.push_back([=](int result, coordinator_string words) { done(context, result, words); });
  }

  // ---- The six ----
  static void log(const coordinator_host* host, int level, coordinator_string text) {
    of(host).log.push_back(decimal(static_cast<std::uint64_t>(level)) + " " + owned(text));
  }
  static coordinator_string argument(const coordinator_host* host, coordinator_call call,
                                     coordinator_string name) {
    auto& self = of(host);
    auto known = self.calls_.find(call);
    if (known == self.calls_.end()) return absent();
    if (name.size == 0) return unless_empty(known->second.subcommand);
    auto value = known->second.arguments.find(owned(name));
    return value == known->second.arguments.end() ? absent() : borrowed(value->second);
  }
  static int reply(const coordinator_host* host, coordinator_call call, coordinator_string text) {
    auto json = JsonObject().text("content", view(text)).json();
    auto message = sized<coordinator_message>();
    message.json = borrowed(json);
    return of(host).record(call, "reply", message);
  }
  static int hold(const coordinator_host* host, coordinator_call call) {
    auto& self = of(host);
    if (!self.alive(call)) return COORDINATOR_GONE;
    if (self.held_.size() >= 100) return COORDINATOR_LIMIT;
    self.held_[call] = true;
    return COORDINATOR_OK;
  }
  static void release(const coordinator_host* host, coordinator_call call) {
    of(host).held_.erase(call);
    of(host).calls_.erase(call);
  }

  // ---- Interactions ----
  static int describe(const coordinator_host* host, coordinator_call call, coordinator_interaction* out) {
    auto& self = of(host);
    auto known = self.calls_.find(call);
    if (known == self.calls_.end()) return COORDINATOR_GONE;
    const Use& use = known->second;
    coordinator_interaction about{};
    about.size = out->size;
    about.kind = use.kind;
    about.id = 1'400'000'000'000'000'000 + call;
    about.command = borrowed(use.command), about.focused = borrowed(use.focused);
    about.custom_id = borrowed(use.custom_id), about.user_name = borrowed(use.user_name);
    about.user = use.user, about.channel = use.channel, about.guild = use.guild;
    about.permissions = use.permissions;
    std::memcpy(out, &about, out->size);
    return COORDINATOR_OK;
  }
  static coordinator_string value(const coordinator_host* host, coordinator_call call, std::size_t index) {
    const auto& values = of(host).calls_[call].values;
    return index < values.size() ? borrowed(values[index]) : absent();
  }
  static int respond(const coordinator_host* host, coordinator_call call,
                     const coordinator_message* message) {
    for (const Answer& answer : of(host).answers)
      if (answer.call == call && answer.how == "respond") return COORDINATOR_INVALID;
    return of(host).record(call, "respond", *message);
  }
  static int edit(const coordinator_host* host, coordinator_call call, const coordinator_message* message) {
    return of(host).record(call, "edit", *message);
  }
  static int follow_up(const coordinator_host* host, coordinator_call call,
                       const coordinator_message* message) {
    return of(host).record(call, "follow_up", *message);
  }
  static int modal(const coordinator_host* host, coordinator_call call, const coordinator_message* message) {
    return of(host).record(call, "modal", *message);
  }
  static int defer(const coordinator_host* host, coordinator_call call, std::uint32_t flags) {
    auto& self = of(host);
    self.answers.push_back({call, "defer", Json::object(), (flags & COORDINATOR_EPHEMERAL) != 0, 0});
    return COORDINATOR_OK;
  }
  static int choices(const coordinator_host* host, coordinator_call call, coordinator_string json) {
    auto message = sized<coordinator_message>();
    message.json = json;
    return of(host).record(call, "choices", message);
  }

  // ---- Sessions ----
  static void show(const Session& session, coordinator_visit_session visit, void* context) {
    auto raw = sized<coordinator_session>();
    raw.current = session.current, raw.channel = session.channel;
    raw.id = borrowed(session.id), raw.project = borrowed(session.project);
    raw.agent = borrowed(session.agent), raw.model = borrowed(session.model);
    raw.messages = session.messages, raw.cost_usd = session.cost_usd;
    raw.created = session.created, raw.last_activity = session.last_activity;
    raw.running = session.running, raw.queued = session.queued;
    visit(context, &raw);
  }
  static void each_session(const coordinator_host* host, std::uint64_t channel,
                           coordinator_visit_session visit, void* context) {
    for (const Session& session : of(host).sessions)
      if (channel == 0 || channel == session.channel) show(session, visit, context);
  }
  static void history(const coordinator_host* host, std::uint64_t channel, coordinator_visit_session visit,
                      coordinator_done done, void* context) {
    auto& self = of(host);
    self.asked.push_back("history " + decimal(channel));
    self.ends_.push_back([&self, visit, done, context](int result, coordinator_string words) {
      for (const Session& session : self.history) show(session, visit, context);
      done(context, result, words);
    });
  }
  static void reset(const coordinator_host* host, coordinator_call, std::uint64_t channel,
                    std::uint32_t flags, coordinator_done done, void* context) {
    bool cancel = flags & COORDINATOR_CANCEL_RUNNING;
    later(of(host), "reset " + decimal(channel) + (cancel ? " cancel" : ""), done, context);
  }
  static void resume(const coordinator_host* host, coordinator_call, std::uint64_t channel,
                     coordinator_string id, coordinator_done done, void* context) {
    later(of(host), "resume " + decimal(channel) + " " + owned(id), done, context);
  }
  static void fork(const coordinator_host* host, coordinator_call, std::uint64_t channel,
                   coordinator_string id, coordinator_done done, void* context) {
    later(of(host), "fork " + decimal(channel) + " " + owned(id), done, context);
  }

  // ---- Queue, models, usage ----
  static void each_mention(const coordinator_host* host, std::uint64_t channel,
                           coordinator_visit_mention visit, void* context) {
    for (const Mention& mention : of(host).mentions) {
      if (channel != 0 && channel != mention.channel) continue;
      auto raw = sized<coordinator_mention>();
      raw.running = mention.running, raw.message = mention.message;
      raw.channel = mention.channel, raw.user = mention.user;
      raw.user_name = borrowed(mention.user_name), raw.project = borrowed(mention.project);
      raw.prompt = borrowed(mention.prompt);
      raw.arrived = mention.arrived, raw.started = mention.started;
      visit(context, &raw);
    }
  }
  static void cancel(const coordinator_host* host, coordinator_call, std::uint64_t message,
                     coordinator_done done, void* context) {
    later(of(host), "cancel " + decimal(message), done, context);
  }
  static void each_model(const coordinator_host* host, std::uint64_t,
                         void (*visit)(void*, coordinator_string, coordinator_string), void* context) {
    for (const Model& model : of(host).models)
      visit(context, borrowed(model.alias), borrowed(model.description));
  }
  static coordinator_string current_model(const coordinator_host* host, std::uint64_t channel) {
    auto known = of(host).current_models.find(channel);
    return known == of(host).current_models.end() ? absent() : borrowed(known->second);
  }
  static void set_model(const coordinator_host* host, coordinator_call, std::uint64_t channel,
                        coordinator_string alias, coordinator_done done, void* context) {
    later(of(host), "model " + decimal(channel) + " " + owned(alias), done, context);
  }
  static void usage_since(const coordinator_host* host, std::int64_t since,
                          void (*visit)(void*, const coordinator_usage_row*), coordinator_done done,
                          void* context) {
    auto& self = of(host);
    self.asked.push_back("usage " + decimal(static_cast<std::uint64_t>(since)));
    self.ends_.push_back([&self, visit, done, context](int result, coordinator_string words) {
      for (const UsageRow& row : self.usage) {
        auto raw = sized<coordinator_usage_row>();
        raw.day = row.day, raw.channel = row.channel, raw.user = row.user, raw.turns = row.turns;
        raw.user_name = borrowed(row.user_name), raw.cost_usd = row.cost_usd;
        raw.input_tokens = row.input_tokens, raw.output_tokens = row.output_tokens;
        visit(context, &raw);
      }
      done(context, result, words);
    });
  }

  static void each_audit(const coordinator_host* host, coordinator_call, std::uint64_t channel,
                         void (*visit)(void*, const coordinator_audit_row*), coordinator_done done,
                         void* context) {
    auto& self = of(host);
    self.asked.push_back("audit " + decimal(channel));
    self.ends_.push_back([&self, visit, done, context](int result, coordinator_string words) {
      for (const AuditRow& row : self.audit) {
        auto raw = sized<coordinator_audit_row>();
        raw.decision = row.decision, raw.channel = row.channel, raw.message = row.message;
        raw.requester = row.requester, raw.decided_by = row.decided_by;
        raw.requester_name = borrowed(row.requester_name);
        raw.decided_by_name = borrowed(row.decided_by_name), raw.turn = borrowed(row.turn);
        raw.tool = borrowed(row.tool), raw.input = borrowed(row.input), raw.reason = borrowed(row.reason);
        raw.asked = row.asked, raw.decided = row.decided;
        visit(context, &raw);
      }
      done(context, result, words);
    });
  }

  // ---- Projects, plugins ----
  static void show(const Project& project, coordinator_visit_project visit, void* context) {
    auto raw = sized<coordinator_project>();
    raw.name = borrowed(project.name), raw.directory = borrowed(project.directory);
    raw.agent = borrowed(project.agent), raw.model = borrowed(project.model);
    raw.channels = project.channels.data(), raw.channel_count = project.channels.size();
    visit(context, &raw);
  }
  static void each_project(const coordinator_host* host, coordinator_visit_project visit, void* context) {
    for (const Project& project : of(host).projects) show(project, visit, context);
  }
  static int of_channel(const coordinator_host* host, std::uint64_t channel, coordinator_visit_project visit,
                        void* context) {
    for (const Project& project : of(host).projects)
      for (auto each : project.channels)
        if (each == channel) return show(project, visit, context), COORDINATOR_OK;
    return COORDINATOR_NOT_FOUND;
  }
  static std::string said(const coordinator_project_change& change) {
    std::string words = owned(change.name);
    auto add = [&words](const char* key, coordinator_string value) {
      if (value.data) words.append(" ").append(key).append("=").append(value.data, value.size);
    };
    add("repository", change.repository), add("directory", change.directory), add("model", change.model);
    add("prompt", change.system_prompt), add("allow", change.allow);
    if (change.channel) words += " channel=" + decimal(change.channel);
    return words;
  }
  static void add_project(const coordinator_host* host, coordinator_call,
                          const coordinator_project_change* change,
                          void (*progress)(void*, coordinator_string), coordinator_done done, void* context) {
    of(host).progress = [=](std::string_view words) { progress(context, borrowed(words)); };
    later(of(host), "add " + said(*change), done, context);
  }
  static void set_project(const coordinator_host* host, coordinator_call,
                          const coordinator_project_change* change, coordinator_done done, void* context) {
    later(of(host), "set " + said(*change), done, context);
  }
  static void remove_project(const coordinator_host* host, coordinator_call, coordinator_string name,
                             coordinator_done done, void* context) {
    later(of(host), "remove " + owned(name), done, context);
  }
  static void each_plugin(const coordinator_host* host, void (*visit)(void*, const coordinator_plugin_info*),
                          void* context) {
    for (const auto* plugin : of(host).plugins) visit(context, plugin);
  }
  template <int What>
  static void change_plugin(const coordinator_host* host, coordinator_call, coordinator_string name,
                            coordinator_done done, void* context) {
    const char* what = What == 0 ? "reload " : What == 1 ? "enable " : "disable ";
    later(of(host), what + owned(name), done, context);
  }
  static std::uint64_t command_id(const coordinator_host* host, coordinator_string command) {
    auto known = of(host).command_ids.find(owned(command));
    return known == of(host).command_ids.end() ? 0 : known->second;
  }

  // ---- Storage, timers, HTTP, metrics ----
  static coordinator_string get(const coordinator_host* host, coordinator_string key) {
    auto known = of(host).storage.find(owned(key));
    return known == of(host).storage.end() ? absent() : borrowed(known->second);
  }
  static int set(const coordinator_host* host, coordinator_string key, coordinator_string value) {
    auto& storage = of(host).storage;
    if (!value.data) return storage.erase(owned(key)), COORDINATOR_OK;
    if (storage.size() >= 1000) return COORDINATOR_LIMIT;
    storage[owned(key)] = owned(value);
    return COORDINATOR_OK;
  }
  static void each_value(const coordinator_host* host, coordinator_string prefix,
                         void (*visit)(void*, coordinator_string, coordinator_string), void* context) {
    for (auto& [key, value] : of(host).storage)
      if (key.rfind(view(prefix), 0) == 0) visit(context, borrowed(key), borrowed(value));
  }
  static std::uint64_t start_timer(const coordinator_host* host, std::uint64_t delay,
                                   void (*fire)(void*, int), void* context) {
    auto& self = of(host);
    if (self.timers_.size() >= 100) return 0;
    self.timers_[++self.last_number_] = {self.now_ + delay, fire, context};
    return self.last_number_;
  }
  static void cancel_timer(const coordinator_host* host, std::uint64_t timer) {
    auto& self = of(host);
    auto known = self.timers_.find(timer);
    if (known == self.timers_.end()) return;
    auto cancelled = known->second;
    self.timers_.erase(known);
    self.ends_.push_back(
        [cancelled](int, coordinator_string) { cancelled.fire(cancelled.context, COORDINATOR_CANCELLED); });
  }
  static void send(const coordinator_host* host, const coordinator_http_request* request,
                   void (*answered)(void*, const coordinator_http_response*), void* context) {
    auto& self = of(host);
    std::string asked =
        "http " + owned(request->method) + " " + owned(request->url) + " " + owned(request->body);
    for (std::size_t i = 0; i < request->header_count; ++i)
      asked += " " + owned(request->headers[i].name) + "=" + owned(request->headers[i].value);
    self.asked.push_back(asked);
    self.ends_.push_back([&self, answered, context](int, coordinator_string) {
      auto raw = sized<coordinator_http_response>();
      raw.status = self.http_response.status;
      raw.body = borrowed(self.http_response.body);
      std::vector<coordinator_header> headers;
      for (auto& [name, value] : self.http_response.headers)
        headers.push_back({borrowed(name), borrowed(value)});
      raw.headers = headers.data(), raw.header_count = headers.size();
      answered(context, &raw);
    });
  }
  template <int What>
  static int metric(const coordinator_host* host, coordinator_string name, double by) {
    of(host).asked.push_back((What ? "gauge " : "count ") + owned(name) + " " +
                             decimal(static_cast<std::uint64_t>(by)));
    return COORDINATOR_OK;
  }

  static const void* extension(const coordinator_host* host, const char* name) {
    static const coordinator_interactions interactions{
        sizeof(coordinator_interactions), describe, value, respond, defer, edit, follow_up, modal, choices};
    static const coordinator_sessions sessions{
        sizeof(coordinator_sessions), each_session, history, reset, resume, fork};
    static const coordinator_queue queue{sizeof(coordinator_queue), each_mention, cancel};
    static const coordinator_projects projects{
        sizeof(coordinator_projects), each_project, of_channel, add_project, set_project, remove_project};
    static const coordinator_models models{sizeof(coordinator_models), each_model, current_model, set_model};
    static const coordinator_storage storage{sizeof(coordinator_storage), get, set, each_value};
    static const coordinator_timers timers{sizeof(coordinator_timers), start_timer, cancel_timer};
    static const coordinator_http http{sizeof(coordinator_http), send};
    static const coordinator_metrics metrics{sizeof(coordinator_metrics), metric<0>, metric<1>};
    static const coordinator_usage usage{sizeof(coordinator_usage), usage_since};
    static const coordinator_audit audit{sizeof(coordinator_audit), each_audit};
    static const coordinator_plugins plugins{sizeof(coordinator_plugins),
                                             each_plugin,
                                             change_plugin<0>,
                                             change_plugin<1>,
                                             change_plugin<2>,
                                             command_id};
    static const std::map<std::string, const void*, std::less<>> all{
        {COORDINATOR_INTERACTIONS, &interactions},
        {COORDINATOR_SESSIONS, &sessions},
        {COORDINATOR_QUEUE, &queue},
        {COORDINATOR_PROJECTS, &projects},
        {COORDINATOR_MODELS, &models},
        {COORDINATOR_STORAGE, &storage},
        {COORDINATOR_TIMERS, &timers},
        {COORDINATOR_HTTP, &http},
        {COORDINATOR_METRICS, &metrics},
        {COORDINATOR_USAGE, &usage},
        {COORDINATOR_AUDIT, &audit},
        {COORDINATOR_PLUGINS, &plugins}};
    auto known = all.find(name);
    return of(host).knows_nothing || known == all.end() ? nullptr : known->second;
  }
};

coordinator_host core_table() {
  return {sizeof(coordinator_host), COORDINATOR_MAJOR, COORDINATOR_MINOR, Tables::log,    Tables::extension,
          Tables::argument,         Tables::reply,     Tables::hold,      Tables::release};
}

}  // namespace coordinator::test
