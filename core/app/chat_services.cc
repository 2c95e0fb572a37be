#include "app/chat_services.h"

#include <algorithm>
#include <utility>

#include "app/chat_refusals.h"
#include "chat/access.h"
#include "chat/house_button.h"
#include "chat/phrases.h"
#include "coordinator/plugin.h"

namespace coordinator::app {

namespace {

using command::Done;
using command::Refusal;
using command::SessionView;
using Words = tl::expected<std::string, Refusal>;

std::string mention_of(ChannelId channel) { return "<#" + channel.text() + ">"; }

std::string words_of_reset(const chat::SessionState& state, bool cancel_running) {
  std::string words = fmt::format("The session of {} is reset: the next mention begins a new one.",
                                  mention_of(state.session.channel));
  if (state.running && cancel_running) return words + " The turn that runs is being cancelled.";
  if (state.running) return words + " The turn that runs goes on in the old one.";
  return words;
}

std::uint32_t count(std::size_t number) { return static_cast<std::uint32_t>(number); }

}  // namespace

std::vector<SessionView> ChatSessions::sessions(std::optional<ChannelId> channel) const {
  std::vector<SessionView> views;
  for (chat::SessionState& state : links_.engine.sessions(channel))
    views.push_back({std::move(state.session), count(state.running), count(state.waiting)});
  return views;
}

void ChatSessions::history(ChannelId channel, std::function<void(Result<std::vector<SessionView>>)> done) {
  links_.after_commit([this, channel, done = std::move(done)] {
    links_.store.history(channel, [this, channel, done](Result<std::vector<store::Session>> sessions) {
      if (!sessions) return done(tl::unexpected(sessions.error()));
      auto states = links_.engine.sessions(channel);
      std::vector<SessionView> views;
      for (store::Session& session : *sessions) {
        views.push_back({std::move(session), 0, 0});
        if (states.empty()) continue;
        views.back().running = count(states[0].running);
        views.back().queued = count(states[0].waiting);
      }
      done(std::move(views));
    });
  });
}

void ChatSessions::reset(const chat::Person& by, ChannelId channel, bool cancel_running, Done done) {
  auto answer = [&](Words words) {
    links_.after_commit([done = std::move(done), words = std::move(words)] { done(words); });
  };
  if (auto refusal = refuse_stranger(links_.engine, by, channel, chat::kManageMessages))
    return answer(tl::unexpected(*refusal));
  auto states = links_.engine.sessions(channel);
  if (states.empty())
    return answer(refused(COORDINATOR_NOT_FOUND, "{} has no session to reset. The next mention begins one.",
                          mention_of(channel)));
  links_.tell(chat::ResetSession{channel, cancel_running, "its session was reset by " + by.user.text()});
  answer(words_of_reset(states[0], cancel_running));
}

void ChatSessions::resume(const chat::Person& by, ChannelId channel, std::string_view session_id, Done done) {
  auto step = [this, channel](const store::Session& session) -> Words {
    if (session.current)
      return fmt::format("That is the current session of {} already.", mention_of(channel));
    links_.tell(chat::ResumeSession{channel, session});
    return fmt::format("The next mention in {} goes on in that session.", mention_of(channel));
  };
  with_session(by, channel, session_id, step, std::move(done));
}

void ChatSessions::fork(const chat::Person& by, ChannelId channel, std::string_view session_id, Done done) {
  auto step = [this, channel](const store::Session& session) -> Words {
    if (!session.begun)
      return refused(COORDINATOR_INVALID,
                     "That session has not begun yet, so there is nothing to copy. Mention me first.");
    links_.tell(chat::ForkSession{channel, session});
    return fmt::format(
        "The next mention in {} goes on in a copy of that session; the original stays as it is.",
        mention_of(channel));
  };
  with_session(by, channel, session_id, step, std::move(done));
}

void ChatSessions::with_session(const chat::Person& by, ChannelId channel, std::string_view session_id,
                                Step step, Done done) {
  if (auto refusal = refuse_stranger(links_.engine, by, channel, 0))
    return links_.after_commit(
        [done = std::move(done), refusal = std::move(*refusal)] { done(tl::unexpected(refusal)); });
  links_.store.history(channel, [this, channel, id = std::string(session_id), step = std::move(step),
                                 done = std::move(done)](const Result<std::vector<store::Session>>& history) {
    Words words = history
                      ? take(*history, channel, id, step)
                      : refused(COORDINATOR_FAILED, "The sessions cannot be read: {}", history.error().what);
    links_.after_commit([done, words = std::move(words)] { done(words); });
  });
}

// Which one is current, the engine knows best.
Words ChatSessions::take(const std::vector<store::Session>& history, ChannelId channel,
                         const std::string& session_id, const Step& step) const {
  const chat::Project* project = links_.engine.router().project_of(channel);
  const store::Session* current = links_.engine.session_of(channel);
  auto found = std::find_if(history.begin(), history.end(),
                            [&](const store::Session& session) { return session.session_id == session_id; });
  bool is_current = current && current->session_id == session_id;
  if (!project || (found == history.end() && !is_current))
    return refused(COORDINATOR_NOT_FOUND, "{} had no such session. `/sessions` lists those that it had.",
                   mention_of(channel));
  store::Session session = is_current ? *current : *found;
  session.current = is_current;
  if (session.project != project->name || session.agent != project->agent)
    return refused(
        COORDINATOR_INVALID,
        "That session belongs to the project **{}**, and {} speaks to **{}** now, so it cannot go on "
        "here. Choose another one by `/sessions`.",
        session.project, mention_of(channel), project->name);
  return step(session);
}

std::vector<command::MentionView> ChatQueue::mentions(std::optional<ChannelId> channel) const {
  std::vector<command::MentionView> views;
  for (chat::MentionState& state : links_.engine.mentions(channel))
    views.push_back({std::move(state.mention), state.running});
  return views;
}

void ChatQueue::cancel(const chat::Person& by, MessageId message, Done done) {
  auto answer = [&](Words words) {
    links_.after_commit([done = std::move(done), words = std::move(words)] { done(words); });
  };
  auto state = links_.engine.mention(message);
  if (!state)
    return answer(refused(COORDINATOR_NOT_FOUND,
                          "That mention neither waits nor runs any more. `/queue` shows those that do."));
  const store::Inbox& mention = state->mention;
  if (!may_cancel(links_.engine, by, mention))
    return answer(refused(COORDINATOR_REFUSED,
                          "You may not cancel this. Its author may, and who may approve for the project or "
                          "manage messages in {}.",
                          mention_of(mention.channel)));
  bool own = by.user == mention.author;
  links_.tell(
      chat::CancelMention{message, own ? "cancelled by its author" : "cancelled by " + by.user.text()});
  answer(state->running ? fmt::format("The turn of <@{}> in {} is being stopped.", mention.author.text(),
                                      mention_of(mention.channel))
                        : fmt::format("The mention of <@{}> was taken out of the queue of {}.",
                                      mention.author.text(), mention_of(mention.channel)));
}

void ChatQueue::retry(const chat::Person& by, MessageId message, Done done) {
  links_.store.mention(message, [this, by, done = std::move(done)](Result<std::optional<store::Kept>> kept) {
    Words words =
        kept ? begin_again(by, std::move(*kept)) : refused(COORDINATOR_FAILED, "{}", kept.error().what);
    links_.after_commit([done, words = std::move(words)] { done(words); });
  });
}

Words ChatQueue::begin_again(const chat::Person& by, std::optional<store::Kept> kept) const {
  if (!kept)
    return refused(COORDINATOR_NOT_FOUND,
                   "This request is not known any more. Ask again with a new message.");
  const store::Inbox& mention = kept->mention;
  const chat::Project* project = links_.engine.router().project_named(mention.project);
  if (!project || links_.engine.router().project_of(mention.channel) != project)
    return refused(COORDINATOR_NOT_FOUND, "{}", chat::phrases::project_gone(mention.project));
  if (!chat::allows(project->allow, by))
    return refused(COORDINATOR_REFUSED, "{}", chat::phrases::not_allowed());
  if (!chat::retryable(mention.state) || links_.engine.knows(mention.message))
    return refused(COORDINATOR_INVALID, "Somebody has asked for this once more already.");
  links_.tell(chat::RetryMention{std::move(*kept)});
  return std::string();
}

void ChatUsage::usage(WallTime since, std::function<void(Result<std::vector<command::UsageRow>>)> done) {
  links_.after_commit([this, since, done = std::move(done)] {
    links_.store.usage(since, [done](const Result<std::vector<store::Usage>>& used) {
      if (!used) return done(tl::unexpected(used.error()));
      std::vector<command::UsageRow> rows;
      for (const store::Usage& row : *used)
        rows.push_back({row.day, row.channel, row.user, row.user_name, row.turns, row.input_tokens,
                        row.output_tokens, row.cost_usd});
      done(std::move(rows));
    });
  });
}

}  // namespace coordinator::app
