#include "interaction_desk.h"

#include <algorithm>

#include "command_data.h"
#include "objects.h"
#include "shown.h"

namespace coordinator::playground {

namespace {

enum Callback {
  kMessage = 4,
  kDeferred = 5,
  kDeferredUpdate = 6,
  kUpdate = 7,
  kChoices = 8,
  kModalShown = 9
};

constexpr std::size_t kChoiceCount = 25;

JsonView find_component(JsonView components, std::string_view custom_id) {
  for (JsonView component : components) {
    for (JsonView candidate : {component, component["accessory"], component["component"]})
      if (candidate["custom_id"].text() == custom_id) return candidate;
    if (JsonView inside = find_component(component["components"], custom_id)) return inside;
  }
  return {};
}

// What the person wrote, in the shape of the modal: each field's value beside its custom_id.
Json filled(JsonView component, JsonView fields) {
  Json out =
      Json::object().set("type", Json::clone(component["type"])).set("id", Json::clone(component["id"]));
  if (component["custom_id"]) {
    JsonView value = fields[component["custom_id"].text_or("")];
    out.set("custom_id", Json::clone(component["custom_id"]));
    if (component["type"].integer() == 4)
      out.set("value", value.text_or(component["value"].text_or("")));
    else if (component["type"].integer() == 21 || component["type"].integer() == 23)
      out.set("value", Json::clone(value));
    else
      out.set("values", value.is_array() ? Json::clone(value) : Json::array());
  }
  if (component["component"]) out.set("component", filled(component["component"], fields));
  if (component["components"].is_array()) {
    Json inside = Json::array();
    for (JsonView child : component["components"]) inside.push(filled(child, fields));
    out.set("components", std::move(inside));
  }
  return out;
}

}  // namespace

// ---- from the person

Result<Interaction*> InteractionDesk::run_command(Channel& channel, const User& user, std::string_view name,
                                                  JsonView options, std::string_view target,
                                                  std::optional<std::string> focused) {
  for (auto& [id, application] : chat_.world().applications())
    for (const auto& command : application.commands) {
      if (command["name"].text() != name) continue;
      if (command["guild_id"] && command["guild_id"].id<GuildId>() != channel.guild) continue;
      auto data = command_data(chat_.world(), command.view(), channel, options, target, focused);
      if (!data) return tl::unexpected<Error>(data.error());
      Interaction interaction;
      interaction.type = focused ? Interaction::kAutocomplete : Interaction::kCommand;
      interaction.application = id;
      interaction.channel = channel.id;
      interaction.name = name;
      interaction.command_type = static_cast<int>(command["type"].integer().value_or(1));
      return &start(std::move(interaction), std::move(*data), user);
    }
  return fail("no command \"{}\" is published", name);
}

Result<Interaction*> InteractionDesk::press(Message& message, const User& user, std::string_view custom_id,
                                            JsonView values) {
  JsonView component = find_component(message.components.view(), custom_id);
  if (!component) return fail("the message has no component \"{}\"", custom_id);
  if (component["disabled"].truthy()) return fail("the component \"{}\" is disabled", custom_id);
  Json data = Json::object()
                  .set("custom_id", custom_id)
                  .set("component_type", Json::clone(component["type"]))
                  .set("id", Json::clone(component["id"]));
  if (component["type"].integer() != 2)
    data.set("values", values.is_array() ? Json::clone(values) : Json::array());
  Interaction interaction;
  interaction.type = Interaction::kComponent;
  interaction.application = message.by_interaction.value_or(ApplicationId{message.author.value});
  interaction.channel = message.channel;
  interaction.message = message.id;
  interaction.custom_id = custom_id;
  return &start(std::move(interaction), std::move(data), user);
}

Result<Interaction*> InteractionDesk::submit(InteractionId shown, const User& user, JsonView fields) {
  auto* before = interactions_.find(shown);
  if (!before || !before->modal)
    return fail("the interaction {} was not answered with a modal", shown.text());
  if (before->user != user.id) return fail("the modal was shown to somebody else");
  Json components = Json::array();
  for (JsonView component : (*before->modal)["components"]) components.push(filled(component, fields));
  Interaction interaction;
  interaction.type = Interaction::kModal;
  interaction.application = before->application;
  interaction.channel = before->channel;
  interaction.message = before->message;
  interaction.custom_id = (*before->modal)["custom_id"].text_or("");
  interaction.trigger = shown;
  Json data = Json::object().set("custom_id", interaction.custom_id).set("components", std::move(components));
  before->modal.reset();
  return &start(std::move(interaction), std::move(data), user);
}

Interaction& InteractionDesk::start(Interaction interaction, Json data, const User& user) {
  Now now = chat_.now();
  interaction.id = {chat_.world().next_snowflake(now.wall)};
  interaction.user = user.id;
  interaction.created = now.wall;
  Interaction& stored = interactions_.add(std::move(interaction), random_);
  auto id = stored.id;
  chat_.tell(change::InteractionCreated{id, std::make_shared<Json>(payload(stored, std::move(data), user))});
  auto give_up = [this, id] {
    if (!interactions_.expire(id)) return;
    answered(*interactions_.find(id),
             Json::object().set("kind", "failed").set("error", "The application did not respond"));
  };
  if (reachable_())
    alarms_.after(Interactions::kCallbackTime + 1ms, give_up);
  else
    give_up();
  return stored;
}

Json InteractionDesk::payload(const Interaction& interaction, Json data, const User& user) {
  World& world = chat_.world();
  const Channel& channel = *world.channel(interaction.channel);
  Json payload =
      Json::object()
          .set("id", interaction.id)
          .set("application_id", interaction.application)
          .set("type", interaction.type)
          .set("data", std::move(data))
          .set("guild_id", channel.guild)
          .set("guild",
               Json::object().set("id", channel.guild).set("locale", "en-US").set("features", Json::array()))
          .set("channel_id", channel.id)
          .set("channel", channel_object(channel).set("permissions", "2252126432517696"))
          .set("member", member_object(user, true)
                             .set("permissions", user.admin ? "2252126432517704" : "2252126432517696"))
          .set("token", interaction.token)
          .set("version", 1)
          .set("app_permissions", "2252126432517696")
          .set("locale", "en-US")
          .set("guild_locale", "en-US")
          .set("entitlements", Json::array())
          .set("authorizing_integration_owners", Json::object().set("0", channel.guild))
          .set("context", 0)
          .set("attachment_size_limit", 10 * 1024 * 1024);
  if (interaction.message && interaction.type != Interaction::kCommand)
    if (const auto* message = world.message(channel.id, *interaction.message))
      payload.set("message", message_object(world, *message, world.bot().user));
  return payload;
}

// ---- from the bot

Reply InteractionDesk::callback(InteractionId id, std::string_view token, JsonView body,
                                std::vector<std::pair<int, Attachment>> files, bool with_response) {
  auto type = static_cast<int>(body["type"].integer().value_or(0));
  MessageForm form;
  FormErrors errors;
  JsonView data = body["data"];
  if (type == kMessage || (type == kUpdate && data.is_object())) {
    auto read = read_message(data, std::move(files), type == kMessage ? Purpose::callback : Purpose::edit);
    if (!read) return std::move(read.error());
    form = std::move(*read);
  } else if (type == kDeferred) {
    auto flags = data["flags"].integer().value_or(0);
    if (flags & ~static_cast<std::int64_t>(Message::kEphemeral)) errors.add("data/flags", "Invalid flags");
  } else if (type == kChoices) {
    if (!data["choices"].is_array()) errors.required("data/choices");
    if (data["choices"].size() > kChoiceCount) errors.too_long("data/choices", kChoiceCount);
  } else if (type == kModalShown) {
    check_text(data, "title", 1, 45, "data", errors);
    check_text(data, "custom_id", 1, 100, "data", errors);
    checked_components(data["components"], Surface::modal, false, errors);
  }
  if (!errors.empty()) return Reply::invalid(errors);
  auto interaction = interactions_.answer(id, token, type, chat_.now().wall);
  if (!interaction) return std::move(interaction.error());
  auto response = respond(**interaction, body, std::move(form));
  if (!response) return std::move(response.error());
  answered(**interaction, std::move(*response));
  return with_response ? confirmation(**interaction) : Reply::empty();
}

Checked<Json> InteractionDesk::respond(Interaction& interaction, JsonView body, MessageForm form) {
  JsonView data = body["data"];
  World& world = chat_.world();
  bool ephemeral = data["flags"].integer().value_or(0) & static_cast<std::int64_t>(Message::kEphemeral);
  switch (interaction.callback) {
    case kMessage:
    case kDeferred: {
      bool deferred = interaction.callback == kDeferred;
      interaction.ephemeral = ephemeral;
      Message& message = post(interaction, std::move(form), ephemeral, deferred);
      interaction.original = message.id;
      return Json::object()
          .set("kind", deferred ? "deferred" : "message")
          .set("message", shown_message(world, message));
    }
    case kDeferredUpdate:
      interaction.original = interaction.message;
      return Json::object().set("kind", "deferred_update");
    case kUpdate: {
      interaction.original = interaction.message;
      auto* message =
          interaction.message ? world.message(interaction.channel, *interaction.message) : nullptr;
      if (!message) return tl::unexpected(Reply::error(404, 10008, "Unknown Message"));
      chat_.edit(*message, std::move(form));
      return Json::object().set("kind", "update").set("message", shown_message(world, *message));
    }
    case kChoices:
      return Json::object().set("kind", "autocomplete").set("choices", Json::clone(data["choices"]));
    default: {
      FormErrors none;
      interaction.modal =
          Json::object()
              .set("custom_id", Json::clone(data["custom_id"]))
              .set("title", Json::clone(data["title"]))
              .set("components", checked_components(data["components"], Surface::modal, false, none));
      return Json::object().set("kind", "modal").set("modal", interaction.modal->clone());
    }
  }
}

Message& InteractionDesk::post(Interaction& interaction, MessageForm form, bool ephemeral, bool loading) {
  const auto& application = *chat_.world().application(interaction.application);
  Draft draft = Draft::from(std::move(form), application.user, interaction.channel);
  draft.by_interaction = application.id;
  draft.interaction_metadata = metadata(interaction);
  draft.type = interaction.type != Interaction::kCommand ? Message::kNormal
               : interaction.command_type == 1           ? Message::kCommand
                                                         : Message::kContextCommand;
  if (ephemeral) draft.ephemeral_for = interaction.user;
  if (loading) draft.flags |= Message::kLoading;
  return chat_.post(std::move(draft));
}

Json InteractionDesk::metadata(const Interaction& interaction) {
  World& world = chat_.world();
  Json object = Json::object()
                    .set("id", interaction.id)
                    .set("type", interaction.type)
                    .set("user", user_object(*world.user(interaction.user)))
                    .set("authorizing_integration_owners",
                         Json::object().set("0", world.channel(interaction.channel)->guild));
  if (interaction.type == Interaction::kCommand) object.set("name", interaction.name);
  if (interaction.type == Interaction::kComponent && interaction.message)
    object.set("interacted_message_id", *interaction.message);
  if (interaction.trigger)
    if (const auto* trigger = interactions_.find(*interaction.trigger))
      object.set("triggering_interaction_metadata", metadata(*trigger));
  return object;
}

void InteractionDesk::answered(Interaction& interaction, Json response) {
  interaction.response = std::make_shared<Json>(std::move(response));
  chat_.tell(change::InteractionAnswered{interaction.id, interaction.response});
}

// The answer to ?with_response=true.
Reply InteractionDesk::confirmation(const Interaction& interaction) {
  World& world = chat_.world();
  Json about = Json::object().set("id", interaction.id).set("type", interaction.type);
  about.set("channel_id", interaction.channel).set("guild_id", world.channel(interaction.channel)->guild);
  Json reply = Json::object();
  const auto* message =
      interaction.original ? world.message(interaction.channel, *interaction.original) : nullptr;
  if (message && interaction.callback != kDeferredUpdate) {
    about.set("response_message_id", message->id)
        .set("response_message_loading", (message->flags & Message::kLoading) != 0)
        .set("response_message_ephemeral", message->ephemeral_for.has_value());
    reply.set("resource", Json::object()
                              .set("type", interaction.callback)
                              .set("message", message_object(world, *message, message->author)));
  }
  return Reply::of(std::move(reply).set("interaction", std::move(about)));
}

}  // namespace coordinator::playground
