// What the daemon answers on its control socket.
#pragma once

#include <functional>
#include <string>

#include "app/control_socket.h"

namespace coordinator::command {
class Plugins;
}

namespace coordinator::app {

class Metrics;
class Reload;

// plugins.list, plugins.enable, plugins.disable, plugins.reload. `plugins` must outlive the socket; null
// where the configuration has turned them off: then they are refused with a sentence.
void serve_plugins(ControlSocket& socket, command::Plugins* plugins);
// reload: reads the configuration again.
void serve_reload(ControlSocket& socket, Reload& reload);
// stop: the daemon ends, and `turns` ("end" or "leave") says what becomes of those that run. `stop` answers
// with words.
void serve_stop(ControlSocket& socket, std::function<std::string(bool end_turns)> stop);
// metrics: as text.
void serve_metrics(ControlSocket& socket, Metrics& metrics);

}  // namespace coordinator::app
