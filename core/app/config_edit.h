// The configuration's text with one project added, changed or removed, and every other byte as it was.
//
// Pure: text in, text out; directories and people are parse_config's business. The places come from the TOML
// parser, and what was made of the text is parsed again: it differs from the old exactly as asked, or there
// is an error and no text. What is written in a way that has no safe place to edit (inline tables, dotted
// keys) is named, with what to write by hand.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"

namespace coordinator::app {

// What is absent stays as it is. An empty text takes the key away: the default is in force again.
struct ProjectEdit {
  std::string name;
  std::optional<std::string> directory = {}, model = {}, system_prompt = {};
  std::optional<std::vector<std::string>> allow = {};
  // Is one of this project's channels afterwards, and of no other's. A project that would be left without any
  // is an error.
  std::optional<ChannelId> channel = {};
};

// Behind the last line, as [projects.NAME]. An error where there is one of that name.
Result<std::string> add_project(std::string_view text, const ProjectEdit& edit);
Result<std::string> set_project(std::string_view text, const ProjectEdit& edit);
// From the table's header to its last key. Comments above the header, and those behind a blank line, stay.
Result<std::string> remove_project(std::string_view text, std::string_view name);

Result<bool> has_project(std::string_view text, std::string_view name);

// As a basic string of TOML, quotes and escapes included. An error for what TOML cannot hold: bytes that are
// not UTF-8, and NUL.
Result<std::string> toml_text(std::string_view text);

// The table as add_project writes it, for a person who has to write it by hand.
Result<std::string> project_table(const ProjectEdit& edit);

}  // namespace coordinator::app
