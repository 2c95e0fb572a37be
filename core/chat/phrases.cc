#include "chat/phrases.h"

#include <fmt/format.h>

#include <chrono>

namespace coordinator::chat::phrases {

namespace {

std::string duration(Millis span) {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(span).count();
  if (seconds < 120) return fmt::format("{} s", seconds);
  return fmt::format("{} min", seconds / 60);
}

std::string why(const agent::TurnEnded& end, const agent::Limits& limits) {
  using agent::Failure;
  if (end.timed_out && end.failure != Failure::not_started)
    return fmt::format(
        "The agent was stopped: it said nothing for {} or ran out of its time. Ask again, perhaps for a "
        "smaller step.",
        duration(limits.inactivity));
  switch (end.failure) {
    case Failure::not_logged_in:
      return "The agent is not logged in. Whoever runs this server has to log it in, then ask again.";
    case Failure::model_unknown:
      return "The agent does not know the model that it was to use. Choose another with `/model`, or go back "
             "to the project's own with `/model default`; if that is the one, whoever runs this server has "
             "to "
             "correct `model`.";
    case Failure::rate_limited:
      return "The agent's service says that its usage limit is reached. Ask again later.";
    case Failure::overloaded:
      return "The agent's service is overloaded. Ask again in a few minutes.";
    case Failure::prompt_too_long:
      return "The conversation has grown too long for the model. Start a new one, or ask for something "
             "shorter.";
    case Failure::limit_reached:
      return "The agent reached a limit that was set for it. Ask it to go on, or for a smaller step.";
    case Failure::network:
      return "The agent could not reach its service. Ask again in a few minutes.";
    case Failure::not_started:
      return "The agent's program could not be started. Whoever runs this server has to install it, or "
             "correct `command`.";
    case Failure::lost:
      return interrupted();
    default:
      return "The agent stopped before it had finished. Ask again; if it happens once more, tell whoever "
             "runs this server.";
  }
}

}  // namespace

std::string help(const Project& project) {
  return fmt::format(
      "Mention me together with what you want done, and the agent works on it in **{}**. "
      "One request runs at a time in a channel; the next ones wait in order. Put {} on your message to "
      "cancel it.",
      project.name, kCancel);
}

std::string queue_full(std::size_t limit) {
  return fmt::format(
      "{} requests wait in this channel already, so this one was not taken. Ask again when some are done.",
      limit);
}

std::string not_allowed() {
  return "You may not give this project's agent work. Whoever runs this server can add you to its `allow` "
         "list.";
}

std::string nothing_written() { return "-# The agent finished without writing an answer."; }

std::string new_session() {
  return "-# The earlier conversation could not be found any more; this is the start of a new one.";
}

std::string cancelled() { return "-# Cancelled. What was done so far stays as it is."; }

std::string interrupted() {
  return "This request was interrupted when the server went down, and may be half done. Ask again to have it "
         "finished.";
}

std::string closing() {
  return "This request was stopped because the server is shutting down. Ask again when it is back.";
}

std::string project_gone(std::string_view project) {
  return fmt::format("The project \"{}\" is no longer configured here, so this request was not run.",
                     project);
}

std::string failed(const agent::TurnEnded& end, const agent::Limits& limits, std::string_view id) {
  return fmt::format("{}\n-# Error id `{}`", why(end, limits), id);
}

}  // namespace coordinator::chat::phrases
