// The note of catching up: the mark, and what had not been read up to it.
#include "base/json.h"
#include "chat/catch_up.h"

namespace coordinator::chat {

namespace {

Json entry(ChannelId channel, MessageId after) {
  return Json::object().set("id", channel).set("after", after.text());
}

template <class Id>
void set(Json& object, const char* key, const std::optional<Id>& id) {
  if (id) object.set(key, *id);
}

void set_list(Json& object, const char* key, Json list) {
  if (list.view().size() > 0) object.set(key, std::move(list));
}

// An entry's beginning may be zero, which is no id.
MessageId after_of(JsonView entry) { return entry["after"].id<MessageId>().value_or(MessageId{}); }

}  // namespace

std::string CatchUp::note() const {
  if (!mark_) return {};
  Json gaps = Json::array(), searches = Json::array(), jobs = Json::array();
  for (const auto& [id, gap] : gaps_) gaps.push(entry(id, gap.after));
  for (const auto& [id, search] : searches_)
    searches.push(entry(id, search.after).set("guild", search.guild));
  for (const auto& [id, job] : jobs_) {
    Json each = entry(id, job.after);
    set(each, "guild", job.channel.guild);
    set(each, "parent", job.channel.parent);
    if (job.channel.is_thread) each.set("thread", true);
    jobs.push(std::move(each));
  }
  Json note = Json::object().set("heard", mark_).set("listened", listened_.time_since_epoch().count());
  set_list(note, "untold", std::move(gaps));
  set_list(note, "archives", std::move(searches));
  set_list(note, "unread", std::move(jobs));
  return note.dump();
}

void CatchUp::restore(std::string_view text, Now now) {
  auto note = Json::parse(text);
  auto mark = note ? (*note)["heard"].id<MessageId>() : std::nullopt;
  if (!mark) return;
  mark_ = *mark;
  listened_ = WallTime(Millis((*note)["listened"].integer().value_or(0)));
  MessageId oldest = MessageId::at(now.wall - limits_.age);
  for (JsonView each : (*note)["untold"])
    if (auto id = each["id"].id<ChannelId>()) gaps_.emplace(*id, Gap{after_of(each)});
  for (JsonView each : (*note)["archives"])
    if (auto id = each["id"].id<ChannelId>())
      if (auto guild = each["guild"].id<GuildId>()) searches_.emplace(*id, Search{after_of(each), *guild});
  for (JsonView each : (*note)["unread"]) {
    auto id = each["id"].id<ChannelId>();
    if (!id || jobs_.size() >= kChannels) continue;
    discord::ChannelSeen channel{
        *id, each["guild"].id<GuildId>(), each["parent"].id<ChannelId>(), each["thread"].truthy(), {}, mark_};
    jobs_.emplace(*id, Job{std::move(channel), std::max(after_of(each), oldest)});
  }
  Acts nothing_waits;
  drop_what_is_not_ours(nothing_waits);
}

}  // namespace coordinator::chat
