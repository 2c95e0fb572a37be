#include "chat/attachments.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/place_names.h"
#include "chat/file_name.h"
#include "chat/phrases.h"

namespace coordinator::chat {

namespace {

using store::Attachment;
using State = store::AttachmentState;

constexpr std::size_t kUrl = 2000;  // bytes; Discord's have a tenth of that

void add(std::vector<Attachment>& list, const discord::Attachment& file, bool quoted,
         const ChatLimits& limits) {
  std::vector<std::string> taken;
  for (const Attachment& each : list) taken.push_back(each.name);
  Attachment added;
  added.name = free_name(safe_name(file.filename), taken);
  added.url = file.url;
  added.bytes = file.size;
  added.quoted = quoted;
  if (file.size > limits.attachment_bytes) added.state = State::too_large;
  if (list.size() >= limits.attachments) added.state = State::too_many;
  if (file.url.empty() || file.url.size() > kUrl) added.state = State::gone;
  list.push_back(std::move(added));
}

std::string path_of(const store::Inbox& mention, const Attachment& file) {
  return inbox_directory(mention.message) + "/" + file.name;
}

bool missing(const Attachment& file) { return file.state != State::there; }

}  // namespace

// What is far beyond the limit is not even named.
std::vector<Attachment> attachments_of(const discord::Message& message, const ChatLimits& limits) {
  std::vector<Attachment> list;
  std::size_t most = limits.attachments + 10;
  for (const auto& file : message.attachments)
    if (list.size() < most) add(list, file, false, limits);
  if (!message.referenced) return list;
  for (const auto& file : message.referenced->attachments)
    if (list.size() < most) add(list, file, true, limits);
  return list;
}

bool want_again(std::vector<Attachment>& attachments) {
  bool wanted = false;
  for (Attachment& file : attachments) {
    if (file.state == State::too_many || file.state == State::too_large) continue;
    file.state = State::wanted;
    wanted = true;
  }
  return wanted;
}

std::string inbox_directory(MessageId message) {
  return fmt::format("{}/{}/{}", agent::kPlace, agent::kInbox, message.text());
}

std::string outbox_directory(ChannelId channel) {
  return fmt::format("{}/{}/{}", agent::kPlace, agent::kOutbox, channel.text());
}

std::vector<agent::Picture> pictures_of(const store::Inbox& mention) {
  std::vector<agent::Picture> pictures;
  for (const Attachment& file : mention.attachments)
    if (!missing(file) && file.picture && pictures.size() < kPictures)
      pictures.push_back({{agent::kPlace, agent::kInbox, mention.message.text(), file.name}, file.type, {}});
  return pictures;
}

std::string attached(const store::Inbox& mention, const ChatLimits& limits) {
  std::string words;
  std::size_t shown = 0;
  for (const Attachment& file : mention.attachments) {
    if (missing(file)) continue;
    bool seen = file.picture && shown++ < kPictures;
    words += fmt::format("- {} ({}, {}{}{})\n", path_of(mention, file), file.type, phrases::size(file.bytes),
                         seen ? ", shown to you as well" : "",
                         file.quoted ? ", of the message that is replied to" : "");
  }
  for (const Attachment& file : mention.attachments)
    if (missing(file))
      words += fmt::format("- {} is not here: {}\n", file.name, phrases::not_attached(file, limits));
  if (words.empty()) return words;
  words.pop_back();
  return "Attached files:\n" + words;
}

std::string not_attached(const store::Inbox& mention, const ChatLimits& limits) {
  std::string words;
  for (const Attachment& file : mention.attachments)
    if (missing(file)) words += "-# - `" + file.name + "`: " + phrases::not_attached(file, limits) + "\n";
  return words;
}

}  // namespace coordinator::chat
