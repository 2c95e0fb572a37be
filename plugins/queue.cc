// The command /queue: which mentions run and wait, and buttons to cancel one.
#include <coordinator/plugin.hpp>

using namespace coordinator::plugin;

namespace {

constexpr std::size_t kButtons = 5, kShown = 25;

std::string line_of(const Mention& mention, std::size_t number, std::int64_t now) {
  std::string who = mention.user_name.empty() ? user_mention(mention.user) : plain(mention.user_name);
  std::string since = mention.running ? "runs for " + lasting(now - mention.started)
                                      : "waits for " + lasting(now - mention.arrived);
  return "`" + grouped(number) + "` **" + who + "** " + since + ": " +
         (blank(mention.prompt) ? "(no text)" : excerpt(mention.prompt, 60));
}

// Buttons while they fit into a row, else a menu.
void add_ways_to_cancel(Message& message, const std::vector<Mention>& mentions, Id channel) {
  if (mentions.size() <= kButtons) {
    std::vector<Button> buttons;
    for (std::size_t i = 0; i < mentions.size(); ++i)
      buttons.push_back(Button::secondary((mentions[i].running ? "Stop " : "Cancel ") + grouped(i + 1),
                                          "cancel:" + decimal(channel) + ":" + decimal(mentions[i].message)));
    message.row(buttons);
    return;
  }
  Select select("pick:" + decimal(channel), "Cancel one…");
  for (std::size_t i = 0; i < mentions.size() && !select.full(); ++i)
    select.option(grouped(i + 1) + ". " + one_line(mentions[i].prompt, 80), decimal(mentions[i].message),
                  mentions[i].user_name);
  message.row(select);
}

Message shown(const Host& host, Id channel, const std::string& note = "") {
  auto mentions = Queue(host).mentions(channel);
  std::string text = note.empty() ? "" : note + "\n\n";
  if (mentions.empty())
    return Message(text + "Nothing runs or waits in " + channel_mention(channel) + ".").only();
  Lines lines(4096, kShown + 1);
  lines.add(channel_mention(channel));
  std::int64_t now = now_ms();
  for (std::size_t i = 0; i < mentions.size(); ++i) lines.add(line_of(mentions[i], i + 1, now));
  Message message(text);
  message.embed(Embed().title("Queue").description(lines.text()));
  add_ways_to_cancel(message, mentions, channel);
  return message.only();
}

void cancel(const Call& call, Id channel, Id mention) {
  Queue(call.host()).cancel(call, mention, [held = call.hold(), channel](const Outcome& outcome) {
    held->edit(shown(held->host(), channel, outcome.words_or("Cancelled.")));
  });
}

void pressed(const Call& call) {
  auto detail = call.detail();
  auto colon = detail.find(':');
  if (colon == detail.npos) throw Error(COORDINATOR_INVALID, "a button without a mention");
  cancel(call, id_in(detail.substr(0, colon)), id_in(detail.substr(colon + 1)));
}

void picked(const Call& call) {
  auto values = call.values();
  if (values.empty()) throw Error(COORDINATOR_INVALID, "a menu without a choice");
  cancel(call, id_in(call.detail()), id_in(values.front()));
}

}  // namespace

COORDINATOR_PLUGIN(plugin, "queue", "1.0", "Shows and cancels what waits") {
  plugin.command("queue", "Shows what runs and waits, and cancels one of them")
      .option(Option::channel("channel", "Another channel than this one"))
      .ephemeral()
      .run([](const Call& call) { call.respond(shown(call.host(), call.id("channel", call.channel()))); });
  plugin.button("cancel", pressed).select("pick", picked);
  plugin.need_extension(COORDINATOR_QUEUE);
}
