// Channels, threads and typing.
// https://discord.com/developers/docs/resources/channel
#include <algorithm>

#include "api.h"
#include "objects.h"

namespace coordinator::playground {

namespace {

Reply get_channel(Backstage& backstage, Call& call) {
  auto channel = channel_of(backstage, call);
  if (!channel) return std::move(channel.error());
  return Reply::of(channel_object(**channel));
}

Reply edit_channel(Backstage& backstage, Call& call) {
  auto channel = channel_of(backstage, call);
  if (!channel) return std::move(channel.error());
  FormErrors errors;
  check_text(call.body.view(), "name", 0, 100, "", errors);
  check_text(call.body.view(), "topic", 0, 1024, "", errors);
  if (!errors.empty()) return Reply::invalid(errors);
  Channel& target = **channel;
  if (auto name = call.body["name"].text()) target.name = *name;
  if (auto topic = call.body["topic"].text()) target.topic = *topic;
  if (auto archived = call.body["archived"].boolean())
    backstage.chat.archive(target, *archived, call.now.wall);
  if (auto locked = call.body["locked"].boolean()) target.locked = *locked;
  backstage.chat.channel_changed(target);
  return Reply::of(channel_object(target));
}

Reply start_typing(Backstage& backstage, Call& call) {
  auto channel = channel_of(backstage, call);
  if (!channel) return std::move(channel.error());
  if (!(*channel)->bot_may_send) return Reply::error(403, 50013, "Missing Permissions");
  backstage.chat.type((*channel)->id, call.application->user);
  return Reply::empty();
}

Reply start_thread(Backstage& backstage, Call& call, bool from_message) {
  auto parent = channel_of(backstage, call);
  if (!parent) return std::move(parent.error());
  Message* message = nullptr;
  if (from_message) {
    auto found = message_of(backstage, call, (*parent)->id);
    if (!found) return std::move(found.error());
    message = *found;
    if (message->thread)
      return Reply::error(400, 160004, "A thread has already been created for this message");
  }
  FormErrors errors;
  check_text(call.body.view(), "name", 1, 100, "", errors);
  int type = static_cast<int>(call.body["type"].integer().value_or(Channel::kPrivateThread));
  if (type != Channel::kThread && type != Channel::kPrivateThread) errors.choice("type", "11, 12");
  auto minutes = call.body["auto_archive_duration"].integer().value_or(1440);
  if (minutes != 60 && minutes != 1440 && minutes != 4320 && minutes != 10080)
    errors.choice("auto_archive_duration", "60, 1440, 4320, 10080");
  if (!errors.empty()) return Reply::invalid(errors);
  if ((*parent)->is_thread()) return Reply::error(400, 50024, "Cannot execute action on this channel type");
  auto& thread =
      backstage.chat.start_thread(**parent, call.body["name"].text_or(""), message ? Channel::kThread : type,
                                  call.application->user, message);
  thread.auto_archive_minutes = static_cast<int>(minutes);
  return Reply::of(channel_object(thread), 201);
}

// The one that was archived last first; timestamps of one form are in order as texts.
Reply list_archived_threads(Backstage& backstage, Call& call) {
  auto parent = channel_of(backstage, call);
  if (!parent) return std::move(parent.error());
  auto limit = std::atoi(std::string(call.request.parameter("limit").value_or("50")).c_str());
  std::string_view before = call.request.parameter("before").value_or("~");
  std::vector<const Channel*> found;
  for (const auto& [id, channel] : backstage.world.channels())
    if (channel.parent == (*parent)->id && channel.archived && channel.type != Channel::kPrivateThread &&
        archive_timestamp(channel) < before)
      found.push_back(&channel);
  std::sort(found.begin(), found.end(),
            [](const Channel* a, const Channel* b) { return archive_timestamp(*a) > archive_timestamp(*b); });
  bool more = limit > 0 && found.size() > static_cast<std::size_t>(limit);
  if (more) found.resize(static_cast<std::size_t>(limit));
  Json threads = Json::array();
  for (const auto* thread : found) threads.push(channel_object(*thread));
  return Reply::of(
      Json::object().set("threads", std::move(threads)).set("members", Json::array()).set("has_more", more));
}

}  // namespace

void add_channel_routes(Routes& routes) {
  routes.add("GET", "/channels/{}", get_channel);
  routes.add("PATCH", "/channels/{}", edit_channel);
  routes.add("POST", "/channels/{}/typing", start_typing);
  routes.add("GET", "/channels/{}/threads/archived/public", list_archived_threads);
  routes.add("POST", "/channels/{}/threads",
             [](Backstage& backstage, Call& call) { return start_thread(backstage, call, false); });
  routes.add("POST", "/channels/{}/messages/{}/threads",
             [](Backstage& backstage, Call& call) { return start_thread(backstage, call, true); });
  routes.add("PUT", "/channels/{}/thread-members/@me", [](Backstage& backstage, Call& call) {
    auto channel = channel_of(backstage, call);
    return channel ? Reply::empty() : std::move(channel.error());
  });
}

}  // namespace coordinator::playground
