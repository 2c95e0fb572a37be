#include "api.h"

#include <algorithm>

#include "multipart.h"

namespace coordinator::playground {

namespace {

constexpr std::size_t kHanging = 1000;
constexpr const char* kBase = "/api/v10";
constexpr const char* kCloudflare =
    "<!doctype html><html><head><title>Access denied | discord.com used Cloudflare to restrict access</title>"
    "</head><body><h1>Error 1015</h1><p>You are being rate limited</p></body></html>\n";

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    path.remove_prefix(1);
    auto slash = path.find('/');
    out.push_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? "" : path.substr(slash);
  }
  return out;
}

// The id that the rate limit is for: a channel's, a guild's, or a webhook's with its token.
std::string major(std::string_view pattern, const std::vector<std::string>& params) {
  if (params.empty()) return "";
  if (pattern.rfind("/webhooks/", 0) == 0 || pattern.rfind("/interactions/", 0) == 0)
    return params[0] + "/" + params[1];
  return pattern.rfind("/channels/", 0) == 0 || pattern.rfind("/guilds/", 0) == 0 ? params[0] : "";
}

Json rate_limited(Millis retry_after, bool global) {
  return Json::object()
      .set("message", "You are being rate limited.")
      .set("retry_after", static_cast<double>(retry_after.count()) / 1000.0)
      .set("global", global);
}

std::string content_type_of(const Part& part) {
  return part.content_type.empty() ? "application/octet-stream" : part.content_type;
}

// The JSON of the body and the files beside it; a refusal when it is neither JSON nor multipart.
std::optional<Reply> read_body(Call& call) {
  const auto& text = call.request.body;
  if (text.empty()) return std::nullopt;
  auto type = call.request.header("content-type").value_or("");
  std::string_view json = text;
  std::vector<Part> parts;
  if (type.rfind("multipart/form-data", 0) == 0) {
    auto parsed = parse_multipart(type, text);
    if (!parsed) return Reply::error(400, 50035, "Invalid multipart body");
    parts = std::move(*parsed);
    json = "{}";
  } else if (type.rfind("application/json", 0) != 0) {
    return Reply::error(400, 50035, "Expected \"Content-Type\" header to be one of {'application/json'}.");
  }
  for (const auto& part : parts) {
    if (part.name == "payload_json") json = part.bytes;
    if (part.name.rfind("files[", 0) != 0 || !part.filename) continue;
    int n = std::atoi(part.name.c_str() + 6);
    call.files.emplace_back(n, Attachment{"", *part.filename, content_type_of(part), "", false,
                                          std::make_shared<const std::string>(part.bytes)});
  }
  auto parsed = Json::parse(json);
  if (!parsed) return Reply::error(400, 50109, "The request body contains invalid JSON.");
  call.body = std::move(*parsed);
  return std::nullopt;
}

}  // namespace

void Routes::add(const char* method, std::string pattern, Handler handler, bool open) {
  routes_.push_back({method, std::move(pattern), std::move(handler), open});
}

// Literal segments win over parameters ("@original" over "{}").
Routes::Match Routes::find(std::string_view method, std::string_view path) const {
  Match best;
  std::size_t best_literals = 0;
  auto parts = segments(path);
  for (const auto& route : routes_) {
    auto wanted = segments(route.pattern);
    if (wanted.size() != parts.size()) continue;
    std::vector<std::string> params;
    std::size_t literals = 0;
    bool fits = true;
    for (std::size_t i = 0; i < parts.size() && fits; ++i) {
      if (wanted[i] == "{}")
        params.emplace_back(parts[i]);
      else if (wanted[i] == parts[i])
        ++literals;
      else
        fits = false;
    }
    if (!fits) continue;
    best.known = true;
    if (route.method != method || (best.route && literals <= best_literals)) continue;
    best.route = &route;
    best.params = std::move(params);
    best_literals = literals;
  }
  return best;
}

Api::Api(Backstage backstage, Faults& faults, Recorder& recorder, RateLimits& limits, Alarms& alarms)
    : backstage_(backstage), faults_(faults), recorder_(recorder), limits_(limits), alarms_(alarms) {
  add_gateway_routes(routes_);
  add_guild_routes(routes_);
  add_channel_routes(routes_);
  add_message_routes(routes_);
  add_reaction_routes(routes_);
  add_command_routes(routes_);
  add_interaction_routes(routes_);
}

