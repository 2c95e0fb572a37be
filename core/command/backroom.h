// What the host sides of all plugins share.
#pragma once

#include <map>

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
};

}  // namespace coordinator::command
