#include "command/trial_report.h"

#include <utility>

namespace coordinator::command {

std::vector<std::string> TrialReport::command_names() const {
  std::vector<std::string> names;
  for (const Json& command : commands) names.push_back(command["name"].text_or(""));
  return names;
}

std::string dump_trial(const Result<TrialReport>& outcome) {
  if (!outcome) return Json::object().set("refused", outcome.error().what).dump();
  Json extensions = Json::array(), commands = Json::array();
  for (const auto& name : outcome->extensions) extensions.push(name);
  for (const Json& command : outcome->commands) commands.push(command.clone());
  Json plugin = Json::object()
                    .set("name", outcome->name)
                    .set("version", outcome->version)
                    .set("description", outcome->description)
                    .set("extensions", std::move(extensions))
                    .set("commands", std::move(commands));
  return Json::object().set("plugin", std::move(plugin)).dump();
}

Result<TrialReport> parse_trial(std::string_view line) {
  auto parsed = Json::parse(line);
  if (!parsed) return fail("the trial said something that is not understood");
  if (auto refused = (*parsed)["refused"].text()) return fail("{}", *refused);
  JsonView plugin = (*parsed)["plugin"];
  TrialReport report{
      plugin["name"].text_or(""), plugin["version"].text_or(""), plugin["description"].text_or(""), {}, {}};
  if (report.name.empty()) return fail("the trial said something that is not understood");
  for (JsonView name : plugin["extensions"]) report.extensions.push_back(name.text_or(""));
  for (JsonView command : plugin["commands"]) report.commands.push_back(Json::clone(command));
  return report;
}

}  // namespace coordinator::command
