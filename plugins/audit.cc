// The command /audit: what agents asked people to allow, who decided, and when.
#include <coordinator/plugin.hpp>

using namespace coordinator::plugin;

namespace {

std::string decision(const AuditRow& row) {
  switch (row.decision) {
    case COORDINATOR_UNDECIDED:
      return "⏳ not decided yet";
    case COORDINATOR_ALLOWED:
      return "✅ allowed once";
    case COORDINATOR_ALLOWED_SESSION:
      return "✅ allowed for the session";
    case COORDINATOR_DENIED:
      return "⛔ denied";
    case COORDINATOR_EXPIRED:
      return "⌛ nobody answered in time";
    default:
      return "withdrawn by the agent";
  }
}

std::string when(std::int64_t ms) { return "<t:" + decimal(static_cast<std::uint64_t>(ms / 1000)) + ":f>"; }

// One line of code; what would end it is left out.
std::string code(const std::string& words) {
  std::string line = one_line(words, 90);
  for (char& c : line)
    if (c == '`') c = '\'';
  return "`" + line + "`";
}

std::string line(const AuditRow& row, bool channels) {
  std::string words = when(row.asked) + " **" + row.tool + "** " + code(row.input) + "\n" + decision(row);
  if (row.decided_by) words += " by " + user_mention(row.decided_by);
  if (!row.reason.empty()) words += ": " + one_line(row.reason, 120);
  words += "\n-# asked for " + user_mention(row.requester);
  if (channels) words += " in " + channel_mention(row.channel);
  return words + ", turn " + row.turn;
}

void run(const Call& call) {
  bool all = call.text("where") == "all";
  std::string who = call.text("tool");
  audit(call, all ? 0 : call.channel(),
        [held = call.hold(), all, who](const Outcome& outcome, const std::vector<AuditRow>& rows) {
          if (!outcome.ok()) return void(held->whisper(outcome.words_or("")));
          Lines lines(4096, 25);
          std::size_t count = 0;
          for (const AuditRow& row : rows)
            if (who.empty() || row.tool == who) lines.add(line(row, all)), ++count;
          if (count == 0) return void(held->whisper("No agent has asked for leave here yet."));
          held->respond(Message().embed(Embed().title("What agents asked for").description(lines.text())));
        });
}

}  // namespace

COORDINATOR_PLUGIN(plugin, "audit", "1.0", "Shows who allowed what") {
  plugin.command("audit", "Shows what agents asked for, and who allowed or denied it")
      .option(Option::text("where", "This channel, or all that you may see")
                  .choice("here", "here")
                  .choice("all", "all"))
      .option(Option::text("tool", "Only this tool: Bash, Write, ..."))
      .ephemeral()
      .run(run);
  plugin.need_extension(COORDINATOR_AUDIT);
}
