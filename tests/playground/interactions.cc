#include "interactions.h"

namespace coordinator::playground {

namespace {

bool fits(int interaction, int callback) {
  switch (callback) {
    case 4:
    case 5:
      return interaction != Interaction::kAutocomplete;
    case 6:
    case 7:
      return interaction == Interaction::kComponent || interaction == Interaction::kModal;
    case 8:
      return interaction == Interaction::kAutocomplete;
    case 9:
      return interaction == Interaction::kCommand || interaction == Interaction::kComponent;
    default:
      return false;
  }
}

}  // namespace

Interaction& Interactions::add(Interaction interaction, Random& random) {
  if (interactions_.size() >= kKept) interactions_.erase(interactions_.begin());
  interaction.token = "aW50ZXJhY3Rpb246" + random.hex(64);
  auto id = interaction.id;
  return interactions_[id] = std::move(interaction);
}

Interaction* Interactions::find(InteractionId id) {
  auto found = interactions_.find(id);
  return found == interactions_.end() ? nullptr : &found->second;
}

Interaction* Interactions::find(std::string_view token) {
  for (auto& [id, interaction] : interactions_)
    if (interaction.token == token) return &interaction;
  return nullptr;
}

Checked<Interaction*> Interactions::answer(InteractionId id, std::string_view token, int callback,
                                           WallTime now) {
  auto* interaction = find(id);
  if (!interaction || interaction->token != token)
    return tl::unexpected(Reply::error(404, 10062, "Unknown interaction"));
  if (interaction->state == Interaction::State::answered)
    return tl::unexpected(Reply::error(400, 40060, "Interaction has already been acknowledged."));
  if (interaction->state == Interaction::State::failed || now > interaction->created + kCallbackTime)
    return tl::unexpected(Reply::error(404, 10062, "Unknown interaction"));
  if (!fits(interaction->type, callback)) {
    FormErrors errors;
    errors.choice("type", "the callback types for this interaction");
    return tl::unexpected(Reply::invalid(errors));
  }
  interaction->state = Interaction::State::answered;
  interaction->callback = callback;
  return interaction;
}

Checked<Interaction*> Interactions::by_token(ApplicationId application, std::string_view token,
                                             WallTime now) {
  auto* interaction = find(token);
  if (!interaction || interaction->application != application ||
      interaction->state != Interaction::State::answered)
    return tl::unexpected(Reply::error(404, 10015, "Unknown Webhook"));
  if (now > interaction->created + kTokenTime)
    return tl::unexpected(Reply::error(401, 50027, "Invalid Webhook Token"));
  return interaction;
}

bool Interactions::expire(InteractionId id) {
  auto* interaction = find(id);
  if (!interaction || interaction->state != Interaction::State::waiting) return false;
  interaction->state = Interaction::State::failed;
  return true;
}

}  // namespace coordinator::playground
