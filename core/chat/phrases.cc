#include "chat/phrases.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

#include "agent/place_names.h"
#include "discord/limits.h"

namespace coordinator::chat::phrases {

namespace {

std::string duration(Millis span) {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(span).count();
  if (seconds < 120) return fmt::format("{} s", seconds);
  return fmt::format("{} min", seconds / 60);
}

// Behind what goes on.
std::string since(Millis age) { return age > 0ms ? fmt::format(" · {}", duration(age)) : std::string(); }

// What went beyond which limit, and who can raise it.
std::string stopped(const std::string& what, std::string_view key) {
  return fmt::format(
      "The agent was stopped: {}. Ask again for a smaller step; whoever runs this server can raise `{}`.",
      what, key);
}

// The limits that the configuration sets.
std::string beyond(agent::Failure which, const agent::Limits& limits) {
  using agent::Failure;
  switch (which) {
    case Failure::line_limit:
      return stopped(fmt::format("it wrote a line of more than {}", size(limits.line_bytes)), "agent_line");
    case Failure::output_limit:
      return stopped(fmt::format("it wrote more than {}", size(limits.spool_bytes)), "agent_output");
    case Failure::memory_limit:
      return stopped(
          fmt::format("it and its programs used more than {} of memory", size(limits.memory_bytes)),
          "turn_memory");
    case Failure::process_limit:
      return stopped(fmt::format("it ran more than {} programs at once", limits.processes), "turn_processes");
    case Failure::cpu_limit:
      return stopped(
          fmt::format("it and its programs used more than {} of CPU time", duration(limits.cpu_time)),
          "turn_cpu_time");
    case Failure::silent:
      return stopped(fmt::format("it said nothing for {}", duration(limits.inactivity)),
                     "inactivity_timeout");
    case Failure::out_of_time:
      return stopped(
          fmt::format("its request took longer than {}", duration(limits.wall_clock.value_or(0ms))),
          "turn_timeout");
    default:
      return {};
  }
}

std::string why(const agent::TurnEnded& end, const agent::Limits& limits) {
  using agent::Failure;
  if (std::string limit = beyond(end.failure, limits); !limit.empty()) return limit;
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
    case Failure::no_directory:
      return "The project's directory cannot be entered, so nothing was run. Whoever runs this server has to "
             "put it "
             "back, or correct `directory`.";
    case Failure::busy:
      return "The server has no room for another program just now. Ask again in a minute; if this stays so, "
             "whoever "
             "runs it has to look at its log.";
    case Failure::disk_full:
      return "The agent was stopped, since the server's disk is nearly full. What was done so far stays as "
             "it is. Ask "
             "again when there is room; whoever runs this server has to make some.";
    case Failure::lost:
      return interrupted();
    default:
      return "The agent stopped before it had finished. Ask again; if it happens once more, tell whoever "
             "runs this server.";
  }
}

}  // namespace

std::string size(std::uint64_t bytes) {
  if (bytes >= 10u << 20) return fmt::format("{} MiB", bytes >> 20);
  return bytes >= 10u << 10 ? fmt::format("{} KiB", bytes >> 10) : fmt::format("{} bytes", bytes);
}

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
  return "This request was interrupted: its agent was lost when the server went down, or something ended it. "
         "What was done so far stays as it is. Retry, or ask for what is missing.";
}

std::string refused() {
  return "Discord did not take the answer. Ask for it in another form; whoever runs this server finds the "
         "reason in its log.";
}

std::string no_files() {
  return "-# Discord took no file here, so this is the answer without any. Let me attach files in this "
         "channel "
         "(the permission Attach Files) to get long code and long answers whole.";
}

std::string files_missing(const std::vector<std::string>& names) {
  return fmt::format(
      "-# Discord did not take {}: what is in there is missing. Ask for it again, in smaller parts.",
      fmt::join(names, ", "));
}

std::string answer_cut(std::size_t bytes) {
  return fmt::format(
      "*… Here the agent had written more than {}, and the rest was left out. Ask for it, or for "
      "a shorter answer.*",
      size(bytes));
}

std::string using_tool(std::string_view tool, std::string_view summary, Millis age) {
  std::string words(summary);
  std::ranges::replace(words, '`', '\'');
  return "-# " + std::string(tool) + (words.empty() ? std::string() : " `" + words + "`") + since(age);
}

std::string retrying(int attempt, int limit, Millis age) {
  return fmt::format("-# The agent's API does not answer as it should; it tries again ({} of {}){}", attempt,
                     limit, since(age));
}

std::string working(Millis age) { return "-# working" + since(age); }

std::string not_attached(const store::Attachment& file, const ChatLimits& limits) {
  using State = store::AttachmentState;
  switch (file.state) {
    case State::too_large:
      return fmt::format(
          "it is larger than the {} that are fetched; whoever runs this server can raise `attachment_size`",
          size(limits.attachment_bytes));
    case State::too_many:
      return fmt::format(
          "a message may bring {} files; send it with the next one, or ask whoever runs this server to raise "
          "`attachments`",
          limits.attachments);
    case State::gone:
      return "Discord has it no more, or its link has expired; attach it again";
    case State::no_room:
      return "the server's disk is nearly full; attach it again when whoever runs it has made room";
    case State::no_place:
      return "it could not be written to the project's directory; whoever runs this server finds the reason "
             "in its log";
    default:
      return "it could not be fetched from Discord; attach it again";
  }
}

std::string files_lacking() { return "-# Not all that was attached got here:"; }

std::string left_behind(const Parcel::Left& left) {
  switch (left.why) {
    case LeftBehind::too_large:
      return fmt::format("it has {}, and Discord takes {} a file", size(left.bytes),
                         size(discord::limits::kFileBytes));
    case LeftBehind::too_many:
      return fmt::format("Discord takes {} files and {} a message", discord::limits::kFiles,
                         size(discord::limits::kRequestBytes));
    case LeftBehind::unreadable:
      return "it could not be read; whoever runs this server finds the reason in its log";
    default:
      return "it is no plain file (a directory or a link); ask for it as an archive";
  }
}

std::string left_behind(const std::string& place, std::size_t more) {
  std::string also = more > 0 ? fmt::format(" (and {} more)", more) : std::string();
  return fmt::format("-# Not all files of the agent could be attached{}; for a week they are in `{}`:", also,
                     place);
}

std::string only_files() { return "-# The agent's files:"; }

std::string files_kept_back(const std::vector<std::string>& names, const std::string& place) {
  return fmt::format(
      "-# The agent's files are missing: `{}`. For a week they are in `{}`; ask for them again when I may "
      "attach files here.",
      fmt::join(names, "`, `"), place);
}

std::string about_the_outbox(const std::string& directory) {
  return fmt::format(
      "Your answer is shown in a chat. To give people a file (a picture, a document, an archive), put it "
      "into the directory {0} (its absolute path is in ${1}): what is in there when your turn ends is "
      "attached to your answer and taken away, at most {2} files of {3} each. Put nothing else there.",
      directory, agent::kOutboxVariable, discord::limits::kFiles, size(discord::limits::kFileBytes));
}

std::string closing() {
  return "This request was stopped because the server is shutting down. Retry when it is back.";
}

std::string project_gone(std::string_view project) {
  return fmt::format("The project \"{}\" is no longer configured here, so this request was not run.",
                     project);
}

std::string failed(const agent::TurnEnded& end, const agent::Limits& limits, std::string_view id) {
  return fmt::format("{}\n-# Error id `{}`", why(end, limits), id);
}

}  // namespace coordinator::chat::phrases
