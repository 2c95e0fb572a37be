// Elements of a list in a TOML text: one put in behind the last, one taken out.
#pragma once

#include <cstddef>
#include <string>

#include "app/config_text.h"

namespace coordinator::app {

// `element` as TOML. On a line of its own where the last one has that, else behind it.
void add_element(ConfigText& text, const ConfigNode& list, const std::string& element);

// With its comma, and its line where nothing else stands there. False where the comma is not to be found
// beside it; then nothing is changed.
bool remove_element(ConfigText& text, const ConfigNode::List& list, std::size_t index);

}  // namespace coordinator::app
