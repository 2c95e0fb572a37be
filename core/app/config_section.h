// One table of the configuration while it is read: gives values of the type that was asked for, notes every
// mistake, and knows which keys there could have been.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/config_problem.h"
#include "app/config_tree.h"
#include "base/clock.h"
#include "base/result.h"

namespace coordinator::app {

// Mistakes as they are found, from all sections.
class ProblemList {
 public:
  explicit ProblemList(std::string file) : file_(std::move(file)) {}

  ConfigProblem& add(ConfigProblem::Kind kind, int line, int column, std::string key, std::string what);
  // In the order of the file.
  ConfigProblems take();

 private:
  std::string file_;
  ConfigProblems found_;
};

// A text with the place where it stands.
struct PlacedText {
  std::string text;
  int line = 0, column = 0;
  std::string key;
};

// Every question is for one key and makes that key known. A key that is missing answers nothing; one of the
// wrong type is noted and answers nothing. The destructor notes the keys that nobody asked for.
class Section {
 public:
  // `path` is the table's name with a dot behind it, empty for the root. A node that is no table is noted.
  Section(const ConfigNode& node, std::string path, ProblemList& problems);
  ~Section();
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;

  static constexpr std::string_view kText = "a text in quotes";

  bool has(std::string_view key);
  std::optional<PlacedText> text(std::string_view key, std::string_view wanted = kText);
  std::optional<std::vector<PlacedText>> texts(std::string_view key);
  std::optional<std::int64_t> whole(std::string_view key, std::int64_t least, std::int64_t most);
  std::optional<bool> truth(std::string_view key);
  // A text that `parse` understands; its sentence is noted where it does not, and `wanted` where it is no
  // text.
  template <class Value>
  std::optional<Value> parsed(std::string_view key, Result<Value> (*parse)(std::string_view),
                              std::string_view wanted = kText) {
    auto found = text(key, wanted);
    if (!found) return std::nullopt;
    auto value = parse(found->text);
    if (!value) return error(*found, value.error().what), std::nullopt;
    return *value;
  }
  // One of `words`, as its place among them.
  std::optional<std::size_t> one_of(std::string_view key, const std::vector<std::string_view>& words);

  // Calls `read` for the table under this key, or for each table in it.
  void section(std::string_view key, const std::function<void(Section&)>& read);
  void sections(std::string_view key,
                const std::function<void(const ConfigNode::Member& member, Section&)>& read);

  // A table whose keys may be anything and whose values are texts.
  std::vector<std::pair<std::string, PlacedText>> pairs(std::string_view key);

  // Notes about this table, one of its keys (whether it is there or not), or a value.
  void error(std::string_view key, std::string what);
  void warning(std::string_view key, std::string what);
  void error(const PlacedText& place, std::string what);
  void warning(const PlacedText& place, std::string what);
  // A warning about the machine rather than about the file.
  void outside(const PlacedText& place, std::string what);

 private:
  using EachMember = std::function<void(const ConfigNode::Member& member, const std::string& path)>;
  void members(std::string_view key, std::string_view wanted, const EachMember& each);
  const ConfigNode::Member* find(std::string_view key);
  const ConfigNode::Member* find(std::string_view key) const;
  void note(ConfigProblem::Kind kind, std::string_view key, std::string what);
  void wrong_type(const ConfigNode& node, const std::string& key, std::string_view wanted);
  std::optional<PlacedText> text_of(const ConfigNode& node, const std::string& key, std::string_view wanted);
  void unknown(const ConfigNode::Member& member);

  const ConfigNode& node_;
  std::string path_;
  ProblemList& problems_;
  std::vector<std::string_view> known_;
};

}  // namespace coordinator::app
