// The command /sessions: the conversations that a channel had; resumes an earlier one, or forks one.
#include <coordinator/plugin.hpp>

using namespace coordinator::plugin;

namespace {

std::string summary(const Session& session, std::int64_t now) {
  return ago(session.last_activity, now) + " · " + counted(session.messages, "message") + " · " +
         (session.model.empty() ? "default model" : one_line(session.model, 40)) + " · " +
         dollars(session.cost_usd);
}

Message listed(Id channel, const std::vector<Session>& sessions) {
  std::int64_t now = now_ms();
  Lines lines;
  lines.add(channel_mention(channel));
  Select resume("resume:" + decimal(channel), "Resume an earlier one…");
  Select fork("fork:" + decimal(channel), "Go on in a copy of one…");
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    const Session& session = sessions[i];
    std::string number = grouped(i + 1);
    lines.add("`" + number + "` " + plain(summary(session, now)) + (session.current ? " · **current**" : ""));
    std::string about = session.project + " · " + session.id;
    if (!session.current) resume.option(number + ". " + summary(session, now), session.id, about);
    if (session.messages) fork.option(number + ". " + summary(session, now), session.id, about);
  }
  return Message().embed(Embed().title("Sessions").description(lines.text())).row(resume).row(fork);
}

void list(const Call& call) {
  Id channel = call.channel();
  Sessions(call.host())
      .history(call, channel,
               [held = call.hold(), channel](const Outcome& outcome, const std::vector<Session>& sessions) {
                 if (!outcome.ok()) return void(held->whisper(outcome.words_or("")));
                 if (sessions.empty())
                   return void(held->whisper(channel_mention(channel) +
                                             " had no session yet. Mention the bot to begin one."));
                 held->respond(listed(channel, sessions));
               });
}

void turned_to(const Held& held, const Outcome& outcome, const std::string& done,
               const std::string& public_words) {
  held->edit(Message(outcome.words_or(done)).only());
  // The agent remembers something else now: that concerns everybody in the channel.
  if (outcome.ok()) held->follow_up(user_mention(held->user()) + public_words);
}

std::string chosen(const Call& call) {
  auto values = call.values();
  if (values.empty()) throw Error(COORDINATOR_INVALID, "a menu without a choice");
  return values.front();
}

void resume_session(const Call& call) {
  Sessions(call.host())
      .resume(call, id_in(call.detail()), chosen(call), [held = call.hold()](const Outcome& outcome) {
        turned_to(held, outcome, "Resumed. The next mention goes on in that session.",
                  " has resumed an earlier session of this channel.");
      });
}

void fork_session(const Call& call) {
  Sessions(call.host())
      .fork(call, id_in(call.detail()), chosen(call), [held = call.hold()](const Outcome& outcome) {
        turned_to(
            held, outcome,
            "Forked. The next mention goes on in a copy of that session; the session itself stays as it is.",
            " has forked a session: this channel goes on in a copy of it.");
      });
}

}  // namespace

COORDINATOR_PLUGIN(plugin, "sessions", "1.0", "Lists, resumes and forks sessions") {
  plugin.command("sessions", "Lists this channel's sessions; resumes an earlier one or forks one")
      .ephemeral()
      .run(list);
  plugin.select("resume", resume_session).select("fork", fork_session);
  plugin.need_extension(COORDINATOR_SESSIONS);
}
