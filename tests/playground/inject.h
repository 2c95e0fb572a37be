// A message that a person writes, as tests and the page hand it in.
#pragma once

#include <string>
#include <vector>

#include "chat.h"

namespace coordinator::playground {

struct Injection {
  std::string channel = "testing";  // a name or an id, as everywhere here
  std::string content;
  std::string author = "alice";
  std::optional<MessageId> reply_to{};
  bool mention_bot = true;  // puts "<@BOT> " before the content
  std::vector<Attachment> attachments{};
  std::vector<Json> embeds{};
};

// The error names what there is not. "@name" of somebody known becomes a mention, as in Discord's own client.
Result<Message*> inject(Chat& chat, Injection injection);

}  // namespace coordinator::playground
