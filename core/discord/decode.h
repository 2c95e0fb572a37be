// Gateway events decoded: from a dispatch's name and data to what the application is told.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "discord/event.h"

namespace coordinator::discord {

// Whether decode() makes anything of events with this name. The others need not be parsed.
bool is_wanted(std::string_view type);

// In order; nothing where the data is not as it should be. A guild becomes one ChannelSeen for each of its
// channels and then its threads, and a GuildSeen; an interaction a ChannelSeen of where it was used, and
// itself.
std::vector<Event> decode(std::string_view type, JsonView data);

// A channel object of the REST API.
std::optional<ChannelSeen> decode_channel(JsonView channel);

// An answer of GET /channels/{id}/messages.
struct MessagePage {
  std::vector<Message> messages;  // those that could be read, the oldest first; they name no server and no
                                  // roles of their authors
  std::size_t count = 0;          // all of them
  MessageId last{};               // the latest; zero where there was none
};
MessagePage decode_messages(JsonView messages);

// An answer of GET /channels/{id}/threads/archived/public, the one that was archived last first.
struct ThreadPage {
  std::vector<ChannelSeen> threads;
  std::string before;  // where the next page begins; empty: there is none
};
ThreadPage decode_threads(JsonView page);

}  // namespace coordinator::discord
