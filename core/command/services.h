// What the rest of the house does for plugins: the interfaces behind extensions.h, in the domain's own words.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "chat/access.h"
#include "chat/approval_button.h"
#include "chat/project.h"
#include "store/records.h"

namespace coordinator::command {

// How something that was asked for ended: words for the person who asked, or why not. The code is one of
// coordinator_result (plugin.h).
struct Refusal {
  int result;
  std::string words;
};
// Called exactly once, never from inside the call that took it; on success when it is durable.
using Done = std::function<void(const tl::expected<std::string, Refusal>&)>;

struct SessionView {
  store::Session session;
  std::uint32_t running = 0, queued = 0;
};

class SessionService {
 public:
  virtual ~SessionService() = default;
  virtual std::vector<SessionView> sessions(std::optional<ChannelId> channel) const = 0;
  virtual void history(ChannelId channel, std::function<void(Result<std::vector<SessionView>>)> done) = 0;
  virtual void reset(const chat::Person& by, ChannelId channel, bool cancel_running, Done done) = 0;
  virtual void resume(const chat::Person& by, ChannelId channel, std::string_view session_id, Done done) = 0;
  virtual void fork(const chat::Person& by, ChannelId channel, std::string_view session_id, Done done) = 0;
};

struct MentionView {
  store::Inbox mention;
  bool running = false;
};

class QueueService {
 public:
  virtual ~QueueService() = default;
  virtual std::vector<MentionView> mentions(std::optional<ChannelId> channel) const = 0;
  virtual void cancel(const chat::Person& by, MessageId mention, Done done) = 0;
  // Asks for a mention that ended badly once more.
  virtual void retry(const chat::Person& by, MessageId mention, Done done) = 0;
};

// What an answer to an agent's request does to the message that asked.
struct ApprovalView {
  std::string message = {};  // as it is now: a message's body; empty: it stays as it is
  std::string form = {};     // a modal's body that is to be shown first; empty: none
};

class ApprovalService {
 public:
  using Done = std::function<void(const tl::expected<ApprovalView, Refusal>&)>;

  virtual ~ApprovalService() = default;
  // A button, a select (with its values) or a form (with its words) of a message that asks; `words` is absent
  // where no form was sent.
  virtual void press(const chat::Person& by, const chat::ApprovalButton& button,
                     const std::vector<std::string>& values, std::optional<std::string> words, Done done) = 0;
};

class AuditService {
 public:
  using Rows = tl::expected<std::vector<store::Approval>, Refusal>;

  virtual ~AuditService() = default;
  // What was asked in that channel, or in all that this person may look into; the latest first.
  virtual void audit(const chat::Person& by, std::optional<ChannelId> channel,
                     std::function<void(Rows)> done) = 0;
};

struct ModelView {
  std::string alias, description;
};

class ModelService {
 public:
  virtual ~ModelService() = default;
  virtual std::vector<ModelView> models(ChannelId channel) const = 0;
  virtual std::optional<std::string> current_model(ChannelId channel) const = 0;
  virtual void set_model(const chat::Person& by, ChannelId channel, std::string_view alias, Done done) = 0;
};

// What is absent stays as it is, or is the default.
struct ProjectChange {
  std::string name;
  std::optional<std::string> repository, directory, model, system_prompt, allow;
  std::optional<ChannelId> channel;
};

class ProjectService {
 public:
  using Progress = std::function<void(const std::string& words)>;

  virtual ~ProjectService() = default;
  // Both are valid until something is changed.
  virtual const std::vector<chat::Project>& projects() const = 0;
  virtual const chat::Project* project_of(ChannelId channel) const = 0;
  // Whether commands are for this person at all, there: not in a server that has none of our channels.
  virtual bool admits(const chat::Person& by) const = 0;
  // Why this person may not change projects and plugins, as a sentence for that person; empty: may.
  virtual std::string refuses(const chat::Person& by) const = 0;
  virtual void add(const chat::Person& by, ProjectChange change, Progress progress, Done done) = 0;
  virtual void set(const chat::Person& by, ProjectChange change, Done done) = 0;
  virtual void remove(const chat::Person& by, std::string_view name, Done done) = 0;
};

struct UsageRow {
  WallTime day{};
  ChannelId channel;
  UserId user;
  std::string user_name;
  std::uint32_t turns = 0;
  std::uint64_t input_tokens = 0, output_tokens = 0;
  double cost_usd = 0;
};

class UsageService {
 public:
  virtual ~UsageService() = default;
  virtual void usage(WallTime since, std::function<void(Result<std::vector<UsageRow>>)> done) = 0;
};

// A plugin's own values. They are in memory; a change is written with the iteration's commit.
class StorageService {
 public:
  using Values = std::map<std::string, std::string, std::less<>>;

  virtual ~StorageService() = default;
  // Stays in its place whatever is put or erased, once there was a value.
  virtual const Values& values(std::string_view plugin) const = 0;
  // An absent value erases.
  virtual void put(std::string_view plugin, std::string_view key, std::optional<std::string> value) = 0;
};

class MetricService {
 public:
  virtual ~MetricService() = default;
  // What breaks a rule is left out; the error says which.
  virtual tl::expected<void, Refusal> count(std::string_view plugin, std::string_view name, double by) = 0;
  virtual tl::expected<void, Refusal> gauge(std::string_view plugin, std::string_view name, double value) = 0;
};

struct Services {
  SessionService& sessions;
  QueueService& queue;
  ModelService& models;
  ProjectService& projects;
  UsageService& usage;
  StorageService& storage;
  MetricService& metrics;
  ApprovalService& approvals;
  AuditService& audit;
};

}  // namespace coordinator::command
