// What plugins give as JSON, held against Discord's limits before Discord would, and made theirs: custom_ids
// lead back to the plugin.
// https://discord.com/developers/docs/resources/message, .../components/reference
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"

namespace coordinator::command {

// Whose buttons, selects and modals these are, and until when they work.
struct Maker {
  std::string_view plugin;
  WallTime expires{};
};

enum class Purpose {
  create,  // something must be visible in it
  edit     // what is not named stays
};

// The body as Discord gets it. An error names the place: "components[0].components[2].label: 81 characters,
// at most 80". Legacy components only: rows of buttons and selects.
Result<Json> check_message(std::string_view json, Purpose purpose, const Maker& maker);
// {"custom_id", "title", "components"}: labels with one field each, text displays, rows with a text input.
// The custom_ids of fields stay as they are: they come back inside this modal.
Result<Json> check_modal(std::string_view json, const Maker& maker);
// [{"name", "value"}] for an option of this type (Discord's number): values that are numbers as text become
// numbers where the option is one.
Result<Json> check_choices(std::string_view json, int option_type);

}  // namespace coordinator::command
