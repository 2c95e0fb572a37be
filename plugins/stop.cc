// The command /stop: ends the turn that runs in this channel.
#include <coordinator/plugin.hpp>

using namespace coordinator::plugin;

namespace {

std::string waiting_words(std::size_t waiting) {
  if (waiting == 0) return "";
  if (waiting == 1) return " One mention waits: its turn is next.";
  return " " + counted(waiting, "mention") + " wait: the next one's turn begins.";
}

void stop(const Call& call, const Mention& mention, std::size_t waiting) {
  std::string who = mention.user_name.empty() ? user_mention(mention.user) : plain(mention.user_name);
  std::string stopped = "Stopped the turn of **" + who + "** after " + lasting(now_ms() - mention.started) +
                        "." + waiting_words(waiting);
  if (!blank(mention.prompt)) stopped += "\n> " + excerpt(mention.prompt, 200);
  Queue(call.host()).cancel(call, mention.message, [held = call.hold(), stopped](const Outcome& outcome) {
    // What was stopped is said here, whatever the host's words are.
    if (outcome.ok()) return void(held->respond(stopped));
    held->whisper(outcome.words_or(""));
  });
}

void run(const Call& call) {
  auto mentions = Queue(call.host()).mentions(call.channel());
  for (const Mention& mention : mentions)
    if (mention.running) return stop(call, mention, mentions.size() - 1);
  call.whisper(mentions.empty()
                   ? "Nothing is running in this channel."
                   : "Nothing is running in this channel; " + counted(mentions.size(), "mention") +
                         (mentions.size() == 1 ? " waits" : " wait") +
                         " for a free agent. Cancel one with `/queue`.");
}

}  // namespace

COORDINATOR_PLUGIN(plugin, "stop", "1.0", "Ends a running turn") {
  plugin.command("stop", "Stops the turn that runs in this channel").run(run);
  plugin.need_extension(COORDINATOR_QUEUE);
}
