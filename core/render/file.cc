// Extensions by language, and the cut of what is too long even for a file.
#include "render/file.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.h"

namespace coordinator::render {

namespace {

constexpr std::size_t kLongestExtension = 8;

// Sorted. Those whose name is their extension already ("cpp", "json", "sql") need no entry.
constexpr std::pair<std::string_view, std::string_view> kExtensions[] = {
    {"bash", "sh"},       {"c#", "cs"},
    {"c++", "cpp"},       {"console", "txt"},
    {"csharp", "cs"},     {"dockerfile", "txt"},
    {"elixir", "ex"},     {"erlang", "erl"},
    {"haskell", "hs"},    {"javascript", "js"},
    {"julia", "jl"},      {"kotlin", "kt"},
    {"latex", "tex"},     {"makefile", "mk"},
    {"markdown", "md"},   {"ocaml", "ml"},
    {"output", "txt"},    {"perl", "pl"},
    {"plaintext", "txt"}, {"powershell", "ps1"},
    {"python", "py"},     {"python3", "py"},
    {"ruby", "rb"},       {"rust", "rs"},
    {"shell", "sh"},      {"shell-session", "txt"},
    {"terminal", "txt"},  {"text", "txt"},
    {"typescript", "ts"}, {"yaml", "yml"},
    {"zsh", "sh"}};

bool plain(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

std::string extension_of(std::string_view language) {
  std::string name(language);
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const auto* found = std::lower_bound(std::begin(kExtensions), std::end(kExtensions), name,
                                       [](const auto& entry, const auto& key) { return entry.first < key; });
  if (found != std::end(kExtensions) && found->first == name) return std::string(found->second);
  bool usable =
      !name.empty() && name.size() <= kLongestExtension && std::all_of(name.begin(), name.end(), plain);
  return usable ? name : "txt";
}

}  // namespace

std::string code_name(std::string_view language, std::size_t number) {
  return (number > 1 ? fmt::format("code-{}.", number) : "code.") + extension_of(language);
}

std::string capped(std::string_view content, std::size_t bytes) {
  constexpr std::size_t kRoom = 100;  // for the last line
  std::string text = text::valid_utf8(content.substr(0, bytes));
  if (content.size() <= bytes && text.size() <= bytes) return text;
  std::size_t keep = text::grapheme_floor(text, std::min(text.size(), bytes - std::min(bytes, kRoom)));
  std::size_t line = text.rfind('\n', keep);
  if (line != std::string::npos && line > keep / 2) keep = line;
  std::size_t missing = std::max(content.size(), text.size()) - keep;
  return text.substr(0, keep) + fmt::format("\n… {} more bytes were left out.\n", grouped(missing));
}

std::string grouped(std::size_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

}  // namespace coordinator::render
