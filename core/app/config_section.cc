#include "app/config_section.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace coordinator::app {

using Kind = ConfigProblem::Kind;

namespace {

// A key as it is written in TOML.
std::string shown(std::string_view key) {
  bool bare = !key.empty() && key.size() <= 64;
  for (char c : key) bare = bare && (std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_');
  if (bare) return std::string(key);
  return fmt::format("\"{}\"", key.substr(0, 64));
}

}  // namespace

ConfigProblem& ProblemList::add(Kind kind, int line, int column, std::string key, std::string what) {
  return found_.emplace_back(ConfigProblem{kind, file_, line, column, std::move(key), std::move(what)});
}

ConfigProblems ProblemList::take() {
  auto earlier = [](const ConfigProblem& a, const ConfigProblem& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  };
  std::stable_sort(found_.begin(), found_.end(), earlier);
  return std::exchange(found_, {});
}

Section::Section(const ConfigNode& node, std::string path, ProblemList& problems)
    : node_(node), path_(std::move(path)), problems_(problems) {}

Section::~Section() {
  if (!node_.table()) return;
  for (const auto& member : *node_.table())
    if (std::find(known_.begin(), known_.end(), member.key) == known_.end()) unknown(member);
}

void Section::unknown(const ConfigNode::Member& member) {
  std::string_view near = nearest(member.key, known_);
  std::string what = near.empty() ? fmt::format("unknown key; here belong: {}", fmt::join(known_, ", "))
                                  : fmt::format("unknown key; did you mean \"{}\"?", near);
  problems_.add(Kind::error, member.line, member.column, path_ + shown(member.key), what);
}

bool Section::has(std::string_view key) { return find(key) != nullptr; }

std::optional<PlacedText> Section::text(std::string_view key, std::string_view wanted) {
  auto* member = find(key);
  return member ? text_of(member->node, path_ + member->key, wanted) : std::nullopt;
}

std::optional<std::vector<PlacedText>> Section::texts(std::string_view key) {
  auto* member = find(key);
  if (!member) return std::nullopt;
  std::string name = path_ + member->key;
  auto* list = std::get_if<ConfigNode::List>(&member->node.value);
  if (!list) return wrong_type(member->node, name, "a list of texts, like [\"one\", \"two\"]"), std::nullopt;
  std::vector<PlacedText> texts;
  for (const ConfigNode& element : *list)
    if (auto found = text_of(element, name, kText)) texts.push_back(std::move(*found));
  return texts;
}

std::optional<std::int64_t> Section::whole(std::string_view key, std::int64_t least, std::int64_t most) {
  auto* member = find(key);
  if (!member) return std::nullopt;
  auto* number = std::get_if<std::int64_t>(&member->node.value);
  if (!number) return wrong_type(member->node, path_ + member->key, "a whole number"), std::nullopt;
  if (*number >= least && *number <= most) return *number;
  problems_.add(Kind::error, member->node.line, member->node.column, path_ + member->key,
                fmt::format("{} is out of range: {} to {} is possible", *number, least, most));
  return std::nullopt;
}

std::optional<bool> Section::truth(std::string_view key) {
  auto* member = find(key);
  if (!member) return std::nullopt;
  if (auto* truth = std::get_if<bool>(&member->node.value)) return *truth;
  return wrong_type(member->node, path_ + member->key, "true or false, without quotes"), std::nullopt;
}

std::optional<std::size_t> Section::one_of(std::string_view key, const std::vector<std::string_view>& words) {
  auto found = text(key);
  if (!found) return std::nullopt;
  auto word = std::find(words.begin(), words.end(), found->text);
  if (word != words.end()) return static_cast<std::size_t>(word - words.begin());
  std::string_view near = nearest(found->text, words);
  error(*found, fmt::format("{} is not possible here; {}", shown(found->text),
                            near.empty() ? fmt::format("write one of: {}", fmt::join(words, ", "))
                                         : fmt::format("did you mean \"{}\"?", near)));
  return std::nullopt;
}

void Section::section(std::string_view key, const std::function<void(Section&)>& read) {
  static const ConfigNode empty{ConfigNode::Table{}};
  auto* member = find(key);
  std::string name = path_ + std::string(key);
  if (member && !member->node.table())
    return wrong_type(member->node, name, fmt::format("a table, [{}]", name));
  Section inner(member ? member->node : empty, name + ".", problems_);
  read(inner);
}

void Section::sections(std::string_view key,
                       const std::function<void(const ConfigNode::Member& member, Section&)>& read) {
  std::string wanted = fmt::format("one table for each, like [{}{}.NAME]", path_, key);
  members(key, wanted, [&](const ConfigNode::Member& member, const std::string& path) {
    if (!member.node.table()) return wrong_type(member.node, path, fmt::format("a table, [{}]", path));
    Section section(member.node, path + ".", problems_);
    read(member, section);
  });
}

std::vector<std::pair<std::string, PlacedText>> Section::pairs(std::string_view key) {
  std::vector<std::pair<std::string, PlacedText>> pairs;
  std::string wanted = "a table of names and texts, like { NAME = \"value\" }";
  members(key, wanted, [&](const ConfigNode::Member& member, const std::string& path) {
    if (auto text = text_of(member.node, path, kText)) pairs.emplace_back(member.key, std::move(*text));
  });
  return pairs;
}

void Section::members(std::string_view key, std::string_view wanted, const EachMember& each) {
  auto* member = find(key);
  if (!member) return;
  std::string path = path_ + std::string(key);
  if (!member->node.table()) return wrong_type(member->node, path, wanted);
  for (const auto& inner : *member->node.table()) each(inner, fmt::format("{}.{}", path, shown(inner.key)));
}

void Section::error(std::string_view key, std::string what) { note(Kind::error, key, std::move(what)); }
void Section::warning(std::string_view key, std::string what) { note(Kind::warning, key, std::move(what)); }

void Section::error(const PlacedText& place, std::string what) {
  problems_.add(Kind::error, place.line, place.column, place.key, std::move(what));
}

void Section::warning(const PlacedText& place, std::string what) {
  problems_.add(Kind::warning, place.line, place.column, place.key, std::move(what));
}

void Section::outside(const PlacedText& place, std::string what) {
  problems_.add(Kind::warning, place.line, place.column, place.key, std::move(what)).outside = true;
}

const ConfigNode::Member* Section::find(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  return std::as_const(*this).find(key);
}

const ConfigNode::Member* Section::find(std::string_view key) const {
  if (node_.table())
    for (const auto& member : *node_.table())
      if (member.key == key) return &member;
  return nullptr;
}

// At the key where it stands, else at the table that should have it.
void Section::note(Kind kind, std::string_view key, std::string what) {
  auto* member = std::as_const(*this).find(key);
  int line = member ? member->line : node_.line, column = member ? member->column : node_.column;
  std::string name = key.empty() ? path_.substr(0, path_.size() - 1) : path_ + std::string(key);
  problems_.add(kind, line, column, std::move(name), std::move(what));
}

void Section::wrong_type(const ConfigNode& node, const std::string& key, std::string_view wanted) {
  problems_.add(Kind::error, node.line, node.column, key,
                fmt::format("this is {}; it must be {}", node.kind(), wanted));
}

// A NUL would cut the value short wherever it is handed to the system.
std::optional<PlacedText> Section::text_of(const ConfigNode& node, const std::string& key,
                                           std::string_view wanted) {
  auto* text = std::get_if<std::string>(&node.value);
  if (!text) return wrong_type(node, key, wanted), std::nullopt;
  PlacedText placed{*text, node.line, node.column, key};
  if (text->find('\0') != std::string::npos) return error(placed, "a text cannot hold \\u0000"), std::nullopt;
  return placed;
}

}  // namespace coordinator::app
