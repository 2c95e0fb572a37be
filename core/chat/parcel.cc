#include "chat/parcel.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/place_names.h"
#include "chat/file_name.h"
#include "chat/phrases.h"
#include "discord/limits.h"

namespace coordinator::chat {

namespace {

constexpr std::size_t kFrame = 64u << 10;  // of a request, for what is not the files
constexpr std::size_t kNamed = 10;         // more of them would be no sentence

}  // namespace

std::vector<std::string> packed(const std::vector<Found>& found, std::vector<Parcel::Left>& left) {
  std::vector<std::string> taken;
  std::uint64_t room = discord::limits::kRequestBytes - kFrame;
  for (const Found& each : found) {
    auto leave = [&](LeftBehind why) { left.push_back({each.name, why, each.bytes}); };
    if (!each.plain)
      leave(LeftBehind::no_file);
    else if (each.bytes > discord::limits::kFileBytes)
      leave(LeftBehind::too_large);
    else if (taken.size() == discord::limits::kFiles || each.bytes > room)
      leave(LeftBehind::too_many);
    else
      taken.push_back(each.name), room -= each.bytes;
  }
  return taken;
}

std::string sent_directory(const std::string& turn_id) {
  return fmt::format("{}/{}/{}", agent::kPlace, agent::kSent, turn_id);
}

void add_parcel(Answer& answer, Parcel parcel, const std::string& turn_id) {
  if (std::string left = left_behind(parcel, turn_id); !left.empty()) {
    answer.messages.push_back({left, {}});
    answer.plain.push_back(std::move(left));
  }
  if (parcel.files.empty()) return;
  std::vector<std::string> names;
  for (const render::File& file : parcel.files) names.push_back(file.name);
  answer.plain.push_back(phrases::files_kept_back(names, sent_directory(turn_id)));
  if (answer.messages.empty() || !answer.messages.back().files.empty())
    answer.messages.push_back({phrases::only_files(), {}});
  answer.messages.back().files = std::move(parcel.files);
}

std::string left_behind(const Parcel& parcel, const std::string& turn_id) {
  std::string words;
  for (std::size_t i = 0; i < std::min(parcel.left.size(), kNamed); ++i)
    words +=
        fmt::format("\n-# - `{}`: {}", safe_name(parcel.left[i].name), phrases::left_behind(parcel.left[i]));
  if (words.empty()) return words;
  return phrases::left_behind(sent_directory(turn_id),
                              parcel.left.size() - std::min(parcel.left.size(), kNamed)) +
         words;
}

}  // namespace coordinator::chat
