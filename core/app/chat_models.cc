// The models that a channel's agent knows, and the choice among them.
#include <algorithm>
#include <utility>

#include "agent/adapter.h"
#include "app/chat_refusals.h"
#include "app/chat_services.h"
#include "base/text.h"
#include "coordinator/plugin.h"

namespace coordinator::app {

namespace {

using command::Done;
using command::Refusal;
using Words = tl::expected<std::string, Refusal>;

constexpr std::size_t kLongestAlias = 64;
constexpr const char* kProjects = "default";  // goes back to the project's own

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool well_formed(std::string_view alias) {
  auto allowed = [](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == '[' || c == ']';
  };
  return !alias.empty() && alias[0] != '-' && alias[0] != '[' && alias.size() <= kLongestAlias &&
         std::all_of(alias.begin(), alias.end(), allowed);
}

std::string lower(std::string_view alias) {
  std::string low(alias);
  for (char& c : low)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return low;
}

// A known alias that was probably meant; empty where there is none. Digits and signs are no slip of a finger:
// who types them means another model.
std::string meant(const std::string& alias, const std::vector<agent::ModelAlias>& known) {
  if (!std::all_of(alias.begin(), alias.end(), letter)) return {};
  std::size_t most = alias.size() >= 6 ? 2 : 1;
  for (const agent::ModelAlias& model : known)
    if (text::distance(lower(alias), model.alias) <= most) return model.alias;
  return text::distance(lower(alias), kProjects) <= most ? kProjects : std::string();
}

std::string list_of(const std::vector<agent::ModelAlias>& known) {
  std::string list;
  for (const agent::ModelAlias& model : known) list += "`" + model.alias + "`, ";
  return list + "or `" + kProjects + "` for the project's own";
}

// The alias as it is to be kept (empty: the project's own), or why it is none.
Words alias_of(std::string_view typed, const agent::Adapter& agent) {
  std::vector<agent::ModelAlias> known = agent.models();
  if (!well_formed(typed))
    return refused(COORDINATOR_INVALID,
                   "A model's alias has up to {} letters, digits and `.` `-` `_` `[` `]`, and does not begin "
                   "with `-` or `[`. Choose {}.",
                   kLongestAlias, list_of(known));
  std::string alias = lower(typed);
  if (alias == kProjects) return std::string();
  auto is_alias = [&](const agent::ModelAlias& model) { return model.alias == alias; };
  if (std::any_of(known.begin(), known.end(), is_alias)) return alias;
  if (agent.is_full_model_id(alias))
    return refused(
        COORDINATOR_INVALID,
        "`{}` names one model for good, and would fail when that model is withdrawn. Choose an alias, "
        "which always means the latest one: {}.",
        typed, list_of(known));
  if (std::string other = meant(alias, known); !other.empty())
    return refused(COORDINATOR_NOT_FOUND, "There is no model `{}` here. Did you mean `{}`?", typed, other);
  return std::string(typed);
}

std::string named(const std::string& model) {
  return model.empty() ? "the agent's default" : "**" + model + "**";
}

std::string words_of_choice(ChannelId channel, const std::string& before, const std::string& after,
                            bool offered) {
  std::string words = before == after
                          ? fmt::format("The model of <#{}> stays {}.", channel.text(), named(after))
                          : fmt::format("The model of <#{}> was {} and is {} from the next mention on.",
                                        channel.text(), named(before), named(after));
  if (offered) return words;
  return words +
         " It is none of those that I know: if the agent does not know it either, it will say so, and "
         "`/model default` goes back.";
}

}  // namespace

std::vector<command::ModelView> ChatModels::models(ChannelId channel) const {
  const chat::Project* project = links_.engine.router().project_of(channel);
  auto agent = project ? agent::make_adapter(project->settings.kind) : nullptr;
  if (!agent) return {};
  std::vector<command::ModelView> views;
  for (agent::ModelAlias& model : agent->models())
    views.push_back({std::move(model.alias), std::move(model.description)});
  return views;
}

std::optional<std::string> ChatModels::current_model(ChannelId channel) const {
  return links_.engine.model_of(channel);
}

void ChatModels::set_model(const chat::Person& by, ChannelId channel, std::string_view typed, Done done) {
  auto answer = [&](Words words) {
    links_.after_commit([done = std::move(done), words = std::move(words)] { done(words); });
  };
  if (auto refusal = refuse_stranger(links_.engine, by, channel, 0)) return answer(tl::unexpected(*refusal));
  const chat::Project& project = *links_.engine.router().project_of(channel);
  auto agent = agent::make_adapter(project.settings.kind);
  if (!agent)
    return answer(
        refused(COORDINATOR_FAILED,
                "The project's agent is of the kind \"{}\", which is unknown. Whoever runs this server "
                "has to correct `kind`.",
                project.settings.kind));
  Words alias = alias_of(typed, *agent);
  if (!alias) return answer(alias);
  std::string before = links_.engine.model_of(channel).value_or("");
  links_.tell(chat::ChooseModel{channel, *alias});
  std::string after = links_.engine.model_of(channel).value_or("");
  auto offered = models(channel);
  bool known = alias->empty() || std::any_of(offered.begin(), offered.end(),
                                             [&](const command::ModelView& m) { return m.alias == *alias; });
  answer(words_of_choice(channel, before, after, known));
}

}  // namespace coordinator::app
