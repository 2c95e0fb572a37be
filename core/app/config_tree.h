// A TOML file as a plain tree with positions: the one place that knows toml++.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "app/config_problem.h"

namespace coordinator::app {

struct ConfigNode {
  struct Member;
  using List = std::vector<ConfigNode>;
  using Table = std::vector<Member>;
  struct Date {};  // TOML has dates and times; no key of ours takes one

  std::variant<std::string, std::int64_t, double, bool, Date, List, Table> value;
  // Where it stands: lines and columns from 1, columns in code points, the end just behind its last. A
  // table's place is its header; of an inline table it is the whole.
  int line = 0, column = 0;
  int end_line = 0, end_column = 0;
  bool inline_table = false;

  const Table* table() const { return std::get_if<Table>(&value); }
  // "a text", "a whole number", ... for errors.
  std::string_view kind() const;
};

struct ConfigNode::Member {
  std::string key;
  int line = 0, column = 0;  // of the key
  ConfigNode node;
};

// Whether both hold the same, wherever it stands and in whatever order tables name it.
bool same(const ConfigNode& a, const ConfigNode& b);

// The root table, its members and theirs in the order of the file; or the first mistake in the TOML, as its
// only element. `file` is for the problem.
tl::expected<ConfigNode, ConfigProblems> parse_tree(std::string_view text, const std::string& file);

}  // namespace coordinator::app
