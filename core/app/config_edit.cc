#include "app/config_edit.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "app/config_list.h"
#include "app/config_text.h"
#include "app/config_values.h"
#include "base/text.h"

namespace coordinator::app {

namespace {

using Member = ConfigNode::Member;
using Table = ConfigNode::Table;

template <class Tables>
auto* find(Tables& table, std::string_view key) {
  auto found = std::find_if(table.begin(), table.end(), [&](const Member& m) { return m.key == key; });
  return found == table.end() ? nullptr : &*found;
}

Table* projects_in(ConfigNode& root) {
  auto* member = find(std::get<Table>(root.value), "projects");
  return member ? std::get_if<Table>(&member->node.value) : nullptr;
}
const Table* projects_in(const ConfigNode& root) { return projects_in(const_cast<ConfigNode&>(root)); }

// ---- What is asked for, as keys with the TOML that stands behind them and as the tree that they are read as

struct Key {
  std::string name, toml;  // toml empty: the key goes
  ConfigNode node;
};

ConfigNode list_node(const std::vector<std::string>& texts) {
  ConfigNode::List list;
  for (const std::string& text : texts) list.push_back({text});
  return {std::move(list)};
}

Result<std::string> toml_list(const std::vector<std::string>& texts) {
  std::vector<std::string> elements;
  for (const std::string& text : texts) {
    auto element = toml_text(text);
    if (!element) return element;
    elements.push_back(std::move(*element));
  }
  return fmt::format("[{}]", fmt::join(elements, ", "));
}

Status add_text(std::vector<Key>& keys, std::string name, const std::optional<std::string>& text) {
  if (!text) return {};
  if (text->empty()) return keys.push_back({std::move(name), "", {}}), Status();
  auto toml = toml_text(*text);
  if (!toml) return fail("{}: {}", name, toml.error().what);
  keys.push_back({std::move(name), std::move(*toml), {*text}});
  return {};
}

// All but the channels, which have a way of their own.
Result<std::vector<Key>> keys_of(const ProjectEdit& edit) {
  if (auto good = check_name(edit.name); !good) return tl::unexpected(good.error());
  std::vector<Key> keys;
  if (auto added = add_text(keys, "directory", edit.directory); !added) return tl::unexpected(added.error());
  if (auto added = add_text(keys, "model", edit.model); !added) return tl::unexpected(added.error());
  if (edit.allow) {
    auto toml = toml_list(*edit.allow);
    if (!toml) return fail("allow: {}", toml.error().what);
    keys.push_back({"allow", edit.allow->empty() ? "" : *toml, list_node(*edit.allow)});
  }
  if (auto added = add_text(keys, "system_prompt", edit.system_prompt); !added)
    return tl::unexpected(added.error());
  return keys;
}

void apply_keys(Table& project, const std::vector<Key>& keys) {
  for (const Key& key : keys) {
    std::erase_if(project, [&](const Member& member) { return member.key == key.name; });
    if (!key.toml.empty()) project.push_back({key.name, 0, 0, key.node});
  }
}

// ---- Where a project stands

struct Place {
  const Table* table;
  int header, last, limit;  // its header, the last line of its last key, the next header
};

tl::unexpected<Error> no_safe_place(std::string_view name, int line) {
  return fail(
      "project {0} is written in a way that cannot be changed from here (line {1} of the configuration): "
      "write "
      "it as a table of its own, [projects.{0}] with one key below the other, and try again; or change it "
      "there "
      "by hand",
      name, line);
}

bool has_own_header(const ConfigText& text, const ConfigNode& node) {
  std::size_t begin = text.begin_of(node);
  return !node.inline_table && begin == text.begin_of_line(node.line) + text.indentation(node.line).size() &&
         text.text().substr(begin, 1) == "[";
}

Result<Place> place_of(const ConfigText& text, std::string_view name) {
  const Table* projects = projects_in(text.root());
  const Member* member = projects ? find(*projects, name) : nullptr;
  if (!member) return fail("there is no project {} in the configuration", name);
  const ConfigNode& node = member->node;
  if (!node.table() || !has_own_header(text, node)) return no_safe_place(name, member->line);
  Place place{node.table(), node.line, node.line, text.next_header(node.line)};
  for (const Member& key : *node.table()) {
    bool plain = !key.node.table() && key.line > place.header && key.node.end_line < place.limit;
    if (!plain) return no_safe_place(name, key.line);
    place.last = std::max(place.last, key.node.end_line);
  }
  return place;
}

// ---- The changes

void append_lines(ConfigText& text, const Place& place, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  int model = place.table->empty() ? place.header : place.table->front().line;
  std::string added;
  if (!text.line(place.last).ends_with('\n')) added += text.line_end();
  for (const std::string& line : lines)
    added += fmt::format("{}{}{}", text.indentation(model), line, text.line_end());
  std::size_t at = text.begin_of_line(place.last + 1);
  text.replace(at, at, std::move(added));
}

void change_keys(ConfigText& text, const Place& place, const std::vector<Key>& keys,
                 std::vector<std::string>& new_lines) {
  for (const Key& key : keys) {
    const Member* there = find(*place.table, key.name);
    if (there && key.toml.empty())
      text.remove_lines(there->line, there->node.end_line);
    else if (there)
      text.replace(text.begin_of(there->node), text.end_of(there->node), key.toml);
    else if (!key.toml.empty())
      new_lines.push_back(fmt::format("{} = {}", key.name, key.toml));
  }
}

std::optional<std::size_t> index_of(const ConfigNode::List& channels, ChannelId channel) {
  for (std::size_t i = 0; i < channels.size(); ++i)
    if (auto* digits = std::get_if<std::string>(&channels[i].value))
      if (ChannelId::parse(*digits) == channel) return i;
  return std::nullopt;
}

ConfigNode::List* channels_of(Member& project) {
  auto* keys = std::get_if<Table>(&project.node.value);
  auto* member = keys ? find(*keys, "channels") : nullptr;
  return member ? std::get_if<ConfigNode::List>(&member->node.value) : nullptr;
}

Status take_from(ConfigText& text, ConfigNode& wanted, Member& project, ChannelId channel) {
  auto* channels = channels_of(project);
  auto index = channels ? index_of(*channels, channel) : std::nullopt;
  if (!index) return {};
  if (channels->size() == 1)
    return fail(
        "channel {} is the only one of project {}: give that one another channel, or remove it, and try "
        "again",
        channel.text(), project.key);
  if (auto place = place_of(text, project.key); !place) return tl::unexpected(place.error());
  if (!remove_element(text, *channels, *index)) return no_safe_place(project.key, project.line);
  auto* there = channels_of(*find(*projects_in(wanted), project.key));
  there->erase(there->begin() + static_cast<std::ptrdiff_t>(*index));
  return {};
}

// From whichever other project has it.
Status take_channel(ConfigText& text, ConfigNode& wanted, const ProjectEdit& edit) {
  auto before = text.root();
  auto* projects = projects_in(before);
  if (!edit.channel || !projects) return {};
  for (Member& project : *projects)
    if (project.key != edit.name)
      if (auto taken = take_from(text, wanted, project, *edit.channel); !taken) return taken;
  return {};
}

Status give_channel(ConfigText& text, const Place& place, Table& wanted, const ProjectEdit& edit,
                    std::vector<std::string>& new_lines) {
  if (!edit.channel) return {};
  const Member* member = find(*place.table, "channels");
  if (!member) {
    new_lines.push_back(fmt::format("channels = [\"{}\"]", edit.channel->text()));
    wanted.push_back({"channels", 0, 0, list_node({edit.channel->text()})});
    return {};
  }
  auto* list = std::get_if<ConfigNode::List>(&member->node.value);
  if (!list) return no_safe_place(edit.name, member->line);
  if (index_of(*list, *edit.channel)) return {};
  add_element(text, member->node, fmt::format("\"{}\"", edit.channel->text()));
  std::get<ConfigNode::List>(find(wanted, "channels")->node.value).push_back({edit.channel->text()});
  return {};
}

// ---- The proof: what came out reads as what was wanted

void drop_empty_projects(ConfigNode& root) {
  auto* projects = projects_in(root);
  if (!projects || !projects->empty()) return;
  std::erase_if(std::get<Table>(root.value), [](const Member& member) { return member.key == "projects"; });
}

Result<std::string> proven(const ConfigText& text, ConfigNode wanted, std::string_view by_hand) {
  std::string result = text.changed();
  auto tree = parse_tree(result, "");
  drop_empty_projects(wanted);
  if (tree) drop_empty_projects(*tree);
  if (tree && same(*tree, wanted)) return result;
  return fail("the configuration is written in a way that cannot be changed from here: do it by hand. {}",
              by_hand);
}

Result<ConfigText> read(std::string_view text) {
  auto read = ConfigText::read(text);
  if (!read)
    return fail("the configuration file has a mistake that must be mended first: {}", read.error().what);
  return read;
}

}  // namespace

Result<std::string> add_project(std::string_view text, const ProjectEdit& edit) {
  auto table = project_table(edit);
  if (!table) return table;
  auto document = read(text);
  if (!document) return tl::unexpected(document.error());
  ConfigNode wanted = document->root();
  if (auto* projects = projects_in(wanted); projects && find(*projects, edit.name))
    return fail("there is a project {} already", edit.name);
  if (auto taken = take_channel(*document, wanted, edit); !taken) return tl::unexpected(taken.error());

  Table project;
  apply_keys(project, *keys_of(edit));
  if (edit.channel) project.push_back({"channels", 0, 0, list_node({edit.channel->text()})});
  auto& top = std::get<Table>(wanted.value);
  if (!find(top, "projects")) top.push_back({"projects", 0, 0, {Table()}});
  if (auto* projects = projects_in(wanted)) projects->push_back({edit.name, 0, 0, {std::move(project)}});

  std::string added;
  int last = document->line_count();
  if (last > 0 && !document->line(last).ends_with('\n')) added += document->line_end();
  if (last > 0 && !document->blank(last)) added += document->line_end();
  for (char c : *table) added += c == '\n' ? std::string(document->line_end()) : std::string(1, c);
  document->replace(text.size(), text.size(), std::move(added));
  return proven(*document, std::move(wanted), "At its end belongs:\n" + *table);
}

Result<std::string> set_project(std::string_view text, const ProjectEdit& edit) {
  auto keys = keys_of(edit);
  if (!keys) return tl::unexpected(keys.error());
  auto document = read(text);
  if (!document) return tl::unexpected(document.error());
  auto place = place_of(*document, edit.name);
  if (!place) return tl::unexpected(place.error());
  ConfigNode wanted = document->root();
  if (auto taken = take_channel(*document, wanted, edit); !taken) return tl::unexpected(taken.error());

  std::vector<std::string> new_lines;
  auto& project = std::get<Table>(find(*projects_in(wanted), edit.name)->node.value);
  if (auto given = give_channel(*document, *place, project, edit, new_lines); !given)
    return tl::unexpected(given.error());
  apply_keys(project, *keys);
  change_keys(*document, *place, *keys, new_lines);
  append_lines(*document, *place, new_lines);
  return proven(*document, std::move(wanted), fmt::format("It is the table [projects.{}].", edit.name));
}

Result<std::string> remove_project(std::string_view text, std::string_view name) {
  auto document = read(text);
  if (!document) return tl::unexpected(document.error());
  auto place = place_of(*document, name);
  if (!place) return tl::unexpected(place.error());

  // Comments that go on below the last key belong to it, unless they lead over to the next table.
  int last = place->last, next = last + 1;
  while (next < place->limit && document->comment(next)) ++next;
  if (next < place->limit || next > document->line_count()) last = next - 1;
  bool gap = place->header > 1 && document->blank(place->header - 1) && document->blank(last + 1);
  document->remove_lines(gap ? place->header - 1 : place->header, last);

  ConfigNode wanted = document->root();
  std::erase_if(*projects_in(wanted), [&](const Member& member) { return member.key == name; });
  return proven(*document, std::move(wanted), fmt::format("It is the table [projects.{}].", name));
}

Result<bool> has_project(std::string_view text, std::string_view name) {
  auto document = read(text);
  if (!document) return tl::unexpected(document.error());
  const Table* projects = projects_in(document->root());
  return projects && find(*projects, name);
}

Result<std::string> toml_text(std::string_view text) {
  if (text.find('\0') != std::string_view::npos || text::valid_utf8(text) != text)
    return fail("this is no text that the configuration can hold: it must be UTF-8, without NUL");
  std::string out = "\"";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      out += {'\\', c};
    else if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (byte < 0x20 || byte == 0x7f)
      out += fmt::format("\\u{:04X}", byte);
    else
      out += c;
  }
  return out + '"';
}

Result<std::string> project_table(const ProjectEdit& edit) {
  auto keys = keys_of(edit);
  if (!keys) return tl::unexpected(keys.error());
  std::string table = fmt::format("[projects.{}]\n", edit.name);
  if (edit.channel) table += fmt::format("channels = [\"{}\"]\n", edit.channel->text());
  for (const Key& key : *keys)
    if (!key.toml.empty()) table += fmt::format("{} = {}\n", key.name, key.toml);
  return table;
}

}  // namespace coordinator::app
