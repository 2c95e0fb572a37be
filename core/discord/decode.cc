#include "discord/decode.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace coordinator::discord {

namespace {

using Events = std::vector<Event>;

// https://discord.com/developers/docs/resources/channel#channel-object-channel-types
bool is_thread(std::int64_t type) { return type >= 10 && type <= 12; }
// Categories, forums and media channels; a forum's last_message_id is that of its last thread.
bool holds_no_messages(std::int64_t type) { return type == 4 || type == 15 || type == 16; }

void add_channel(Events& events, JsonView channel, std::optional<GuildId> guild) {
  auto seen = decode_channel(channel);
  if (!seen) return;
  if (!seen->guild) seen->guild = guild;
  events.push_back(std::move(*seen));
}

Events ready(JsonView data) {
  Ready out;
  out.user = data["user"]["id"].id<UserId>().value_or(UserId{});
  out.application = data["application"]["id"].id<ApplicationId>().value_or(ApplicationId{});
  out.user_name = data["user"]["username"].text_or("");
  for (JsonView guild : data["guilds"])
    if (auto id = guild["id"].id<GuildId>()) out.guilds.push_back(*id);
  Events events;
  if (out.user) events.emplace_back(std::move(out));
  return events;
}

Events resumed(JsonView) {
  Events events;
  events.emplace_back(Resumed{});
  return events;
}

// Channels inside a guild do not name it. One that is away names no channels either.
Events guild(JsonView data) {
  Events events;
  auto id = data["id"].id<GuildId>();
  for (JsonView channel : data["channels"]) add_channel(events, channel, id);
  for (JsonView thread : data["threads"]) add_channel(events, thread, id);
  if (id && !data["unavailable"].truthy()) events.emplace_back(GuildSeen{*id});
  return events;
}

Events threads(JsonView data) {
  Events events;
  for (JsonView thread : data["threads"]) add_channel(events, thread, data["guild_id"].id<GuildId>());
  return events;
}

Events channel(JsonView data) {
  Events events;
  add_channel(events, data, std::nullopt);
  return events;
}

Events channel_gone(JsonView data) {
  Events events;
  if (auto id = data["id"].id<ChannelId>()) events.emplace_back(ChannelGone{*id});
  return events;
}

template <class Told>
Events message(JsonView data) {
  Events events;
  if (auto parsed = parse_message(data)) events.emplace_back(Told{std::move(*parsed)});
  return events;
}

Events message_deleted(JsonView data) {
  Events events;
  auto id = data["id"].id<MessageId>();
  auto in = data["channel_id"].id<ChannelId>();
  if (id && in) events.emplace_back(MessageDeleted{*id, *in});
  return events;
}

Events messages_deleted(JsonView data) {
  Events events;
  auto in = data["channel_id"].id<ChannelId>();
  for (JsonView element : data["ids"])
    if (auto id = element.id<MessageId>(); id && in) events.emplace_back(MessageDeleted{*id, *in});
  return events;
}

Events reaction_added(JsonView data) {
  Events events;
  auto id = data["message_id"].id<MessageId>();
  auto in = data["channel_id"].id<ChannelId>();
  auto user = data["user_id"].id<UserId>();
  std::string emoji = data["emoji"]["name"].text_or("");
  if (auto custom = data["emoji"]["id"].text()) emoji += ":" + std::string(*custom);
  if (id && in && user) events.emplace_back(ReactionAdded{*id, *in, *user, std::move(emoji)});
  return events;
}

Events typing_started(JsonView data) {
  Events events;
  auto in = data["channel_id"].id<ChannelId>();
  auto user = data["user_id"].id<UserId>();
  if (in && user) events.emplace_back(TypingStarted{*in, *user});
  return events;
}

// With the channel in which it was used: a gateway that resumes does not tell of threads.
Events interaction(JsonView data) {
  Events events;
  if (!data["id"].is_string()) return events;
  if (auto channel = decode_channel(data["channel"])) {
    channel->guild = data["guild_id"].id<GuildId>();
    channel->last_message = {};  // perhaps newer than what was heard
    events.push_back(std::move(*channel));
  }
  events.push_back(InteractionCreated{Json::clone(data)});
  return events;
}

struct Decoder {
  std::string_view type;
  Events (*decode)(JsonView data);
};

constexpr std::array kDecoders = {
    Decoder{"READY", ready},
    Decoder{"RESUMED", resumed},
    Decoder{"GUILD_CREATE", guild},
    Decoder{"CHANNEL_CREATE", channel},
    Decoder{"CHANNEL_UPDATE", channel},
    Decoder{"CHANNEL_DELETE", channel_gone},
    Decoder{"THREAD_CREATE", channel},
    Decoder{"THREAD_UPDATE", channel},
    Decoder{"THREAD_DELETE", channel_gone},
    Decoder{"THREAD_LIST_SYNC", threads},
    Decoder{"MESSAGE_CREATE", message<MessageCreated>},
    Decoder{"MESSAGE_UPDATE", message<MessageUpdated>},
    Decoder{"MESSAGE_DELETE", message_deleted},
    Decoder{"MESSAGE_DELETE_BULK", messages_deleted},
    Decoder{"MESSAGE_REACTION_ADD", reaction_added},
    Decoder{"TYPING_START", typing_started},
    Decoder{"INTERACTION_CREATE", interaction},
};

const Decoder* find(std::string_view type) {
  const auto* found =
      std::find_if(kDecoders.begin(), kDecoders.end(), [&](const Decoder& d) { return d.type == type; });
  return found == kDecoders.end() ? nullptr : found;
}

}  // namespace

bool is_wanted(std::string_view type) { return find(type) != nullptr; }

std::vector<Event> decode(std::string_view type, JsonView data) {
  const Decoder* decoder = find(type);
  return decoder ? decoder->decode(data) : Events();
}

std::optional<ChannelSeen> decode_channel(JsonView channel) {
  auto id = channel["id"].id<ChannelId>();
  if (!id) return std::nullopt;
  ChannelSeen seen;
  seen.id = *id;
  seen.guild = channel["guild_id"].id<GuildId>();
  seen.parent = channel["parent_id"].id<ChannelId>();
  std::int64_t type = channel["type"].integer().value_or(0);
  seen.is_thread = is_thread(type);
  seen.name = channel["name"].text_or("");
  if (!holds_no_messages(type))
    seen.last_message = channel["last_message_id"].id<MessageId>().value_or(MessageId{});
  return seen;
}

// Discord gives the newest first, whatever was asked for.
MessagePage decode_messages(JsonView messages) {
  MessagePage page;
  for (JsonView message : messages) {
    ++page.count;
    page.last = std::max(page.last, message["id"].id<MessageId>().value_or(MessageId{}));
    if (auto parsed = parse_message(message)) page.messages.push_back(std::move(*parsed));
  }
  std::sort(page.messages.begin(), page.messages.end(),
            [](const Message& a, const Message& b) { return a.id < b.id; });
  return page;
}

ThreadPage decode_threads(JsonView data) {
  ThreadPage page;
  std::string last;
  for (JsonView thread : data["threads"]) {
    if (auto seen = decode_channel(thread)) page.threads.push_back(std::move(*seen));
    last = thread["thread_metadata"]["archive_timestamp"].text_or("");
  }
  if (data["has_more"].truthy()) page.before = std::move(last);
  return page;
}

}  // namespace coordinator::discord