void Api::handle(io::ServerRequest request, io::Responder responder) {
  using Action = RestFault::Action;
  std::string_view path = request.path;
  if (path.rfind(kBase, 0) != 0)
    return finish(request, Reply::error(400, 50041, "Invalid API version"), std::move(responder));
  path.remove_prefix(std::string_view(kBase).size());
  auto fault = faults_.take(request.method, path);
  if (!fault) return finish(request, answer(request, path), std::move(responder));
  switch (fault->action) {
    case Action::status:
    case Action::rate_limit:
    case Action::cloudflare:
      return finish(request, fault_reply(*fault), std::move(responder));
    case Action::hang:
      std::erase_if(hanging_, [](const io::Responder& held) { return !held.waiting(); });
      if (hanging_.size() < kHanging) hanging_.push_back(std::move(responder));
      return;
    case Action::refuse:
      return responder.drop();
    case Action::cut: {
      Reply lost = answer(request, path);
      std::string body = lost.body ? lost.body->dump() : lost.html;
      recorder_.exchange(request, lost.status, lost.headers, body);
      return responder.drop();
    }
    case Action::delay: {
      auto late = std::make_shared<std::tuple<io::ServerRequest, Reply, io::Responder>>(
          request, answer(request, path), std::move(responder));
      alarms_.after(fault->delay, [this, late] {
        auto& [asked, reply, waiting] = *late;
        finish(asked, std::move(reply), std::move(waiting));
      });
    }
  }
}

Reply Api::fault_reply(const RestFault& fault) const {
  Millis retry_after = fault.retry_after.value_or(1s);
  if (fault.action == RestFault::Action::cloudflare) {
    Reply reply{429, std::nullopt, {}, kCloudflare};
    if (fault.retry_after)
      reply.headers = {{"Retry-After", std::to_string((retry_after.count() + 999) / 1000)}};
    return reply;
  }
  if (fault.action == RestFault::Action::rate_limit) {
    Reply reply = Reply::of(rate_limited(retry_after, fault.scope == "global"), 429);
    reply.headers = RateLimits::refusal(fault.scope, retry_after);
    return reply;
  }
  if (auto body = Json::parse(fault.body); body && !fault.body.empty())
    return Reply::of(std::move(*body), fault.status);
  return Reply::error(fault.status, 0, fmt::format("{}: the playground was asked for this", fault.status));
}

Reply Api::answer(const io::ServerRequest& request, std::string_view path) {
  if (request.header("user-agent").value_or("").empty())
    return Reply::error(403, 40333, "internal network error");
  auto match = routes_.find(request.method, path);
  if (!match.route)
    return match.known ? Reply::error(405, 0, "405: Method Not Allowed")
                       : Reply::error(404, 0, "404: Not Found");
  Call call{request, std::move(match.params), Json(), {}, nullptr, backstage_.chat.now()};
  auto authorization = request.header("authorization").value_or("");
  if (authorization.rfind("Bot ", 0) == 0)
    call.application = backstage_.world.application_by_token(authorization.substr(4));
  if (!match.route->open && (!call.application || backstage_.gateway.burnt()))
    return Reply::error(401, 0, "401: Unauthorized");
  std::string who = call.application ? call.application->id.text() : request.peer;
  auto verdict = limits_.take(who, match.route->method + " " + match.route->pattern,
                              major(match.route->pattern, call.params), match.route->open, call.now.wall);
  Reply reply;
  if (!verdict.allowed) {
    reply = Reply::of(rate_limited(verdict.retry_after, verdict.global), 429);
  } else if (auto refusal = read_body(call)) {
    reply = std::move(*refusal);
  } else {
    reply = match.route->handler(backstage_, call);
  }
  reply.headers.insert(reply.headers.end(), verdict.headers.begin(), verdict.headers.end());
  return reply;
}

void Api::finish(const io::ServerRequest& request, Reply reply, io::Responder responder) {
  std::string body = reply.body ? reply.body->dump() : reply.html;
  if (!body.empty())
    reply.headers.emplace_back("Content-Type", reply.body ? "application/json" : "text/html; charset=UTF-8");
  recorder_.exchange(request, reply.status, reply.headers, reply.body ? body : "");
  responder.send({reply.status, std::move(reply.headers), std::move(body)});
}

Checked<Channel*> channel_of(Backstage& backstage, const Call& call, std::size_t param) {
  auto id = id_of<ChannelId>(call, param, "channel_id");
  if (!id) return tl::unexpected(std::move(id.error()));
  if (auto* channel = backstage.world.channel(*id)) return channel;
  return tl::unexpected(Reply::error(404, 10003, "Unknown Channel"));
}

Checked<Guild*> guild_of(Backstage& backstage, const Call& call, std::size_t param) {
  auto id = id_of<GuildId>(call, param, "guild_id");
  if (!id) return tl::unexpected(std::move(id.error()));
  if (auto* guild = backstage.world.guild(*id)) return guild;
  return tl::unexpected(Reply::error(404, 10004, "Unknown Guild"));
}

Checked<Message*> message_of(Backstage& backstage, const Call& call, ChannelId channel, std::size_t param) {
  auto id = id_of<MessageId>(call, param, "message_id");
  if (!id) return tl::unexpected(std::move(id.error()));
  auto* message = backstage.world.message(channel, *id);
  if (message && !message->ephemeral_for) return message;
  return tl::unexpected(Reply::error(404, 10008, "Unknown Message"));
}

}  // namespace coordinator::playground
