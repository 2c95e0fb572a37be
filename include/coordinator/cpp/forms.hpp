// Forms: modals that ask for text, and the choices of an autocompletion.
// https://discord.com/developers/docs/interactions/receiving-and-responding
#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

#include "border.hpp"
#include "json.hpp"
#include "message.hpp"

namespace coordinator::plugin {

// One to five fields of text; the answers are Call::text(id) in the handler of Plugin::modal.
class Modal {
 public:
  Modal(std::string_view id, std::string_view title) {
    json_.text("custom_id", custom_id(id)).text("title", shortened(title, 45));
  }
  Modal& line(std::string_view id, std::string_view label, bool required = true) {
    return input(1, id, label, required);
  }
  Modal& paragraph(std::string_view id, std::string_view label, bool required = true) {
    return input(2, id, label, required);
  }
  // How long it may be open; a day, where this is not said.
  Modal& lasting(std::chrono::milliseconds time) {
    lasting_ = time;
    return *this;
  }
  std::chrono::milliseconds lasting() const { return lasting_; }
  std::string json() const { return JsonObject(json_).raw("components", fields_.json()).json(); }

 private:
  Modal& input(int style, std::string_view id, std::string_view label, bool required) {
    if (fields_.size() == 5) return *this;
    JsonObject input;
    input.number("type", 4).text("custom_id", id).number("style", style).boolean("required", required);
    input.number("max_length", 4000);
    fields_.raw(JsonObject()
                    .number("type", 18)
                    .text("label", shortened(label, 45))
                    .raw("component", input.json())
                    .json());
    return *this;
  }

  JsonObject json_;
  JsonArray fields_;
  std::chrono::milliseconds lasting_{0};
};

// At most 25, of which only those are taken that contain what was typed, in whatever case.
class Choices {
 public:
  explicit Choices(std::string_view typed = {}) : typed_(typed) {}

  Choices& add(std::string_view value) { return add(value, value); }
  Choices& add(std::string_view name, std::string_view value) {
    return code_points(value) > 100 ? *this : take(name, value, quoted(value));
  }
  // Of an integer option.
  Choices& add(std::string_view name, std::int64_t value) {
    std::string digits = (value < 0 ? "-" : "") + decimal(value < 0 ? 0 - static_cast<std::uint64_t>(value)
                                                                    : static_cast<std::uint64_t>(value));
    return take(name, digits, digits);
  }
  std::string json() const { return choices_.json(); }

 private:
  Choices& take(std::string_view name, std::string_view value, const std::string& json) {
    if (choices_.size() == 25 || blank(name) || (!within(name) && !within(value))) return *this;
    choices_.raw(JsonObject().text("name", shortened(name, 100)).raw("value", json).json());
    return *this;
  }
  bool within(std::string_view text) const {
    auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::search(text.begin(), text.end(), typed_.begin(), typed_.end(),
                       [&](char a, char b) { return low(a) == low(b); }) != text.end() ||
           typed_.empty();
  }

  std::string typed_;
  JsonArray choices_;
};

}  // namespace coordinator::plugin
