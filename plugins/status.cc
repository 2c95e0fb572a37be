// The command /status: every session at a glance.
#include <coordinator/plugin.hpp>

using namespace coordinator::plugin;

namespace {

std::string line_of(const Session& session, std::int64_t now) {
  std::string line = channel_mention(session.channel) + " · ";
  line += session.model.empty() ? "default model" : plain(session.model);
  line += " · " + counted(session.messages, "message") + " · " + ago(session.last_activity, now);
  line += " · " + dollars(session.cost_usd);
  if (session.running) line += "\n" + grouped(session.running) + " running";
  if (session.queued) line += (session.running ? ", " : "\n") + grouped(session.queued) + " queued";
  return line;
}

std::string totals(const std::vector<Session>& sessions) {
  std::uint64_t messages = 0, running = 0, queued = 0;
  double cost = 0;
  for (const Session& session : sessions) {
    messages += session.messages, running += session.running, queued += session.queued;
    cost += session.cost_usd;
  }
  return counted(sessions.size(), "session") + " · " + counted(messages, "message") + " · " +
         grouped(running) + " running · " + grouped(queued) + " queued · " + dollars(cost);
}

std::string left_out_words(std::size_t count) {
  return count ? "The last active ones; " + grouped(count) + " more are not shown." : "";
}

void run(const Call& call) {
  auto sessions = Sessions(call.host()).current();
  if (sessions.empty()) return void(call.respond("No active sessions."));
  Embed embed;
  embed.title("Sessions").footer(totals(sessions));
  embed.description(left_out_words(sessions.size()));  // takes the room that it may need
  std::int64_t now = now_ms();
  for (const Session& session : sessions) {
    if (!embed.fits(session.project, line_of(session, now))) break;
    embed.field(session.project, line_of(session, now));
  }
  embed.description(left_out_words(sessions.size() - embed.fields()));
  call.respond(Message().embed(embed));
}

}  // namespace

COORDINATOR_PLUGIN(plugin, "status", "1.0", "Shows every session") {
  plugin.command("status", "Shows all sessions: project, model, messages, activity, turns and cost")
      .ephemeral()
      .run(run);
  plugin.need_extension(COORDINATOR_SESSIONS);
}
