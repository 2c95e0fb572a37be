// What the host sides of all plugins share.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "command/calls.h"
#include "command/effects.h"
#include "command/publisher.h"
#include "command/services.h"
#include "io/http_client.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::command {

class Host;
class Instance;
class Plugins;

struct Backroom {
  io::Loop& loop;
  Services services;
  io::HttpClient http;
  Calls calls;
  Publisher publisher;
  Plugins* plugins = nullptr;
  std::map<const Instance*, Host*> hosts{};
  // By plugin: over reloads, so that they cannot grow by that.
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> metric_names{};
};

}  // namespace coordinator::command
