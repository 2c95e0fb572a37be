// The bot's answers to interactions: the callback, and what the token allows for fifteen minutes.
// https://discord.com/developers/docs/interactions/receiving-and-responding
#include "api.h"
#include "message_form.h"
#include "objects.h"

namespace coordinator::playground {

namespace {

Reply callback(Backstage& backstage, Call& call) {
  auto id = id_of<InteractionId>(call, 0, "interaction_id");
  if (!id) return std::move(id.error());
  auto with = call.request.parameter("with_response").value_or("false");
  return backstage.desk.callback(*id, call.params[1], call.body.view(), std::move(call.files),
                                 with == "true" || with == "1" || with == "True");
}

Checked<Interaction*> interaction_of(Backstage& backstage, const Call& call) {
  auto application = id_of<ApplicationId>(call, 0, "webhook_id");
  if (!application) return tl::unexpected(std::move(application.error()));
  return backstage.desk.all().by_token(*application, call.params[1], call.now.wall);
}

Checked<Message*> target_of(Backstage& backstage, const Call& call, Interaction& interaction) {
  auto id = call.params[2] == "@original" ? interaction.original : MessageId::parse(call.params[2]);
  auto* message = id ? backstage.world.message(interaction.channel, *id) : nullptr;
  if (!message) return tl::unexpected(Reply::error(404, 10008, "Unknown Message"));
  return message;
}

Reply shown(Backstage& backstage, const Message& message) {
  return Reply::of(message_object(backstage.world, message, message.author));
}

Reply follow_up(Backstage& backstage, Call& call) {
  auto interaction = interaction_of(backstage, call);
  if (!interaction) return std::move(interaction.error());
  auto form = read_message(call.body.view(), std::move(call.files), Purpose::webhook);
  if (!form) return std::move(form.error());
  // Straight after a deferred answer a follow-up becomes that answer.
  auto* loading = (*interaction)->original
                      ? backstage.world.message((*interaction)->channel, *(*interaction)->original)
                      : nullptr;
  if (loading && (loading->flags & Message::kLoading)) {
    form->flags.reset();
    backstage.chat.edit(*loading, std::move(*form));
    return shown(backstage, *loading);
  }
  bool ephemeral = form->flags.value_or(0) & Message::kEphemeral;
  return shown(backstage, backstage.desk.post(**interaction, std::move(*form), ephemeral, false));
}

Reply message(Backstage& backstage, Call& call) {
  auto interaction = interaction_of(backstage, call);
  if (!interaction) return std::move(interaction.error());
  auto target = target_of(backstage, call, **interaction);
  if (!target) return std::move(target.error());
  if (call.request.method == "GET") return shown(backstage, **target);
  if (call.request.method == "DELETE") {
    backstage.chat.remove((*interaction)->channel, (*target)->id);
    return Reply::empty();
  }
  auto form = read_message(call.body.view(), std::move(call.files), Purpose::edit);
  if (!form) return std::move(form.error());
  backstage.chat.edit(**target, std::move(*form));
  return shown(backstage, **target);
}

}  // namespace

void add_interaction_routes(Routes& routes) {
  routes.add("POST", "/interactions/{}/{}/callback", callback, true);
  routes.add("POST", "/webhooks/{}/{}", follow_up, true);
  for (const char* method : {"GET", "PATCH", "DELETE"})
    routes.add(method, "/webhooks/{}/{}/messages/{}", message, true);
}

}  // namespace coordinator::playground
