// The HTML that people write into Markdown: tags and entities, read with a bounded look ahead.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace coordinator::render {

// A tag as it is written. Views into the text that it was read from.
struct Tag {
  std::string name;  // in lower case
  bool closing = false;
  std::string_view attributes;
  std::size_t size = 0;  // bytes, brackets included
};

// The tag at the beginning of the text, if its name is one of HTML's; "<T>" and "<your-name>" are text.
std::optional<Tag> tag_at(std::string_view text);
// The value of an attribute, its entities decoded; empty where there is none.
std::string attribute(const Tag& tag, std::string_view name);

struct Entity {
  std::string text;      // what it stands for, UTF-8
  std::size_t size = 0;  // bytes of "&name;"; 0: there is none here
};

Entity entity_at(std::string_view text);
// All of them decoded.
std::string without_entities(std::string_view text);

}  // namespace coordinator::render
