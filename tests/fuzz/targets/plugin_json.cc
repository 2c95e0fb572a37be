// What plugins give as JSON: refused with a reason, or a body that holds Discord's limits and comes through
// again.
#include "base/text.h"
#include "command/canonical.h"
#include "command/message_check.h"
#include "discord/limits.h"
#include "fuzz.h"

namespace coordinator::fuzz {

namespace {

using namespace command;

void check_ids(JsonView value) {
  if (value.key() == "custom_id")
    require(text::code_points(value.text().value_or("")) <= discord::limits::kCustomId,
            "a custom_id is too long");
  for (JsonView member : value) check_ids(member);
}

void check_body(const Result<Json>& body) {
  if (!body) return require(!body.error().what.empty(), "it was refused without a reason");
  check_ids(body->view());
  require(text::code_points((*body)["content"].text().value_or("")) <= discord::limits::kContent,
          "a content is too long");
  require(same_command(body->view(), body->view()), "a body is not the same as itself");
}

}  // namespace

void plugin_json(std::string_view bytes) {
  Input input(bytes);
  Maker maker{"a-plugin-with-a-long-name", WallTime(Millis(1'800'000'000'000))};
  int option = static_cast<int>(input.number(12));
  check_body(check_message(input.rest(), Purpose::create, maker));
  check_body(check_message(input.rest(), Purpose::edit, maker));
  check_body(check_modal(input.rest(), maker));
  auto choices = check_choices(input.rest(), option);
  if (choices) require(choices->view().size() <= discord::limits::kChoices, "there are too many choices");
}

}  // namespace coordinator::fuzz
