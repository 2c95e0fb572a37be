#include "command/component_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "discord/limits.h"

namespace coordinator::command {

namespace {

namespace limits = discord::limits;

enum Type : std::int64_t {
  kRow = 1,
  kButton = 2,
  kTextSelect = 3,
  kTextInput = 4,
  kUserSelect = 5,
  kChannelSelect = 8,
  kTextDisplay = 10,
  kLabel = 18,
  kUpload = 19,
  kRadio = 21,
  kCheckboxes = 22,
  kCheckbox = 23
};
enum Style : std::int64_t { kLink = 5, kPremium = 6 };

constexpr std::size_t kUrl = 512, kPlaceholder = 100, kDescription = 100, kGroupOptions = 10;
constexpr std::int64_t kMostValues = 25;

std::int64_t type_of(JsonView component) { return component["type"].integer().value_or(0); }

bool is_select(std::int64_t type) {
  return type == kTextSelect || (type >= kUserSelect && type <= kChannelSelect);
}

}  // namespace

void ComponentCheck::rows(JsonView components, std::string_view where) {
  if (!check_.array(components, where, 0, limits::kActionRows, "rows")) return;
  std::size_t index = 0;
  for (JsonView component : components) {
    std::string at = place(where, index++);
    if (type_of(component) == kRow)
      row(component, at);
    else
      check_.add(at, "must be a row (type 1) that holds buttons or one select");
  }
}

void ComponentCheck::row(JsonView row, std::string_view where) {
  check_.members(row, where, {"type", "id", "components"});
  JsonView inside = row["components"];
  std::string list = place(where, "components");
  if (!check_.array(inside, list, 1, limits::kButtonsInRow, "components")) return;
  std::size_t index = 0;
  for (JsonView component : inside) {
    std::string at = place(list, index++);
    std::int64_t type = type_of(component);
    if (is_select(type) && inside.size() > 1) check_.add(at, "a select stands alone in its row");
    if (type == kButton)
      button(component, at);
    else if (is_select(type))
      select(component, at, false);
    else
      check_.add(place(at, "type"), "must be a button (2) or a select (3, 5, 6, 7, 8)");
  }
}

void ComponentCheck::button(JsonView button, std::string_view where) {
  check_.members(button, where,
                 {"type", "id", "style", "label", "emoji", "custom_id", "url", "sku_id", "disabled"});
  check_.text(button, where, "label", 0, limits::kButtonLabel);
  check_.truth(button, where, "disabled");
  emoji(button, where);
  auto style = button["style"].integer().value_or(0);
  if (style < 1 || style > kPremium)
    return check_.add(place(where, "style"), "must be a whole number from 1 to 6");
  bool named = length(button["label"]) > 0 || JsonCheck::given(button["emoji"]);
  if (style != kPremium && !named) check_.add(where, "a button needs a label or an emoji");
  button_target(button, where);
}

// What a press leads to: exactly one thing, by the style.
void ComponentCheck::button_target(JsonView button, std::string_view where) {
  auto style = button["style"].integer().value_or(0);
  const char* wanted = style == kLink ? "url" : style == kPremium ? "sku_id" : "custom_id";
  for (const char* key : {"custom_id", "url", "sku_id"})
    if (std::string_view(key) != wanted && JsonCheck::given(button[key]))
      check_.add(place(where, key), fmt::format("a button of style {} has {} in its place", style, wanted));
  if (style == kPremium) {
    for (const char* key : {"label", "emoji"})
      if (JsonCheck::given(button[key])) check_.add(place(where, key), "a premium button (style 6) has none");
    return check_.text(button, where, "sku_id", 1, 20);
  }
  if (style != kLink) return custom_id(button, where);
  check_.text(button, where, "url", 1, kUrl);
  check_.web_address(button, where, "url", kUrl);
}

void ComponentCheck::select(JsonView select, std::string_view where, bool in_modal) {
  check_.members(select, where,
                 {"type", "id", "custom_id", "placeholder", "min_values", "max_values", "disabled",
                  "required", "options", "default_values", "channel_types"});
  custom_id(select, where);
  check_.text(select, where, "placeholder", 0, limits::kSelectPlaceholder);
  check_.truth(select, where, "disabled");
  if (in_modal && select["disabled"].truthy())
    check_.add(place(where, "disabled"), "is not possible in a modal");
  std::size_t most = kMostValues;
  if (type_of(select) == kTextSelect) {
    options(select["options"], place(where, "options"), limits::kSelectOptions);
    most = select["options"].size();
  }
  counts(select, where, most, in_modal);
}

void ComponentCheck::options(JsonView options, std::string_view where, std::size_t most) {
  if (!check_.array(options, where, 1, most, "options")) return;
  std::set<std::string> values;
  std::size_t index = 0;
  for (JsonView option : options) {
    std::string at = place(where, index++);
    if (!check_.object(option, at)) return;
    check_.members(option, at, {"label", "value", "description", "emoji", "default"});
    check_.text(option, at, "label", 1, limits::kSelectOptionText);
    check_.text(option, at, "value", 1, limits::kSelectOptionText);
    check_.text(option, at, "description", 0, limits::kSelectOptionText);
    check_.truth(option, at, "default");
    emoji(option, at);
    if (!values.insert(option["value"].text_or("")).second)
      check_.add(place(at, "value"), "another option has the same value");
  }
}

void ComponentCheck::counts(JsonView field, std::string_view where, std::size_t most, bool in_modal) {
  auto limit = static_cast<std::int64_t>(most);
  check_.whole_number(field, where, "min_values", 0, limit);
  check_.whole_number(field, where, "max_values", 1, limit);
  check_.truth(field, where, "required");
  auto least = field["min_values"].integer().value_or(1);
  bool required = field["required"].boolean().value_or(true);
  if (least > field["max_values"].integer().value_or(type_of(field) == kCheckboxes ? limit : 1) && required)
    check_.add(place(where, "min_values"), "is more than max_values");
  if (in_modal && least == 0 && required)
    check_.add(place(where, "min_values"), "0 needs \"required\": false");
}

void ComponentCheck::fields(JsonView components, std::string_view where) {
  if (!check_.array(components, where, 1, limits::kModalComponents, "components")) return;
  std::size_t index = 0;
  for (JsonView component : components) {
    std::string at = place(where, index++);
    switch (type_of(component)) {
      case kLabel:
        label(component, at);
        break;
      case kTextDisplay:
        check_.members(component, at, {"type", "id", "content"});
        check_.text(component, at, "content", 1, limits::kTextInput);
        break;
      case kRow:
        check_.members(component, at, {"type", "id", "components"});
        if (check_.array(component["components"], place(at, "components"), 1, 1, "components"))
          field(component["components"][0], place(at, "components[0]"), true);
        break;
      default:
        check_.add(place(at, "type"), "must be a label (18), a text display (10) or a row (1)");
    }
  }
}

void ComponentCheck::label(JsonView label, std::string_view where) {
  check_.members(label, where, {"type", "id", "label", "description", "component"});
  check_.text(label, where, "label", 1, limits::kModalLabel);
  check_.text(label, where, "description", 0, kDescription);
  std::string at = place(where, "component");
  if (check_.object(label["component"], at)) field(label["component"], at, false);
}

void ComponentCheck::field(JsonView field, std::string_view where, bool in_row) {
  std::int64_t type = type_of(field);
  if (type == kTextInput) return text_input(field, where, in_row);
  if (in_row) return check_.add(place(where, "type"), "a row in a modal holds a text input (4); use a label");
  if (is_select(type)) return select(field, where, true);
  if (type == kUpload)
    return check_.add(place(where, "type"), "a modal cannot take files here: use an option of a command");
  if (type < kUpload || type > kCheckbox || type == kUpload + 1)
    return check_.add(place(where, "type"), "is no field of a modal");
  check_.members(field, where,
                 {"type", "id", "custom_id", "min_values", "max_values", "required", "options", "default"});
  custom_id(field, where);
  if (type == kRadio || type == kCheckboxes)
    options(field["options"], place(where, "options"), kGroupOptions);
  if (type == kRadio && field["options"].size() < 2)
    check_.add(place(where, "options"), "a choice needs at least 2");
  if (type == kCheckboxes) counts(field, where, field["options"].size(), true);
}

void ComponentCheck::text_input(JsonView input, std::string_view where, bool in_row) {
  check_.members(input, where,
                 {"type", "id", "custom_id", "style", "label", "value", "placeholder", "required",
                  "min_length", "max_length"});
  custom_id(input, where);
  auto style = input["style"].integer().value_or(0);
  if (style != 1 && style != 2) check_.add(place(where, "style"), "must be 1 (a line) or 2 (a paragraph)");
  if (in_row)
    check_.text(input, where, "label", 1, limits::kModalLabel);
  else if (JsonCheck::given(input["label"]))
    check_.add(place(where, "label"), "stands in the label around it");
  auto most = static_cast<std::int64_t>(limits::kTextInput);
  check_.text(input, where, "value", 0, limits::kTextInput);
  check_.text(input, where, "placeholder", 0, kPlaceholder);
  check_.truth(input, where, "required");
  check_.whole_number(input, where, "min_length", 0, most);
  check_.whole_number(input, where, "max_length", 1, most);
  if (input["min_length"].integer().value_or(0) > input["max_length"].integer().value_or(most))
    check_.add(place(where, "min_length"), "is more than max_length");
}

void ComponentCheck::custom_id(JsonView component, std::string_view where) {
  check_.text(component, where, "custom_id", 1, own_);
  auto name = component["custom_id"].text();
  if (name && !custom_ids_.emplace(*name).second)
    check_.add(place(where, "custom_id"), fmt::format("\"{}\" is there twice", *name));
}

void ComponentCheck::emoji(JsonView component, std::string_view where) {
  JsonView emoji = component["emoji"];
  std::string at = place(where, "emoji");
  if (!JsonCheck::given(emoji) || !check_.object(emoji, at)) return;
  check_.members(emoji, at, {"id", "name"});
  check_.text(emoji, at, "name", JsonCheck::given(emoji["id"]) ? 0 : 1, 32);
  check_.text(emoji, at, "id", 0, 20);
}

}  // namespace coordinator::command
