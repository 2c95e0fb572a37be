// The command /reset: ends a channel's session after asking, so that the next mention begins a new one.
#include <coordinator/plugin.hpp>

using namespace coordinator::plugin;

namespace {

std::string running_words(const Mention& mention) {
  std::string who = mention.user_name.empty() ? user_mention(mention.user) : plain(mention.user_name);
  return "**" + who + "**: " + excerpt(mention.prompt, 100) + " (for " + lasting(now_ms() - mention.started) +
         ")";
}

Message question(const Call& call, const Dialog& dialog, const Session& session) {
  Embed embed;
  embed.title("Reset this session?").description("The next mention begins a new one, without its memory.");
  embed.field("Channel", channel_mention(session.channel), true);
  embed.field("Project", plain(session.project), true);
  embed.field("Messages", grouped(session.messages), true);
  std::vector<Button> buttons{Button::danger("Yes, reset", dialog.id("yes"))};
  for (const Mention& mention : Queue(call.host()).mentions(session.channel)) {
    if (!mention.running) continue;
    embed.field("A turn is running",
                running_words(mention) + "\nWith “Yes, reset” it ends in the old session.");
    buttons.push_back(Button::danger("Cancel it and reset", dialog.id("cancel-turn")));
  }
  buttons.push_back(Button::secondary("Cancel", dialog.id("no")));
  return Message().embed(embed).row(buttons);
}

void run(const Call& call) {
  Id channel = call.id("channel", call.channel());
  if (!Projects(call.host()).of_channel(channel))
    return void(
        call.whisper("No project speaks to " + channel_mention(channel) +
                     ", so there is nothing to reset. An administrator can give it one: `/project set`."));
  auto sessions = Sessions(call.host()).current(channel);
  if (sessions.empty())
    return void(
        call.whisper(channel_mention(channel) + " has no session to reset. The next mention begins one."));
  Dialog dialog(call, decimal(channel));
  dialog.ask(question(call, dialog, sessions.front()), std::chrono::seconds(60),
             "This question has timed out after 60 seconds. Nothing was reset; use /reset again.");
}

void reset(const Call& call, bool cancel_running) {
  auto about = Dialog::answered(call);
  if (!about) return;
  Id channel = id_in(*about);
  Sessions(call.host())
      .reset(call, channel, cancel_running, [held = call.hold(), channel](const Outcome& outcome) {
        held->edit(Message(outcome.words_or("Reset. The next mention in " + channel_mention(channel) +
                                            " begins a new session."))
                       .only());
        // Everybody in the channel should know why the agent remembers nothing.
        if (outcome.ok() && channel == held->channel())
          held->follow_up(user_mention(held->user()) + " has reset the session of this channel.");
      });
}

}  // namespace

COORDINATOR_PLUGIN(plugin, "reset", "1.0", "Begins a channel's session anew") {
  plugin.command("reset", "Ends this channel's session: the next mention begins a new one")
      .option(Option::channel("channel", "Another channel than this one"))
      .needs(kManageMessages)
      .ephemeral()
      .run(run);
  plugin.button("yes", [](const Call& call) { reset(call, false); });
  plugin.button("cancel-turn", [](const Call& call) { reset(call, true); });
  plugin.button("no", [](const Call& call) {
    if (Dialog::answered(call)) call.edit(Message("Nothing was reset.").only());
  });
  plugin.need_extension(COORDINATOR_SESSIONS).need_extension(COORDINATOR_QUEUE);
  plugin.need_extension(COORDINATOR_PROJECTS).need_extension(COORDINATOR_STORAGE);
  plugin.need_extension(COORDINATOR_TIMERS);
}
