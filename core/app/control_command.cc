#include "app/control_command.h"

#include <fmt/format.h>

#include <cstdio>

#include "app/control_client.h"
#include "base/environment.h"

namespace coordinator::app {

namespace {

int complain(const std::string& who, const ControlError& error, bool json) {
  fmt::print(stderr, "coordinator {}: {}\n", who, error.what);
  if (json) fmt::print("{}\n", Json::object().set("error", error.what).dump());
  return static_cast<int>(error.failure);
}

}  // namespace

tl::expected<Json, int> ask_or_complain(const std::string& who, const std::optional<std::string>& state,
                                        const Json& request, bool json) {
  auto socket = find_control_socket(state, own_environment());
  if (!socket) return tl::unexpected(complain(who, socket.error(), json));
  auto answer = ask_daemon(*socket, request);
  if (!answer) return tl::unexpected(complain(who, answer.error(), json));
  return std::move(*answer);
}

int run_control_command(const ControlCommand& command) {
  Json request = Json::object().set("request", command.request);
  auto answer = ask_or_complain(command.request, command.state, request, command.json);
  if (!answer) return answer.error();
  std::string text = command.json ? answer->dump() : answer->view().text_or(answer->dump());
  fmt::print("{}{}", text, text.ends_with('\n') ? "" : "\n");
  return 0;
}

}  // namespace coordinator::app
