#include "command/message_check.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "base/text.h"
#include "chat/custom_id.h"
#include "command/component_check.h"
#include "command/json_check.h"
#include "discord/limits.h"

namespace coordinator::command {

namespace {

using chat::CustomId;

namespace limits = discord::limits;

constexpr std::int64_t kSuppressEmbeds = 1 << 2;
constexpr int kInteger = 4, kNumber = 10;  // option types

Result<Json> parsed(std::string_view json) {
  auto value = Json::parse(json);
  if (!value) return fail("{}", value.error().what);
  return value;
}

void check_embed_parts(JsonCheck& check, JsonView embed, std::string_view where) {
  for (const char* key : {"image", "thumbnail"}) {
    std::string at = place(where, key);
    if (!JsonCheck::given(embed[key]) || !check.object(embed[key], at)) continue;
    check.members(embed[key], at, {"url"});
    check.text(embed[key], at, "url", 1, 2048);
    check.web_address(embed[key], at, "url");
  }
  if (std::string at = place(where, "footer"); JsonCheck::given(embed["footer"])) {
    check.members(embed["footer"], at, {"text", "icon_url"});
    check.text(embed["footer"], at, "text", 1, limits::kEmbedFooter);
    check.web_address(embed["footer"], at, "icon_url");
  }
  if (std::string at = place(where, "author"); JsonCheck::given(embed["author"])) {
    check.members(embed["author"], at, {"name", "url", "icon_url"});
    check.text(embed["author"], at, "name", 1, limits::kEmbedAuthor);
    check.web_address(embed["author"], at, "url");
    check.web_address(embed["author"], at, "icon_url");
  }
}

void check_embed_fields(JsonCheck& check, JsonView fields, std::string_view where) {
  if (!JsonCheck::given(fields) || !check.array(fields, where, 0, limits::kEmbedFields, "fields")) return;
  std::size_t index = 0;
  for (JsonView field : fields) {
    std::string at = place(where, index++);
    if (!check.object(field, at)) return;
    check.members(field, at, {"name", "value", "inline"});
    check.text(field, at, "name", 1, limits::kEmbedFieldName);
    check.text(field, at, "value", 1, limits::kEmbedFieldValue);
    check.truth(field, at, "inline");
  }
}

void check_embed(JsonCheck& check, JsonView embed, std::string_view where) {
  if (!check.object(embed, where)) return;
  check.members(embed, where,
                {"type", "title", "description", "url", "timestamp", "color", "footer", "image", "thumbnail",
                 "author", "fields"});
  check.text(embed, where, "title", 0, limits::kEmbedTitle);
  check.text(embed, where, "description", 0, limits::kEmbedDescription);
  check.web_address(embed, where, "url");
  check.whole_number(embed, where, "color", 0, 0xffffff);
  check.text(embed, where, "timestamp", 0, 40);
  check_embed_parts(check, embed, where);
  check_embed_fields(check, embed["fields"], place(where, "fields"));
}

std::size_t embed_length(JsonView embed) {
  std::size_t sum = length(embed["title"]) + length(embed["description"]) + length(embed["footer"]["text"]) +
                    length(embed["author"]["name"]);
  for (JsonView field : embed["fields"]) sum += length(field["name"]) + length(field["value"]);
  return sum;
}

void check_embeds(JsonCheck& check, JsonView embeds) {
  if (!JsonCheck::given(embeds) || !check.array(embeds, "embeds", 0, limits::kEmbeds, "embeds")) return;
  std::size_t index = 0, sum = 0;
  for (JsonView embed : embeds) {
    check_embed(check, embed, place("embeds", index++));
    sum += embed_length(embed);
  }
  if (sum > limits::kEmbedsTotal)
    check.add("embeds",
              fmt::format("{} characters in all of them together, at most {}", sum, limits::kEmbedsTotal));
}

void check_mentions(JsonCheck& check, JsonView mentions) {
  if (!JsonCheck::given(mentions) || !check.object(mentions, "allowed_mentions")) return;
  check.members(mentions, "allowed_mentions", {"parse", "users", "roles", "replied_user"});
  for (const char* key : {"users", "roles"}) {
    std::string at = place("allowed_mentions", key);
    if (!JsonCheck::given(mentions[key])) continue;
    check.array(mentions[key], at, 0, limits::kMentionIds, "ids");
    for (JsonView parse : mentions["parse"])
      if (parse.text() == key && mentions[key].size() > 0)
        check.add(at, fmt::format("excludes \"{}\" in parse", key));
  }
}

// A message may not be empty: https://discord.com/developers/docs/topics/opcodes-and-status-codes (50006).
bool says_something(JsonView message) {
  return !text::blank(message["content"].text().value_or("")) || message["embeds"].size() > 0 ||
         message["components"].size() > 0;
}

// A copy in which every custom_id leads back to its maker.
Json with_owner(JsonView value, const Maker& maker) {
  if (value.is_array()) {
    Json out = Json::array();
    for (JsonView element : value) out.push(with_owner(element, maker));
    return out;
  }
  if (!value.is_object()) return Json::clone(value);
  Json out = Json::object();
  for (JsonView member : value) {
    auto own = member.key() == "custom_id" ? member.text() : std::nullopt;
    out.set(member.key(),
            own ? Json(CustomId{std::string(maker.plugin), maker.expires, std::string(*own)}.text())
                : with_owner(member, maker));
  }
  return out;
}

// A number that was given as text, where the option is one.
std::optional<double> number_in(std::string_view text) {
  double number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool whole = error == std::errc() && end == text.data() + text.size() && std::isfinite(number);
  return whole ? std::optional(number) : std::nullopt;
}

void check_choice_value(JsonCheck& check, JsonView choice, std::string_view at, bool number) {
  if (!number) return check.text(choice, at, "value", 1, 100);
  JsonView value = choice["value"];
  bool fits = value.is_number() || (value.text() && number_in(*value.text()));
  if (!fits) check.add(place(at, "value"), "must be a number, as the option's type is");
}

Json as_number(JsonView value) {
  auto text = value.text();
  return text ? Json(*number_in(*text)) : Json::clone(value);
}

}  // namespace

Result<Json> check_message(std::string_view json, Purpose purpose, const Maker& maker) {
  auto message = parsed(json);
  if (!message) return message;
  JsonView view = message->view();
  JsonCheck check;
  if (check.object(view, "")) {
    check.members(view, "", {"content", "embeds", "components", "allowed_mentions", "flags"});
    check.text(view, "", "content", 0, limits::kContent);
    check_embeds(check, view["embeds"]);
    check_mentions(check, view["allowed_mentions"]);
    if (JsonCheck::given(view["components"]))
      ComponentCheck(check, CustomId::kOwn).rows(view["components"], "components");
    if (view["flags"].integer().value_or(0) & ~kSuppressEmbeds)
      check.add("flags",
                "only 4 (no previews) can be set here; COORDINATOR_EPHEMERAL is not a part of the JSON");
    if (purpose == Purpose::create && !says_something(view))
      check.add("", "an empty message: content, embeds or components are needed");
  }
  if (auto status = check.status(); !status) return tl::unexpected(status.error());
  if (view["components"].is_array()) message->set("components", with_owner(view["components"], maker));
  return message;
}

Result<Json> check_modal(std::string_view json, const Maker& maker) {
  auto modal = parsed(json);
  if (!modal) return modal;
  JsonView view = modal->view();
  JsonCheck check;
  if (check.object(view, "")) {
    check.members(view, "", {"custom_id", "title", "components"});
    check.text(view, "", "custom_id", 1, CustomId::kOwn);
    check.text(view, "", "title", 1, limits::kModalTitle);
    ComponentCheck(check, limits::kCustomId).fields(view["components"], "components");
  }
  if (auto status = check.status(); !status) return tl::unexpected(status.error());
  CustomId id{std::string(maker.plugin), maker.expires, view["custom_id"].text_or("")};
  modal->set("custom_id", id.text());
  return modal;
}

Result<Json> check_choices(std::string_view json, int option_type) {
  auto choices = parsed(json);
  if (!choices) return choices;
  bool number = option_type == kInteger || option_type == kNumber;
  JsonCheck check;
  Json out = Json::array();
  std::size_t index = 0;
  check.array(choices->view(), "choices", 0, limits::kChoices, "choices");
  for (JsonView choice : choices->view()) {
    std::string at = place("choices", index++);
    if (!check.object(choice, at)) break;
    check.members(choice, at, {"name", "value"});
    check.text(choice, at, "name", 1, 100);
    check_choice_value(check, choice, at, number);
    if (check.status())
      out.push(Json::object()
                   .set("name", Json::clone(choice["name"]))
                   .set("value", number ? as_number(choice["value"]) : Json::clone(choice["value"])));
  }
  if (auto status = check.status(); !status) return tl::unexpected(status.error());
  return out;
}

}  // namespace coordinator::command
