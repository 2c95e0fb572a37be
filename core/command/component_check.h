// Message components and a modal's fields, held against Discord's limits.
// https://discord.com/developers/docs/components/reference
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "base/json.h"
#include "command/json_check.h"

namespace coordinator::command {

class ComponentCheck {
 public:
  // A custom_id has at most `own` code points.
  ComponentCheck(JsonCheck& check, std::size_t own) : check_(check), own_(own) {}

  // Rows of up to five buttons or one select.
  void rows(JsonView components, std::string_view where);
  // Labels with one field each, text displays, and rows with one text input.
  void fields(JsonView components, std::string_view where);

 private:
  void row(JsonView row, std::string_view where);
  void button(JsonView button, std::string_view where);
  void button_target(JsonView button, std::string_view where);
  void select(JsonView select, std::string_view where, bool in_modal);
  void options(JsonView options, std::string_view where, std::size_t most);
  void counts(JsonView field, std::string_view where, std::size_t most, bool in_modal);
  void label(JsonView label, std::string_view where);
  void field(JsonView field, std::string_view where, bool in_row);
  void text_input(JsonView input, std::string_view where, bool in_row);
  void custom_id(JsonView component, std::string_view where);
  void emoji(JsonView component, std::string_view where);

  JsonCheck& check_;
  const std::size_t own_;
  std::set<std::string, std::less<>> custom_ids_;
};

}  // namespace coordinator::command
