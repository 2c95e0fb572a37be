#include "app/config_tree.h"

#include <toml++/toml.h>

#include <algorithm>
#include <utility>

namespace coordinator::app {

namespace {

ConfigNode node_of(const toml::node& source);

ConfigNode::Table members_of(const toml::table& source) {
  ConfigNode::Table table;
  for (auto&& [key, node] : source) {
    auto begin = key.source().begin;
    table.push_back({std::string(key.str()), static_cast<int>(begin.line), static_cast<int>(begin.column),
                     node_of(node)});
  }
  auto earlier = [](const auto& a, const auto& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  };
  std::stable_sort(table.begin(), table.end(), earlier);  // toml++ keeps them by name
  return table;
}

ConfigNode::List elements_of(const toml::array& source) {
  ConfigNode::List list;
  for (const toml::node& element : source) list.push_back(node_of(element));
  return list;
}

ConfigNode node_of(const toml::node& source) {
  ConfigNode node;
  node.line = static_cast<int>(source.source().begin.line);
  node.column = static_cast<int>(source.source().begin.column);
  node.end_line = static_cast<int>(source.source().end.line);
  node.end_column = static_cast<int>(source.source().end.column);
  node.inline_table = source.is_table() && source.as_table()->is_inline();
  if (auto* text = source.as_string())
    node.value = text->get();
  else if (auto* integer = source.as_integer())
    node.value = integer->get();
  else if (auto* real = source.as_floating_point())
    node.value = real->get();
  else if (auto* truth = source.as_boolean())
    node.value = truth->get();
  else if (auto* list = source.as_array())
    node.value = elements_of(*list);
  else if (auto* table = source.as_table())
    node.value = members_of(*table);
  else
    node.value = ConfigNode::Date{};
  return node;
}

}  // namespace

std::string_view ConfigNode::kind() const {
  static constexpr std::string_view kKinds[] = {"a text",        "a whole number", "a number with a point",
                                                "true or false", "a date",         "a list in [ ]",
                                                "a table"};
  return kKinds[value.index()];
}

tl::expected<ConfigNode, ConfigProblems> parse_tree(std::string_view text, const std::string& file) {
  try {
    return node_of(toml::parse(text));
  } catch (const toml::parse_error& error) {  // Debian's toml++ is a shared library that was built to throw
    ConfigProblem problem;
    problem.file = file;
    problem.line = static_cast<int>(error.source().begin.line);
    problem.column = static_cast<int>(error.source().begin.column);
    problem.what = std::string(error.description());
    return tl::unexpected(ConfigProblems{std::move(problem)});
  }
}

}  // namespace coordinator::app
