// What an embed may hold.
#include "base/text.h"
#include "rules.h"

namespace coordinator::playground {

namespace {

constexpr std::size_t kEmbeds = 10, kFields = 25, kAllText = 6000;

std::size_t text_of(JsonView embed) {
  std::size_t sum = 0;
  auto add = [&sum](JsonView text) { sum += length(text.text().value_or("")); };
  add(embed["title"]);
  add(embed["description"]);
  add(embed["footer"]["text"]);
  add(embed["author"]["name"]);
  for (JsonView field : embed["fields"]) add(field["name"]), add(field["value"]);
  return sum;
}

Json checked_fields(JsonView fields, const std::string& path, FormErrors& errors) {
  Json out = Json::array();
  if (fields.size() > kFields) errors.too_long(path, kFields);
  std::size_t index = 0;
  for (JsonView field : fields) {
    std::string at = fmt::format("{}/{}", path, index++);
    check_text(field, "name", 1, 256, at, errors);
    check_text(field, "value", 1, 1024, at, errors);
    out.push(Json::object()
                 .set("name", field["name"].text_or(""))
                 .set("value", field["value"].text_or(""))
                 .set("inline", field["inline"].truthy()));
  }
  return out;
}

void check_url(JsonView url, const std::string& path, FormErrors& errors) {
  if (!url || url.is_null()) return;
  auto text = url.text().value_or("");
  if (text.rfind("http://", 0) != 0 && text.rfind("https://", 0) != 0 && text.rfind("attachment://", 0) != 0)
    errors.add(path, "Not a well formed URL.");
}

Json checked_embed(JsonView embed, const std::string& path, FormErrors& errors) {
  check_text(embed, "title", 0, 256, path, errors);
  check_text(embed, "description", 0, 4096, path, errors);
  if (embed["footer"].is_object()) check_text(embed["footer"], "text", 1, 2048, path + "/footer", errors);
  if (embed["author"].is_object()) check_text(embed["author"], "name", 1, 256, path + "/author", errors);
  check_url(embed["url"], path + "/url", errors);
  auto color = embed["color"];
  if (color && !color.is_null() && (color.integer().value_or(-1) < 0 || *color.integer() > 0xffffff))
    errors.type(path + "/color", "an integer of 24 bits");
  Json out = Json::object().set("type", "rich");
  for (const char* key : {"title", "description", "url", "color", "timestamp", "footer", "author"})
    if (embed[key] && !embed[key].is_null()) out.set(key, Json::clone(embed[key]));
  for (const char* key : {"image", "thumbnail"}) {
    check_url(embed[key]["url"], path + "/" + key + "/url", errors);
    if (embed[key].is_object()) out.set(key, Json::object().set("url", embed[key]["url"].text_or("")));
  }
  if (embed["fields"].is_array())
    out.set("fields", checked_fields(embed["fields"], path + "/fields", errors));
  return out;
}

}  // namespace

std::size_t length(std::string_view text) { return text::code_points(text::trimmed(text)); }

void check_text(JsonView object, const char* key, std::size_t least, std::size_t most, std::string_view path,
                FormErrors& errors) {
  std::string at = path.empty() ? key : fmt::format("{}/{}", path, key);
  JsonView value = object[key];
  if (!value || value.is_null()) {
    if (least > 0) errors.required(at);
    return;
  }
  if (!value.is_string()) return errors.type(at, "string");
  std::size_t size = length(*value.text());
  if (size < least)
    errors.length(at, least, most);
  else if (size > most)
    errors.too_long(at, most);
}

Json checked_embeds(JsonView embeds, FormErrors& errors) {
  Json out = Json::array();
  if (embeds && !embeds.is_null() && !embeds.is_array()) errors.type("embeds", "a list");
  if (embeds.size() > kEmbeds) errors.too_long("embeds", kEmbeds);
  std::size_t index = 0, sum = 0;
  for (JsonView embed : embeds) {
    std::string path = fmt::format("embeds/{}", index++);
    if (!embed.is_object()) errors.type(path, "an object");
    out.push(checked_embed(embed, path, errors));
    sum += text_of(embed);
    if (sum > kAllText) {
      errors.add(path, fmt::format("Embed size exceeds maximum size of {}", kAllText));
      break;
    }
  }
  return out;
}

}  // namespace coordinator::playground
