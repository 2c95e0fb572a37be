// The life of interactions: three seconds for the one callback, fifteen minutes for the token.
// https://discord.com/developers/docs/interactions/receiving-and-responding
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/random.h"
#include "model.h"
#include "reply.h"

namespace coordinator::playground {

struct Interaction {
  static constexpr int kCommand = 2, kComponent = 3, kAutocomplete = 4, kModal = 5;
  enum class State { waiting, answered, failed };

  InteractionId id;
  std::string token;
  int type = kCommand;
  ApplicationId application;
  UserId user;
  ChannelId channel;
  std::optional<MessageId> message;  // the one whose component was used, also before a modal
  std::string name, custom_id;
  int command_type = 1;
  WallTime created;
  State state = State::waiting;
  int callback = 0;                      // the type of the callback that was given
  std::optional<MessageId> original;     // what @original means, once there is one
  bool ephemeral = false;                // of a deferred answer: for good
  std::optional<Json> modal;             // the one that was shown
  std::optional<InteractionId> trigger;  // of a modal's submission: the one that was answered with the modal
  std::shared_ptr<const Json> response;  // what the control interface tells about the answer
};

class Interactions {
 public:
  static constexpr Millis kCallbackTime = 3s, kTokenTime = 15min;

  // Its id must be new; the token is made here.
  Interaction& add(Interaction interaction, Random& random);
  Interaction* find(InteractionId id);
  Interaction* find(std::string_view token);

  // Takes the one callback: the interaction, now answered, or the refusal (10062, 40060, 50035).
  Checked<Interaction*> answer(InteractionId id, std::string_view token, int callback, WallTime now);
  // For the routes below /webhooks: 50027 past the token's time, 10015 for an unknown one or an interaction
  // that was not answered yet.
  Checked<Interaction*> by_token(ApplicationId application, std::string_view token, WallTime now);
  // The three seconds are over: true when that made it fail now.
  bool expire(InteractionId id);

 private:
  static constexpr std::size_t kKept = 10'000;
  std::map<InteractionId, Interaction> interactions_;
};

}  // namespace coordinator::playground
