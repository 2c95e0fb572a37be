// A host for one plugin under test: it knows what the test tells it, records what it is asked, and lets the
// test say when things happen.
#pragma once

#include <coordinator/plugin.hpp>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace coordinator::test {

// One use of a command, button, select or modal.
struct Use {
  std::uint32_t kind = COORDINATOR_RUN;
  std::string command, subcommand, focused, custom_id;
  std::map<std::string, std::string> arguments;
  std::vector<std::string> values;
  std::uint64_t user = 7, channel = 11, guild = 1, permissions = 0;
  std::string user_name = "alice";
};

struct Answer {
  coordinator_call call = 0;
  std::string how;  // "reply", "respond", "edit", "follow_up", "defer", "modal", "choices"
  Json body;        // a message, a modal, choices; of a reply {"content"}
  bool ephemeral = false;
  std::uint64_t lasting_ms = 0;

  std::string content() const { return body["content"].text_or(""); }
  JsonView embed() const { return body["embeds"][0]; }
  // The custom_id of the component whose label or placeholder begins so; empty where there is none.
  std::string component(std::string_view label) const;
  std::size_t rows() const { return body["components"].size(); }
};

class RecordingHost {
 public:
  RecordingHost();
  ~RecordingHost();
  RecordingHost(const RecordingHost&) = delete;

  const coordinator_host* table() const { return &face_.table; }

  // ---- What it knows ----
  std::vector<plugin::Session> sessions, history;
  std::vector<plugin::Mention> mentions;
  std::vector<plugin::Project> projects;
  std::vector<plugin::Model> models;
  std::map<std::uint64_t, std::string> current_models;
  std::vector<plugin::UsageRow> usage;
  std::vector<plugin::AuditRow> audit;
  std::vector<const coordinator_plugin_info*> plugins;
  std::map<std::string, std::uint64_t> command_ids;
  std::map<std::string, std::string> storage;
  bool knows_nothing = false;  // as in a trial: no extensions

  // ---- What it records ----
  std::vector<Answer> answers;
  std::vector<std::string> asked;       // "reset 11 cancel", "http GET https://..."
  std::vector<std::string> log;         // "3 text": the level first
  std::vector<std::string> complaints;  // Discord would have refused an answer, and why
  std::size_t held() const { return held_.size(); }
  const Answer& last() const { return answers.at(answers.size() - 1); }

  // ---- What happens ----
  coordinator_call open(Use use);
  void close(coordinator_call call);  // unless it is held
  // Whatever waits for its end gets it now.
  void settle(int result = COORDINATOR_OK, std::string words = "");
  std::function<void(std::string_view)> progress;  // of the project that is being added
  plugin::HttpResponse http_response;
  // Time goes on, and timers fire; `stopping`: they are cancelled.
  void pass(std::uint64_t milliseconds);
  void stopping();
  std::size_t timers() const { return timers_.size(); }

 private:
  friend struct Tables;
  struct Face {
    coordinator_host table{};  // first: this is how a table finds its host
    RecordingHost* host = nullptr;
  };
  struct Timer {
    std::uint64_t due;
    void (*fire)(void*, int);
    void* context;
  };
  using End = std::function<void(int, coordinator_string)>;

  int record(coordinator_call call, std::string how, const coordinator_message& message);
  void hold_to_limits(const Answer& answer);
  bool alive(coordinator_call call) const { return calls_.count(call) > 0; }

  Face face_;
  std::map<coordinator_call, Use> calls_;
  std::map<coordinator_call, bool> held_;
  std::vector<End> ends_;
  std::map<std::uint64_t, Timer> timers_;
  std::uint64_t now_ = 0, last_number_ = 0;
};

}  // namespace coordinator::test
