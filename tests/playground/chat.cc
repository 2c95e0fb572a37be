#include "chat.h"

#include <algorithm>

namespace coordinator::playground {

namespace {

constexpr std::size_t kReactions = 20;

template <class List, class Value>
bool contains(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// Every "<@123>", "<@!123>" or "<@&123>" of the text, by its opening.
template <class Id>
std::vector<Id> mentioned(std::string_view text, std::string_view opening) {
  std::vector<Id> out;
  for (auto at = text.find(opening); at != std::string_view::npos; at = text.find(opening, at + 1)) {
    auto rest = text.substr(at + opening.size());
    auto end = rest.find('>');
    if (end == std::string_view::npos) continue;
    if (auto id = Id::parse(rest.substr(0, end)); id && !contains(out, *id)) out.push_back(*id);
  }
  return out;
}

}  // namespace

Draft Draft::from(MessageForm form, UserId author, ChannelId channel) {
  Draft draft;
  draft.author = author;
  draft.channel = channel;
  draft.content = form.content.value_or("");
  if (form.embeds) draft.embeds = std::move(*form.embeds);
  if (form.components) draft.components = std::move(*form.components);
  draft.attachments = std::move(form.files);
  draft.flags = form.flags.value_or(0);
  draft.tts = form.tts;
  draft.nonce = std::move(form.nonce);
  draft.reply_to = form.reply_to;
  draft.allowed = std::move(form.allowed);
  return draft;
}

Message& Chat::post(Draft draft) {
  Message message;
  message.id = {world_.next_snowflake(now().wall)};
  message.channel = draft.channel;
  message.author = draft.author;
  message.type = draft.reply_to ? Message::kReply : draft.type;
  message.content = std::move(draft.content);
  message.embeds = std::move(draft.embeds);
  message.components = std::move(draft.components);
  message.attachments = std::move(draft.attachments);
  for (auto& attachment : message.attachments)
    attachment.id = std::to_string(world_.next_snowflake(now().wall));
  message.flags = draft.flags | (draft.ephemeral_for ? Message::kEphemeral : 0);
  message.tts = draft.tts;
  message.nonce = std::move(draft.nonce);
  message.reply_to = draft.reply_to;
  message.ephemeral_for = draft.ephemeral_for;
  message.by_interaction = draft.by_interaction;
  message.interaction_metadata = std::move(draft.interaction_metadata);
  find_mentions(message, draft.allowed);
  typing_.erase({message.channel, message.author});
  if (auto* channel = world_.channel(message.channel); channel && channel->is_thread() && !channel->locked)
    archive(*channel, false, now().wall);
  Message& stored = world_.add(std::move(message));
  tell(change::MessageCreated{stored.channel, stored.id});
  return stored;
}

void Chat::find_mentions(Message& message, const AllowedMentions& allowed) {
  message.mentions.clear();
  message.mention_roles.clear();
  auto users = mentioned<UserId>(message.content, "<@");
  for (UserId id : mentioned<UserId>(message.content, "<@!"))
    if (!contains(users, id)) users.push_back(id);
  for (UserId id : users)
    if (world_.user(id) && (allowed.users || contains(allowed.only_users, id)))
      message.mentions.push_back(id);
  for (RoleId id : mentioned<RoleId>(message.content, "<@&"))
    if (world_.role(id) && (allowed.roles || contains(allowed.only_roles, id)))
      message.mention_roles.push_back(id);
  message.mention_everyone = allowed.everyone && (message.content.find("@everyone") != std::string::npos ||
                                                  message.content.find("@here") != std::string::npos);
  if (!message.reply_to || !allowed.replied_user) return;
  if (const auto* target = world_.message(message.channel, *message.reply_to))
    if (target->author != message.author && !contains(message.mentions, target->author))
      message.mentions.push_back(target->author);
}

void Chat::edit(Message& message, MessageForm form) {
  if (form.content) message.content = std::move(*form.content);
  if (form.embeds) message.embeds = std::move(*form.embeds);
  if (form.components) message.components = std::move(*form.components);
  if (form.keep_files)
    std::erase_if(message.attachments,
                  [&](const Attachment& old) { return !contains(*form.keep_files, old.id); });
  for (auto& file : form.files) {
    file.id = std::to_string(world_.next_snowflake(now().wall));
    message.attachments.push_back(std::move(file));
  }
  std::uint32_t kept = message.flags & (Message::kEphemeral | Message::kComponentsV2);
  if (form.flags) message.flags = kept | *form.flags;
  message.flags &= ~Message::kLoading;
  find_mentions(message, form.allowed);
  message.edited = now().wall;
  tell(change::MessageUpdated{message.channel, message.id});
}

void Chat::remove(ChannelId channel, MessageId id) {
  const auto* message = world_.message(channel, id);
  if (!message) return;
  auto ephemeral_for = message->ephemeral_for;
  world_.remove(channel, id);
  tell(change::MessageDeleted{channel, id, ephemeral_for});
}

bool Chat::react(Message& message, UserId user, const Emoji& emoji, bool add) {
  auto found = std::find_if(message.reactions.begin(), message.reactions.end(),
                            [&](const Reaction& reaction) { return reaction.emoji == emoji; });
  if (found == message.reactions.end()) {
    if (!add) return true;
    if (message.reactions.size() >= kReactions) return false;
    found = message.reactions.insert(found, Reaction{emoji, {}});
  }
  bool there = contains(found->users, user);
  if (there == add) return true;
  if (add)
    found->users.push_back(user);
  else
    std::erase(found->users, user);
  if (found->users.empty()) message.reactions.erase(found);
  tell(change::Reacted{message.channel, message.id, user, emoji, add});
  return true;
}

void Chat::type(ChannelId channel, UserId user) {
  WallTime until = now().wall + kTyping;
  typing_[{channel, user}] = until;
  tell(change::Typing{channel, user, until});
}

std::optional<WallTime> Chat::typing(ChannelId channel, UserId user) const {
  auto found = typing_.find({channel, user});
  if (found == typing_.end() || found->second <= now().wall) return std::nullopt;
  return found->second;
}

Channel& Chat::add_channel(GuildId guild, std::string name, std::string topic) {
  Channel channel;
  channel.id = {world_.next_snowflake(now().wall)};
  channel.guild = guild;
  channel.name = std::move(name);
  channel.topic = std::move(topic);
  channel.position = static_cast<int>(world_.channels().size());
  channel.created = now().wall;
  Channel& stored = world_.add(std::move(channel));
  tell(change::ChannelCreated{stored.id});
  return stored;
}

Channel& Chat::start_thread(Channel& parent, std::string name, int type, UserId owner, Message* from) {
  Channel thread;
  thread.id = {from ? from->id.value : world_.next_snowflake(now().wall)};
  thread.guild = parent.guild;
  thread.type = type;
  thread.name = std::move(name);
  thread.parent = parent.id;
  thread.owner = owner;
  thread.created = now().wall;
  Channel& stored = world_.add(std::move(thread));
  tell(change::ChannelCreated{stored.id});
  if (from) {
    from->thread = stored.id;
    tell(change::MessageUpdated{from->channel, from->id});
  }
  return stored;
}

void Chat::archive(Channel& thread, bool archived, WallTime when) {
  if (thread.archived == archived) return;
  thread.archived = archived;
  thread.archive_changed = when;
  channel_changed(thread);
}

void Chat::archive_idle_threads() {
  std::vector<ChannelId> ids;
  for (const auto& [id, channel] : world_.channels())
    if (channel.is_thread() && !channel.archived) ids.push_back(id);
  for (ChannelId id : ids) {
    Channel& thread = *world_.channel(id);
    WallTime last = std::max({thread.created, thread.archive_changed, thread.last_message.created()});
    WallTime due = last + Millis(1min) * thread.auto_archive_minutes;
    if (due <= now().wall) archive(thread, true, due);
  }
}

int Chat::watch(Watcher watcher) {
  watchers_[next_watcher_] = std::move(watcher);
  return next_watcher_++;
}

// By number, since a watcher may come or go meanwhile; a copy is called, since it may end itself.
void Chat::tell(const Change& change) {
  for (auto it = watchers_.begin(); it != watchers_.end();) {
    int id = it->first;
    auto watcher = it->second;
    watcher(change);
    it = watchers_.upper_bound(id);
  }
}

}  // namespace coordinator::playground
