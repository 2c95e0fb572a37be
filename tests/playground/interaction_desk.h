// Interactions from the person's side and back: makes them, sends them to the bot, and turns the bot's
// callback into what the person sees.
#pragma once

#include <functional>

#include "alarms.h"
#include "base/random.h"
#include "base/result.h"
#include "chat.h"
#include "interactions.h"

namespace coordinator::playground {

class InteractionDesk {
 public:
  // `reachable`: whether a bot is connected that would get the interaction.
  InteractionDesk(Chat& chat, Alarms& alarms, Random& random, std::function<bool()> reachable)
      : chat_(chat), alarms_(alarms), random_(random), reachable_(std::move(reachable)) {}

  // `options`: an object by option name (README.md). `focused` makes it an autocomplete.
  Result<Interaction*> run_command(Channel& channel, const User& user, std::string_view name,
                                   JsonView options, std::string_view target,
                                   std::optional<std::string> focused);
  Result<Interaction*> press(Message& message, const User& user, std::string_view custom_id, JsonView values);
  Result<Interaction*> submit(InteractionId shown, const User& user, JsonView fields);

  // POST /interactions/{id}/{token}/callback.
  Reply callback(InteractionId id, std::string_view token, JsonView body,
                 std::vector<std::pair<int, Attachment>> files, bool with_response);

  Interactions& all() { return interactions_; }
  // A message that an interaction's application makes: the answer, or a follow-up.
  Message& post(Interaction& interaction, MessageForm form, bool ephemeral, bool loading);

 private:
  Interaction& start(Interaction interaction, Json data, const User& user);
  Json payload(const Interaction& interaction, Json data, const User& user);
  Json metadata(const Interaction& interaction);
  void answered(Interaction& interaction, Json response);
  Checked<Json> respond(Interaction& interaction, JsonView body, MessageForm form);
  Reply confirmation(const Interaction& interaction);

  Chat& chat_;
  Alarms& alarms_;
  Random& random_;
  std::function<bool()> reachable_;
  Interactions interactions_;
};

}  // namespace coordinator::playground
