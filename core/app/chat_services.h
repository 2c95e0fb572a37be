// What plugins may ask of the chat engine and the store: conversations, queues, models, usage. Here it is
// decided who may, and in which words it is told.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chat/engine.h"
#include "command/services.h"
#include "store/store.h"

namespace coordinator::app {

// What the services are made of; all of it must outlive them, and the tasks that they gave to after_commit.
struct ChatLinks {
  const chat::Engine& engine;
  store::Store& store;
  std::function<void(const chat::Event&)> tell;
  // Runs the task when everything that was told until now is durable; never inside the call.
  std::function<void(std::function<void()>)> after_commit;
};

class ChatSessions : public command::SessionService {
 public:
  explicit ChatSessions(ChatLinks links) : links_(std::move(links)) {}

  std::vector<command::SessionView> sessions(std::optional<ChannelId> channel) const override;
  void history(ChannelId channel,
               std::function<void(Result<std::vector<command::SessionView>>)> done) override;
  void reset(const chat::Person& by, ChannelId channel, bool cancel_running, command::Done done) override;
  void resume(const chat::Person& by, ChannelId channel, std::string_view session_id,
              command::Done done) override;
  void fork(const chat::Person& by, ChannelId channel, std::string_view session_id,
            command::Done done) override;

 private:
  // What becomes of one session of a channel's history: words, or why nothing.
  using Step = std::function<tl::expected<std::string, command::Refusal>(const store::Session& session)>;
  void with_session(const chat::Person& by, ChannelId channel, std::string_view session_id, Step step,
                    command::Done done);
  tl::expected<std::string, command::Refusal> take(const std::vector<store::Session>& history,
                                                   ChannelId channel, const std::string& session_id,
                                                   const Step& step) const;

  ChatLinks links_;
};

class ChatQueue : public command::QueueService {
 public:
  explicit ChatQueue(ChatLinks links) : links_(std::move(links)) {}

  std::vector<command::MentionView> mentions(std::optional<ChannelId> channel) const override;
  void cancel(const chat::Person& by, MessageId mention, command::Done done) override;
  void retry(const chat::Person& by, MessageId mention, command::Done done) override;

 private:
  tl::expected<std::string, command::Refusal> begin_again(const chat::Person& by,
                                                          std::optional<store::Kept> kept) const;

  ChatLinks links_;
};

class ChatModels : public command::ModelService {
 public:
  explicit ChatModels(ChatLinks links) : links_(std::move(links)) {}

  // The aliases that the project's agent offers; an agent may know more, and those can be set too.
  std::vector<command::ModelView> models(ChannelId channel) const override;
  std::optional<std::string> current_model(ChannelId channel) const override;
  void set_model(const chat::Person& by, ChannelId channel, std::string_view alias,
                 command::Done done) override;

 private:
  ChatLinks links_;
};

class ChatUsage : public command::UsageService {
 public:
  explicit ChatUsage(ChatLinks links) : links_(std::move(links)) {}

  void usage(WallTime since, std::function<void(Result<std::vector<command::UsageRow>>)> done) override;

 private:
  ChatLinks links_;
};

}  // namespace coordinator::app
