// What is attached to a mention: which of it is fetched, where it will lie, and what the agent and the
// channel are told of it.
#pragma once

#include <string>
#include <vector>

#include "agent/spec.h"
#include "base/ids.h"
#include "chat/project.h"
#include "discord/message.h"
#include "store/records.h"

namespace coordinator::chat {

// Pictures of one mention that the agent is shown; it can open the others itself.
inline constexpr std::size_t kPictures = 4;

// The message's own files and then those of the message that it replies to, with safe names; what is beyond
// the limits is entered as such.
std::vector<store::Attachment> attachments_of(const discord::Message& message, const ChatLimits& limits);

// Asked for once more: what could not be had may be there by now. True where anything is to be fetched.
bool want_again(std::vector<store::Attachment>& attachments);

// Relative to the project's directory.
std::string inbox_directory(MessageId message);
std::string outbox_directory(ChannelId channel);

// For the agent, behind the words; empty where nothing is attached.
std::string attached(const store::Inbox& mention, const ChatLimits& limits);
// For the channel: what is not there, and why; empty where all is.
std::string not_attached(const store::Inbox& mention, const ChatLimits& limits);
// What the agent is shown.
std::vector<agent::Picture> pictures_of(const store::Inbox& mention);

}  // namespace coordinator::chat
