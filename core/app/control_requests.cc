#include "app/control_requests.h"

#include <string>
#include <utility>

#include "app/metrics.h"
#include "app/reload.h"
#include "command/plugins.h"

namespace coordinator::app {

namespace {

using command::PluginInfo;
using command::Plugins;
using Change = void (Plugins::*)(std::string_view name, Plugins::Told told);

std::string_view state_word(command::PluginState state) {
  switch (state) {
    case command::PluginState::serving:
      return "serving";
    case command::PluginState::refused:
      return "refused";
    case command::PluginState::disabled:
      return "disabled";
    case command::PluginState::quarantined:
      return "quarantined";
  }
  return "unknown";
}

Json shown(const PluginInfo& info) {
  Json commands = Json::array();
  if (info.serving)
    for (const auto& command : info.serving->description().commands) commands.push(command.name);
  return Json::object()
      .set("name", info.name)
      .set("state", state_word(info.state))
      .set("version", info.version)
      .set("description", info.description)
      .set("file", info.file)
      .set("detail", info.detail)
      .set("commands", std::move(commands));
}

Json list_of(const Plugins& plugins) {
  Json list = Json::array();
  for (const PluginInfo& info : plugins.list()) list.push(shown(info));
  return Json::object().set("settled", plugins.settled()).set("plugins", std::move(list));
}

void change(Plugins& plugins, Change how, JsonView request, ControlSocket::Answer answer) {
  auto name = request["name"].text();
  if (!name || name->empty()) return answer(fail("the request names no plugin"));
  (plugins.*how)(*name, [answer = std::move(answer)](const Result<std::string>& told) {
    if (told) return answer(Json(*told));
    answer(tl::unexpected(told.error()));
  });
}

}  // namespace

void serve_plugins(ControlSocket& socket, Plugins* plugins) {
  auto serve = [&](const char* name, auto handler) {
    socket.handle(name, [plugins, handler](JsonView request, ControlSocket::Answer answer) {
      if (!plugins)
        return answer(fail("plugins are turned off: plugins.enabled is false in the configuration"));
      handler(*plugins, request, std::move(answer));
    });
  };
  serve("plugins.list",
        [](Plugins& all, JsonView, const ControlSocket::Answer& answer) { answer(list_of(all)); });
  for (auto [name, how] : {std::pair<const char*, Change>{"plugins.enable", &Plugins::enable},
                           std::pair<const char*, Change>{"plugins.disable", &Plugins::disable},
                           std::pair<const char*, Change>{"plugins.reload", &Plugins::reload}})
    serve(name, [how = how](Plugins& all, JsonView request, ControlSocket::Answer answer) {
      change(all, how, request, std::move(answer));
    });
}

void serve_reload(ControlSocket& socket, Reload& reload) {
  socket.handle("reload", [&reload](JsonView, const ControlSocket::Answer& answer) {
    auto words = reload.again("coordinator reload");
    if (words) return answer(Json(*words));
    answer(tl::unexpected(words.error()));
  });
}

void serve_stop(ControlSocket& socket, std::function<std::string(bool end_turns)> stop) {
  socket.handle("stop", [stop = std::move(stop)](JsonView request, const ControlSocket::Answer& answer) {
    auto turns = request["turns"].text();
    if (turns != "end" && turns != "leave")
      return answer(fail("`turns` says what becomes of those that run: \"end\" or \"leave\""));
    answer(Json(stop(turns == "end")));
  });
}

void serve_metrics(ControlSocket& socket, Metrics& metrics) {
  socket.handle("metrics",
                [&metrics](JsonView, const ControlSocket::Answer& answer) { answer(Json(metrics.text())); });
}

}  // namespace coordinator::app
