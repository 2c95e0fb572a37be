#include "discord/gateway_session.h"

#include <utility>

namespace coordinator::discord {

Json to_json(const GatewaySession& session) {
  return Json::object()
      .set("id", session.id)
      .set("resume_url", session.resume_url)
      .set("seq", session.seq)
      .set("user", session.identity.user)
      .set("application", session.identity.application)
      .set("user_name", session.identity.user_name);
}

std::string to_text(const GatewaySession& session) { return to_json(session).dump(); }

Result<GatewaySession> parse_session(std::string_view text) {
  auto json = Json::parse(text);
  if (!json) return tl::unexpected(json.error());
  auto seq = (*json)["seq"].integer();
  auto user = (*json)["user"].id<UserId>();
  auto application = (*json)["application"].id<ApplicationId>();
  GatewaySession session;
  session.id = (*json)["id"].text_or("");
  session.resume_url = (*json)["resume_url"].text_or("");
  if (session.id.empty() || session.resume_url.empty() || !seq || *seq < 0 || !user || !application)
    return fail("a gateway session that lacks something");
  session.seq = *seq;
  session.identity = {*user, *application, (*json)["user_name"].text_or("")};
  return session;
}

CloseAdvice advice_for(std::optional<int> code) {
  switch (code.value_or(0)) {
    case 0:
      return {AfterClose::resume, "the connection broke"};
    case 4000:
      return {AfterClose::resume, "Discord does not know why"};
    case 4001:
      return {AfterClose::identify, "Discord does not know an opcode of ours"};
    case 4002:
      return {AfterClose::resume, "Discord could not decode a payload of ours"};
    case 4003:
      return {AfterClose::identify, "Discord got a payload before we had identified"};
    case 4005:
      return {AfterClose::identify, "we identified twice"};
    case 4007:
      return {AfterClose::identify, "Discord does not know the sequence number to resume from"};
    case 4008:
      return {AfterClose::resume, "we sent too much"};
    case 4009:
      return {AfterClose::identify, "the session timed out"};
    case 4004:
      return {AfterClose::give_up,
              "Discord refuses the token: open the Developer Portal, your application, Bot, press Reset "
              "Token, and put "
              "the new token where the configuration says"};
    case 4010:
      return {AfterClose::give_up,
              "Discord refuses the shard number: this is a fault of Coordinator, please report it"};
    case 4011:
      return {AfterClose::give_up,
              "Discord wants this bot to use several shards, because it is in 2,500 servers or more: take it "
              "out of "
              "servers that do not need it, since Coordinator has one shard"};
    case 4012:
      return {AfterClose::give_up,
              "Discord no longer speaks this version of its gateway: upgrade Coordinator"};
    case 4013:
      return {
          AfterClose::give_up,
          "Discord does not know the intents asked for: this is a fault of Coordinator, please report it"};
    case 4014:
      return {AfterClose::give_up,
              "Discord does not allow this bot the privileged intents that are configured: open the "
              "Developer Portal, your "
              "application, Bot, Privileged Gateway Intents, and switch them on, or take them out of the "
              "configuration"};
    default:
      return {AfterClose::resume, "the server closed the connection"};
  }
}

}  // namespace coordinator::discord
