#include "app/project_change.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>
#include <vector>

#include "app/config_values.h"
#include "app/git_clone.h"
#include "coordinator/plugin.h"

namespace coordinator::app {

namespace {

using command::ProjectChange;
using command::Refusal;

constexpr std::size_t kLongestText = 16u << 10;

tl::unexpected<Refusal> invalid(std::string words) { return refusal(COORDINATOR_INVALID, std::move(words)); }

// Without those that say nothing.
std::optional<std::string> given(const std::optional<std::string>& text) {
  return text && !text->empty() ? text : std::nullopt;
}

Result<std::vector<std::string>> people_in(std::string_view text) {
  std::vector<std::string> people;
  chat::Access access;
  while (!text.empty()) {
    std::size_t end = std::min(text.find_first_of(", "), text.size());
    if (end > 0) people.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (end == 0) continue;
    if (auto added = add_access(people.back(), access); !added) return tl::unexpected(added.error());
  }
  return people;
}

tl::expected<ProjectEdit, Refusal> edit_of(const ProjectChange& change) {
  for (const auto* text : {&change.directory, &change.model, &change.system_prompt, &change.allow})
    if (*text && (*text)->size() > kLongestText) return invalid("That is too long: 16 KiB are possible.");
  ProjectEdit edit;
  edit.name = change.name;
  if (auto good = check_name(change.name); !good) return invalid(good.error().what);
  edit.directory = given(change.directory);
  edit.model = change.model == "default" ? "" : change.model;
  edit.system_prompt = change.system_prompt;
  edit.channel = change.channel;
  if (edit.directory && !edit.directory->starts_with('/') && !edit.directory->starts_with("~/"))
    return invalid("Write the whole path of the directory, like /srv/project.");
  if (auto allow = given(change.allow)) {
    auto people = people_in(*allow);
    if (!people) return invalid(people.error().what);
    edit.allow = std::move(*people);
  }
  return edit;
}

}  // namespace

tl::unexpected<Refusal> refusal(int result, std::string words) {
  return tl::unexpected(Refusal{result, std::move(words)});
}

tl::expected<ProjectEdit, Refusal> edit_for_addition(const chat::Person& by, const ProjectChange& change) {
  auto edit = edit_of(change);
  if (!edit) return edit;
  auto repository = given(change.repository);
  if (repository.has_value() == edit->directory.has_value())
    return invalid("Give either the address of a repository, or a directory that is there already.");
  if (repository)
    if (auto good = check_repository(*repository); !good) return invalid(good.error().what);
  if (!edit->channel) return invalid("Name the channel that is to speak to the project.");
  if (!edit->allow) edit->allow = {{fmt::format("user:{}", by.user.text())}};
  return edit;
}

tl::expected<ProjectEdit, Refusal> edit_for_change(const ProjectChange& change) {
  if (given(change.repository))
    return invalid(
        "A project keeps its repository. Remove it and add it again with another one; its directory stays.");
  auto edit = edit_of(change);
  if (edit && edited_keys(*edit).empty()) return invalid("Say what is to change.");
  return edit;
}

std::string edited_keys(const ProjectEdit& edit) {
  std::vector<std::string_view> keys;
  if (edit.channel) keys.emplace_back("channel");
  if (edit.directory) keys.emplace_back("directory");
  if (edit.model) keys.emplace_back("model");
  if (edit.system_prompt) keys.emplace_back("system prompt");
  if (edit.allow) keys.emplace_back("allow");
  return fmt::format("{}", fmt::join(keys, ", "));
}

}  // namespace coordinator::app
