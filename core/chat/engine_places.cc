// The chat engine's knowledge of which server each configured channel is in: kept over restarts, since a
// gateway that resumes does not tell it again.
#include <algorithm>
#include <charconv>
#include <string_view>

#include "chat/engine.h"

namespace coordinator::chat {

namespace {

constexpr std::string_view kGuildOf = "guild.of ";

template <class Id>
std::optional<Id> id_in(std::string_view text) {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0) return std::nullopt;
  return Id{value};
}

}  // namespace

void Engine::restore_places(const std::vector<store::Note>& notes) {
  for (const store::Note& note : notes) {
    if (!std::string_view(note.name).starts_with(kGuildOf)) continue;
    auto channel = id_in<ChannelId>(std::string_view(note.name).substr(kGuildOf.size()));
    auto guild = id_in<GuildId>(note.value);
    if (channel && guild) router_.belongs(*channel, *guild);
  }
}

Effects Engine::placed(std::optional<ChannelId> channel) const {
  Effects effects;
  if (channel)
    effects.write(store::Note{std::string(kGuildOf) + channel->text(), router_.guild_of(*channel)->text()});
  return effects;
}

Effects Engine::look_up_unplaced(const std::vector<ChannelId>& asked) const {
  Effects effects;
  for (ChannelId channel : router_.unplaced())
    if (!std::binary_search(asked.begin(), asked.end(), channel)) effects.act(LookUpChannel{channel});
  return effects;
}

}  // namespace coordinator::chat
