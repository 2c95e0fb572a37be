#include "app/config_tree.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include "base/overloaded.h"

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

bool same_tables(const ConfigNode::Table& a, const ConfigNode::Table& b) {
  auto is_in_b = [&](const ConfigNode::Member& member) {
    return std::any_of(b.begin(), b.end(), [&](const ConfigNode::Member& other) {
      return member.key == other.key && same(member.node, other.node);
    });
  };
  return a.size() == b.size() && std::all_of(a.begin(), a.end(), is_in_b);
}

bool same_numbers(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

std::string_view ConfigNode::kind() const {
  static constexpr std::string_view kKinds[] = {"a text",        "a whole number", "a number with a point",
                                                "true or false", "a date",         "a list in [ ]",
                                                "a table"};
  return kKinds[value.index()];
}

bool same(const ConfigNode& a, const ConfigNode& b) {
  if (a.value.index() != b.value.index()) return false;
  return std::visit(
      Overloaded{
          [&](const ConfigNode::Table& table) { return same_tables(table, *b.table()); },
          [&](const ConfigNode::List& list) {
            const auto& other = std::get<ConfigNode::List>(b.value);
            return std::equal(list.begin(), list.end(), other.begin(), other.end(), same);
          },
          [&](double real) { return same_numbers(real, std::get<double>(b.value)); },
          [](const ConfigNode::Date&) { return true; },  // their values are not kept
          [&](const auto& value) { return value == std::get<std::decay_t<decltype(value)>>(b.value); }},
      a.value);
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
