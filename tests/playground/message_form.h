// A message as a bot wants it: read from a body, checked against Discord's limits.
// https://discord.com/developers/docs/resources/message#create-message
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model.h"
#include "reply.h"
#include "rules.h"

namespace coordinator::playground {

// https://discord.com/developers/docs/resources/message#allowed-mentions-object
struct AllowedMentions {
  bool users = true, roles = true, everyone = true, replied_user = true;
  std::vector<UserId> only_users;
  std::vector<RoleId> only_roles;
};

// What is absent was not said: an edit leaves it as it is.
struct MessageForm {
  std::optional<std::string> content;
  std::optional<Json> embeds, components;
  std::optional<std::uint32_t> flags;
  AllowedMentions allowed;
  std::optional<Json> nonce;
  bool enforce_nonce = false;
  std::optional<MessageId> reply_to;
  bool fail_if_not_exists = true;
  bool tts = false;
  std::vector<Attachment> files;                       // new ones; their ids are still to be given
  std::optional<std::vector<std::string>> keep_files;  // of an edit: the ids of the old ones that stay
};

enum class Purpose { create, edit, webhook, callback };

// `body`: the JSON (payload_json of a multipart request), `files`: what came with it, by its n in files[n].
Checked<MessageForm> read_message(JsonView body, std::vector<std::pair<int, Attachment>> files,
                                  Purpose purpose);

}  // namespace coordinator::playground
