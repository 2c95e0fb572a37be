// The REST API v10: authentication, faults, rate limits and bodies, in the order in which Discord looks at
// them; then the route's handler. https://discord.com/developers/docs/reference
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "alarms.h"
#include "chat.h"
#include "faults.h"
#include "gateway.h"
#include "interaction_desk.h"
#include "io/http_server.h"
#include "nonces.h"
#include "rate_limits.h"
#include "recorder.h"
#include "reply.h"

namespace coordinator::playground {

// What handlers work with.
struct Backstage {
  Chat& chat;
  World& world;
  InteractionDesk& desk;
  Nonces& nonces;
  Gateway& gateway;
};

// One request that has come as far as its handler.
struct Call {
  const io::ServerRequest& request;
  std::vector<std::string> params;                // what stands for {} in the route
  Json body;                                      // null when there is none
  std::vector<std::pair<int, Attachment>> files;  // by n of files[n]
  Application* application = nullptr;             // who asks; null on routes without authorization
  Now now;
};

using Handler = std::function<Reply(Backstage&, Call&)>;

class Routes {
 public:
  // `pattern`: "/channels/{}/messages". `open`: needs no Authorization and is outside of the global limit.
  void add(const char* method, std::string pattern, Handler handler, bool open = false);

  struct Route {
    std::string method, pattern;
    Handler handler;
    bool open;
  };
  struct Match {
    const Route* route = nullptr;  // null: 404, or 405 when `known`
    std::vector<std::string> params;
    bool known = false;
  };
  Match find(std::string_view method, std::string_view path) const;

 private:
  std::vector<Route> routes_;
};

// One function a family of routes (api_*.cc).
void add_gateway_routes(Routes& routes);
void add_guild_routes(Routes& routes);
void add_channel_routes(Routes& routes);
void add_message_routes(Routes& routes);
void add_reaction_routes(Routes& routes);
void add_command_routes(Routes& routes);
void add_interaction_routes(Routes& routes);

class Api {
 public:
  Api(Backstage backstage, Faults& faults, Recorder& recorder, RateLimits& limits, Alarms& alarms);

  // A request below /api.
  void handle(io::ServerRequest request, io::Responder responder);

 private:
  struct Route;
  Reply answer(const io::ServerRequest& request, std::string_view path);
  Reply fault_reply(const RestFault& fault) const;
  void finish(const io::ServerRequest& request, Reply reply, io::Responder responder);

  Backstage backstage_;
  Faults& faults_;
  Recorder& recorder_;
  RateLimits& limits_;
  Alarms& alarms_;
  Routes routes_;
  std::vector<io::Responder> hanging_;
};

// Helpers of the handlers.

// The channel, guild or message that a parameter names; 10003, 10004 or 10008, or 50035 when it is no id.
Checked<Channel*> channel_of(Backstage& backstage, const Call& call, std::size_t param = 0);
Checked<Guild*> guild_of(Backstage& backstage, const Call& call, std::size_t param = 0);
Checked<Message*> message_of(Backstage& backstage, const Call& call, ChannelId channel,
                             std::size_t param = 1);
template <class Id>
Checked<Id> id_of(const Call& call, std::size_t param, const char* name) {
  if (auto id = Id::parse(call.params[param])) return *id;
  FormErrors errors;
  errors.add(name, fmt::format("Value \"{}\" is not snowflake.", call.params[param]));
  return tl::unexpected(Reply::invalid(errors));
}

}  // namespace coordinator::playground
