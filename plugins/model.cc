// The command /model: which model answers in this channel.
#include <coordinator/plugin.hpp>

using namespace coordinator::plugin;

namespace {

std::string named(const std::string& alias) {
  return alias.empty() ? "the agent's default" : "**" + plain(alias) + "**";
}

std::string known_words(const std::vector<Model>& models) {
  std::string words;
  for (const Model& model : models) words += (words.empty() ? "`" : ", `") + model.alias + "`";
  return words;
}

Choices complete(const Call& call) {
  Choices choices(call.typed());
  for (const Model& model : Models(call.host()).known(call.channel()))
    choices.add(model.description.empty() ? model.alias : model.alias + ": " + model.description,
                model.alias);
  return choices.add("default: what the project says", "default");
}

void run(const Call& call) {
  Models models(call.host());
  auto before = models.current(call.channel());
  if (!before)
    return void(
        call.whisper("No project speaks to this channel, so it has no model. An administrator can give it "
                     "one: `/project set`."));
  std::string alias = call.text("name");
  models.set(call, call.channel(), alias,
             [held = call.hold(), alias, before = *before](const Outcome& outcome) {
               if (outcome.ok()) {
                 std::string after = Models(held->host()).current(held->channel()).value_or("");
                 std::string change = before == after ? "The model stays " + named(after) + "."
                                                      : "Model: " + named(before) + " → " + named(after) +
                                                            ". From the next mention on, also after resets.";
                 return void(held->respond(outcome.words_or(change)));
               }
               std::string words = outcome.words_or("");
               auto known = known_words(Models(held->host()).known(held->channel()));
               if (outcome.result == COORDINATOR_NOT_FOUND && outcome.words.empty())
                 words = "There is no model `" + one_line(alias, 50) + "` here. Choose one of " + known +
                         ", or `default`.";
               held->whisper(words);
             });
}

}  // namespace

COORDINATOR_PLUGIN(plugin, "model", "1.0", "Chooses a channel's model") {
  plugin.command("model", "Chooses the model that answers in this channel")
      .option(Option::text("name", "An alias, such as sonnet; default: what the project says")
                  .required()
                  .complete(complete))
      .run(run);
  plugin.need_extension(COORDINATOR_MODELS);
}
