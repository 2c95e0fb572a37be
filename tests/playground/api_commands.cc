// Application commands, global and of a guild.
// https://discord.com/developers/docs/interactions/application-commands#endpoints
#include <algorithm>
#include <map>

#include "api.h"

namespace coordinator::playground {

namespace {

constexpr const char* kUnknown = "Unknown application command";

// Only those of the guild that the route names, or only the global ones.
struct Scope {
  Application* application;
  std::optional<GuildId> guild;

  bool holds(const Json& command) const { return command["guild_id"].id<GuildId>() == guild; }
};

Checked<Scope> scope_of(Backstage& backstage, const Call& call, bool of_guild) {
  if (call.params[0] != call.application->id.text())
    return tl::unexpected(
        Reply::error(403, 20012, "You are not authorized to perform this action on this application"));
  Scope scope{call.application, std::nullopt};
  if (!of_guild) return scope;
  auto guild = guild_of(backstage, call, 1);
  if (!guild) return tl::unexpected(std::move(guild.error()));
  scope.guild = (*guild)->id;
  return scope;
}

Json* find(const Scope& scope, const std::function<bool(const Json&)>& wanted) {
  for (auto& command : scope.application->commands)
    if (scope.holds(command) && wanted(command)) return &command;
  return nullptr;
}

Json* same_name(const Scope& scope, JsonView command) {
  auto type = command["type"].integer().value_or(1);
  return find(scope, [&](const Json& other) {
    return other["name"].text() == command["name"].text() && other["type"].integer() == type;
  });
}

// As Discord gives it back: with defaults, ids and a version.
Json stored(Backstage& backstage, const Call& call, const Scope& scope, JsonView command, JsonView old) {
  std::string version = std::to_string(backstage.world.next_snowflake(call.now.wall));
  Json out = Json::object()
                 .set("id", old ? old["id"].text_or(version) : version)
                 .set("application_id", scope.application->id)
                 .set("version", version)
                 .set("default_member_permissions", Json())
                 .set("type", command["type"].integer().value_or(1))
                 .set("name", command["name"].text_or(""))
                 .set("name_localizations", Json())
                 .set("description", command["description"].text_or(""))
                 .set("description_localizations", Json())
                 .set("nsfw", command["nsfw"].truthy());
  for (const char* key :
       {"default_member_permissions", "name_localizations", "description_localizations", "options"})
    if (command[key] && !command[key].is_null()) out.set(key, Json::clone(command[key]));
  if (scope.guild) return std::move(out).set("guild_id", *scope.guild);
  out.set("integration_types", Json::array().push(0)).set("contexts", Json());
  for (const char* key : {"integration_types", "contexts"})
    if (command[key].is_array()) out.set(key, Json::clone(command[key]));
  return out;
}

Reply list(Backstage& backstage, Call& call, bool of_guild) {
  auto scope = scope_of(backstage, call, of_guild);
  if (!scope) return std::move(scope.error());
  Json out = Json::array();
  for (const auto& command : scope->application->commands)
    if (scope->holds(command)) out.push(command.clone());
  return Reply::of(std::move(out));
}

void check_counts(JsonView commands, FormErrors& errors) {
  std::map<std::int64_t, std::size_t> counts;
  const std::map<std::int64_t, std::size_t> limits{{1, 100}, {2, 15}, {3, 15}, {4, 1}};
  for (JsonView command : commands) {
    auto type = command["type"].integer().value_or(1);
    auto limit = limits.find(type);
    if (limit != limits.end() && ++counts[type] == limit->second + 1)
      errors.add("", fmt::format("Maximum number of application commands reached ({}).", limit->second));
  }
}

Reply replace_all(Backstage& backstage, Call& call, bool of_guild) {
  auto scope = scope_of(backstage, call, of_guild);
  if (!scope) return std::move(scope.error());
  FormErrors errors;
  if (!call.body.view().is_array()) errors.type("", "a list of commands");
  check_counts(call.body.view(), errors);
  std::vector<std::pair<std::string, std::int64_t>> names;
  std::size_t index = 0;
  for (JsonView command : call.body.view()) {
    std::string at = std::to_string(index++);
    check_command(command, at, errors);
    std::pair name(command["name"].text_or(""), command["type"].integer().value_or(1));
    if (std::find(names.begin(), names.end(), name) != names.end())
      errors.add(at + "/name", "Application command names must be unique");
    names.push_back(std::move(name));
  }
  if (!errors.empty()) return Reply::invalid(errors);
  std::vector<Json> fresh;
  for (JsonView command : call.body.view()) {
    Json* old = same_name(*scope, command);
    fresh.push_back(stored(backstage, call, *scope, command, old ? old->view() : JsonView()));
  }
  Json out = Json::array();
  for (const auto& command : fresh) out.push(command.clone());
  auto& commands = scope->application->commands;
  std::erase_if(commands, [&](const Json& command) { return scope->holds(command); });
  for (auto& command : fresh) commands.push_back(std::move(command));
  backstage.chat.tell(change::CommandsChanged{});
  return Reply::of(std::move(out));
}

// One with the name of another replaces it, with 200 instead of 201.
Reply create(Backstage& backstage, Call& call, bool of_guild) {
  auto scope = scope_of(backstage, call, of_guild);
  if (!scope) return std::move(scope.error());
  FormErrors errors;
  check_command(call.body.view(), "", errors);
  if (!errors.empty()) return Reply::invalid(errors);
  Json* old = same_name(*scope, call.body.view());
  Json command = stored(backstage, call, *scope, call.body.view(), old ? old->view() : JsonView());
  Json reply = command.clone();
  if (old)
    *old = std::move(command);
  else
    scope->application->commands.push_back(std::move(command));
  backstage.chat.tell(change::CommandsChanged{});
  return Reply::of(std::move(reply), old ? 200 : 201);
}

Reply one(Backstage& backstage, Call& call, bool of_guild) {
  auto scope = scope_of(backstage, call, of_guild);
  if (!scope) return std::move(scope.error());
  const auto& id = call.params.back();
  Json* command = find(*scope, [&](const Json& other) { return other["id"].text() == id; });
  if (!command) return Reply::error(404, 10063, kUnknown);
  if (call.request.method == "GET") return Reply::of(command->clone());
  if (call.request.method == "DELETE") {
    std::erase_if(scope->application->commands, [&](const Json& other) { return other["id"].text() == id; });
    backstage.chat.tell(change::CommandsChanged{});
    return Reply::empty();
  }
  Json changed = command->clone();
  for (JsonView member : call.body.view()) changed.set(member.key(), Json::clone(member));
  FormErrors errors;
  check_command(changed.view(), "", errors);
  if (!errors.empty()) return Reply::invalid(errors);
  *command = stored(backstage, call, *scope, changed.view(), changed.view());
  backstage.chat.tell(change::CommandsChanged{});
  return Reply::of(command->clone());
}

}  // namespace

void add_command_routes(Routes& routes) {
  for (bool of_guild : {false, true}) {
    std::string base = of_guild ? "/applications/{}/guilds/{}/commands" : "/applications/{}/commands";
    auto bound = [of_guild](Reply (*handler)(Backstage&, Call&, bool)) {
      return [handler, of_guild](Backstage& backstage, Call& call) {
        return handler(backstage, call, of_guild);
      };
    };
    routes.add("GET", base, bound(list));
    routes.add("PUT", base, bound(replace_all));
    routes.add("POST", base, bound(create));
    for (const char* method : {"GET", "PATCH", "DELETE"}) routes.add(method, base + "/{}", bound(one));
  }
}

}  // namespace coordinator::playground
