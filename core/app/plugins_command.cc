#include "app/plugins_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

#include "app/control_command.h"
#include "base/text.h"

namespace coordinator::app {

namespace {

constexpr std::array<const char*, 4> kVerbs = {"list", "enable", "disable", "reload"};
constexpr std::size_t kColumns = 4;
using Row = std::array<std::string, kColumns + 1>;  // the last one is as long as it likes

// A plugin's words are its author's: nothing in them may move a cursor or turn the text around.
std::string printable(JsonView value) {
  std::string_view text = value.text().value_or("");
  std::string out;
  while (!text.empty()) {
    text::CodePoint point = text::first(text);
    bool plain = point.value == ' ' || text::visible(point.value);
    out += plain ? std::string(text.substr(0, point.size)) : "?";
    text.remove_prefix(point.size);
  }
  return out;
}

std::string commands_of(JsonView plugin) {
  std::string out;
  for (JsonView command : plugin["commands"]) out += (out.empty() ? "/" : " /") + printable(command);
  return out.empty() ? "-" : out;
}

Row row_of(JsonView plugin) {
  std::string detail = printable(plugin["detail"]), version = printable(plugin["version"]);
  std::string file = printable(plugin["file"]);
  if (!detail.empty() && !file.empty()) detail += " (" + file + ")";
  return {printable(plugin["name"]), printable(plugin["state"]), version.empty() ? "-" : version,
          commands_of(plugin), detail.empty() ? printable(plugin["description"]) : detail};
}

std::string padded(const std::string& text, std::size_t width) {
  std::size_t columns = text::columns(text);
  return text + std::string(width > columns ? width - columns : 0, ' ');
}

std::string table_of(const std::vector<Row>& rows) {
  std::array<std::size_t, kColumns> widths{};
  for (const Row& row : rows)
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], text::columns(row[i]));
  std::string out;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < kColumns; ++i) line += padded(row[i], widths[i]) + "  ";
    line += row[kColumns];
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

}  // namespace

std::string plugins_table(JsonView answer) {
  if (answer["plugins"].size() == 0) return "No plugins: their directories are empty.\n";
  std::vector<Row> rows = {{"NAME", "STATE", "VERSION", "COMMANDS", ""}};
  for (JsonView plugin : answer["plugins"]) rows.push_back(row_of(plugin));
  std::string table = table_of(rows);
  if (!answer["settled"].truthy()) table += "The daemon has just begun, and still tries some of the files.\n";
  return table;
}

int run_plugins_command(const PluginsCommand& command) {
  const std::string verb = kVerbs[static_cast<std::size_t>(command.verb)];
  Json request = Json::object().set("request", "plugins." + verb);
  if (!command.name.empty()) request.set("name", command.name);
  auto answer = ask_or_complain("plugins " + verb, command.state, request, command.json);
  if (!answer) return answer.error();
  if (command.json)
    fmt::print("{}\n", answer->dump());
  else if (command.verb == PluginsCommand::Verb::list)
    fmt::print("{}", plugins_table(answer->view()));
  else
    fmt::print("{}\n", printable(answer->view()));
  return 0;
}

}  // namespace coordinator::app
