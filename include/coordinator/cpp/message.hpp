// Messages: text, embeds, rows of buttons and selects, within Discord's limits.
// https://discord.com/developers/docs/resources/message, .../components/reference
#pragma once

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "border.hpp"
#include "json.hpp"

namespace coordinator::plugin {

// Texts that are too long are cut with an ellipsis. All of an embed together holds 6,000 code points and 25
// fields: fits() tells, and a field that does not fit any more is left out.
class Embed {
 public:
  enum Limit : std::size_t { kFields = 25, kAll = 6000 };

  Embed& title(std::string_view text) { return set(title_, text, 256); }
  Embed& description(std::string_view text) { return set(description_, text, 4096); }
  Embed& footer(std::string_view text) { return set(footer_, text, 2048); }
  // 0xRRGGBB
  Embed& color(std::uint32_t color) {
    color_ = static_cast<std::int64_t>(color & 0xFFFFFF);
    return *this;
  }

  bool fits(std::string_view name, std::string_view value) const {
    return fields_.size() < kFields && room() >= code_points(name_of(name)) + code_points(value_of(value));
  }
  Embed& field(std::string_view name, std::string_view value, bool in_line = false) {
    if (!fits(name, value)) return *this;
    used_ += code_points(name_of(name)) + code_points(value_of(value));
    fields_.raw(JsonObject()
                    .text("name", name_of(name))
                    .text("value", value_of(value))
                    .boolean("inline", in_line)
                    .json());
    return *this;
  }
  // Code points that are left.
  std::size_t room() const { return used_ < kAll ? kAll - used_ : 0; }
  std::size_t fields() const { return fields_.size(); }

  std::string json() const {
    JsonObject out;
    if (!title_.empty()) out.text("title", title_);
    if (!description_.empty()) out.text("description", description_);
    if (color_ >= 0) out.number("color", color_);
    if (fields_.size()) out.raw("fields", fields_.json());
    if (!footer_.empty()) out.raw("footer", JsonObject().text("text", footer_).json());
    return out.json();
  }

 private:
  static std::string name_of(std::string_view name) { return blank(name) ? "–" : shortened(name, 256); }
  static std::string value_of(std::string_view value) { return blank(value) ? "–" : shortened(value, 1024); }
  Embed& set(std::string& part, std::string_view text, std::size_t most) {
    used_ -= code_points(part);
    part = blank(text) ? "" : shortened(text, std::min(most, room()));
    used_ += code_points(part);
    return *this;
  }

  std::string title_, description_, footer_;
  std::int64_t color_ = -1;
  JsonArray fields_;
  std::size_t used_ = 0;
};

// A custom_id of the plugin's own: "name", or "name:detail". The name finds the handler (Plugin::button).
inline std::string custom_id(std::string_view name, std::string_view detail = {}) {
  std::string id(name);
  if (!detail.empty()) id.append(":").append(detail);
  if (code_points(id) > 64) throw Error(COORDINATOR_INVALID, "a custom_id over 64 characters: " + id);
  return id;
}

class Button {
 public:
  static Button primary(std::string_view label, std::string_view id) { return Button(1, label, id); }
  static Button secondary(std::string_view label, std::string_view id) { return Button(2, label, id); }
  static Button success(std::string_view label, std::string_view id) { return Button(3, label, id); }
  static Button danger(std::string_view label, std::string_view id) { return Button(4, label, id); }
  static Button link(std::string_view label, std::string_view url) {
    Button button(5, label);
    button.json_.text("url", url);
    return button;
  }
  std::string json() const { return json_.json(); }

 private:
  Button(int style, std::string_view label) {
    json_.number("type", 2).number("style", style).text("label", shortened(label, 80));
  }
  Button(int style, std::string_view label, std::string_view id) : Button(style, label) {
    json_.text("custom_id", custom_id(id));
  }
  JsonObject json_;
};

// A menu of at most 25; what is more is left out (full() tells), and so is an option whose value is over 100.
class Select {
 public:
  enum Limit : std::size_t { kOptions = 25 };

  explicit Select(std::string_view id, std::string_view placeholder = {}) {
    json_.number("type", 3).text("custom_id", custom_id(id));
    if (!placeholder.empty()) json_.text("placeholder", shortened(placeholder, 150));
  }
  Select& option(std::string_view label, std::string_view value, std::string_view description = {}) {
    if (full() || value.empty() || code_points(value) > 100) return *this;
    JsonObject option;
    option.text("label", blank(label) ? "–" : shortened(label, 100)).text("value", value);
    if (!blank(description)) option.text("description", shortened(description, 100));
    options_.raw(option.json());
    return *this;
  }
  bool full() const { return options_.size() == kOptions; }
  bool empty() const { return options_.size() == 0; }
  std::string json() const { return JsonObject(json_).raw("options", options_.json()).json(); }

 private:
  JsonObject json_;
  JsonArray options_;
};

class Message {
 public:
  Message() = default;
  Message(std::string_view content) { text(content); }
  Message(const std::string& content) { text(content); }
  Message(const char* content) { text(content); }

  // Cut at 2,000; Call::reply goes on in further messages instead.
  Message& text(std::string_view content) {
    content_ = shortened(content, 2000);
    has_content_ = true;
    return *this;
  }
  Message& embed(const Embed& embed) {
    if (embeds_.size() < 10) embeds_.raw(embed.json());
    return *this;
  }
  // Up to five buttons, or one select with something in it; at most five rows.
  Message& row(std::initializer_list<Button> buttons) { return row(std::vector<Button>(buttons)); }
  Message& row(const std::vector<Button>& buttons) {
    JsonArray inside;
    for (const Button& button : buttons)
      if (inside.size() < 5) inside.raw(button.json());
    return row(inside);
  }
  Message& row(const Select& select) { return select.empty() ? *this : row(JsonArray().raw(select.json())); }

  // Seen by the call's user only, or by all; where neither is said, as the command says (Command::ephemeral).
  Message& ephemeral() {
    seen_ = Seen::by_user;
    return *this;
  }
  Message& for_all() {
    seen_ = Seen::by_all;
    return *this;
  }
  // How long its buttons and selects work; a day, where this is not said.
  Message& lasting(std::chrono::milliseconds time) {
    lasting_ = time;
    return *this;
  }
  // For an edit: this and nothing else. Without it, an edit leaves what the message does not name.
  Message& only() {
    only_ = has_content_ = true;
    return *this;
  }

  std::string json() const {
    JsonObject out;
    if (has_content_) out.text("content", content_);
    if (only_ || embeds_.size()) out.raw("embeds", embeds_.json());
    if (only_ || rows_.size()) out.raw("components", rows_.json());
    return out.raw("allowed_mentions", R"({"parse":[]})").json();
  }
  bool is_ephemeral(bool otherwise) const {
    return seen_ == Seen::unsaid ? otherwise : seen_ == Seen::by_user;
  }
  std::chrono::milliseconds lasting() const { return lasting_; }

 private:
  Message& row(const JsonArray& inside) {
    if (inside.size() && rows_.size() < 5)
      rows_.raw(JsonObject().number("type", 1).raw("components", inside.json()).json());
    return *this;
  }

  std::string content_;
  JsonArray embeds_, rows_;
  std::chrono::milliseconds lasting_{0};
  enum class Seen : char { unsaid, by_user, by_all };
  Seen seen_ = Seen::unsaid;
  bool has_content_ = false, only_ = false;
};

}  // namespace coordinator::plugin
