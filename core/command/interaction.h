// An interaction of Discord's, checked, as far as plugins read it.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/result.h"
#include "chat/access.h"
#include "chat/custom_id.h"

namespace coordinator::command {

using chat::CustomId;

enum class Kind { command = 2, component = 3, autocomplete = 4, modal = 5 };  // Discord's numbers

// Those of a ping, or of a kind that is not known, are not parsed.
struct Interaction {
  InteractionId id;
  ApplicationId application;
  std::string token;  // a secret for 15 minutes: whoever has it may answer
  Kind kind = Kind::command;
  chat::Person person;
  ChannelId channel;
  std::string locale;

  // The name of the command, of command and autocomplete.
  std::string command;
  // Options by name, or a modal's fields by custom_id, as text; of a field with several values one a line.
  // The subcommand's path is the argument with the empty name: "add", "group add".
  std::map<std::string, std::string, std::less<>> arguments;
  std::string focused;   // of autocomplete: the option that is being typed
  int focused_type = 0;  // and Discord's number for its type

  // Of component and modal.
  std::optional<CustomId> custom_id;  // absent: it is not one of ours
  std::vector<std::string> values;    // what was chosen in a select
  // The message that carries the component; of a modal, where a component opened it.
  MessageId message{};
  bool message_is_ephemeral = false;
};

// The error says what is missing.
Result<Interaction> parse_interaction(JsonView data);

}  // namespace coordinator::command
