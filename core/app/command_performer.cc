#include "app/command_performer.h"

#include <optional>
#include <utility>

#include "base/log.h"
#include "discord/request.h"
#include "discord/routes.h"
#include "io/loop.h"

namespace coordinator::app {

namespace {

using command::Say;
using discord::Lane;
using discord::Method;
using discord::RestError;
using discord::RestResult;
namespace routes = discord::routes;

constexpr const char* kArea = "command";

discord::Request request(discord::Route route, Lane lane) {
  discord::Request made;
  made.route = std::move(route);
  made.lane = lane;
  return made;
}

discord::Route route_of(const Say& say) {
  switch (say.how) {
    case Say::How::callback:
      return routes::interaction_callback(say.interaction, say.token);
    case Say::How::edit_answer:
      return routes::original_response(Method::patch, say.application, say.token);
    case Say::How::delete_answer:
      return routes::original_response(Method::del, say.application, say.token);
    case Say::How::follow_up:
      return routes::follow_up(say.application, say.token);
    case Say::How::edit_follow_up:
      return routes::follow_up_message(Method::patch, say.application, say.token, say.message);
    case Say::How::post:
      return routes::create_message(say.channel);
    case Say::How::edit_post:
      return routes::edit_message(say.channel, say.message);
  }
  return {};
}

tl::expected<Json, RestError> body_of(RestResult result) {
  if (!result) return tl::unexpected(result.error());
  return std::move(result->body);
}

}  // namespace

CommandPerformer::CommandPerformer(io::Loop& loop, discord::Rest& rest, Tell tell)
    : loop_(loop), rest_(rest), tell_(std::move(tell)) {}

void CommandPerformer::perform(command::Act& wanted) {
  std::visit([this](auto& each) { act(each); }, wanted);
}

void CommandPerformer::act(Say& act) {
  auto told = [this, interaction = act.interaction](const RestResult& result) {
    command::Said said{interaction, std::optional<MessageId>()};
    if (result)
      said.result = result->body["id"].id<MessageId>();
    else
      said.result = tl::unexpected(result.error());
    tell_(said);
  };
  discord::Request say =
      request(route_of(act), act.how == Say::How::callback ? Lane::callback : Lane::answer);
  if (act.until) say.useful_for = *act.until - loop_.now().instant;
  if (say.useful_for && *say.useful_for <= 0ms) {
    RestError late{RestError::Kind::expired, 0, 0, "it waited too long"};
    return loop_.later([told, late] { told(tl::unexpected(late)); });
  }
  if (!act.body.empty()) say.body = std::move(*Json::parse(act.body));
  rest_.send(std::move(say), told);
}

void CommandPerformer::act(command::ListCommands& act) {
  rest_.send(request(routes::commands(Method::get, act.application), Lane::ambient),
             [this](RestResult result) { tell_(command::Listed{body_of(std::move(result))}); });
}

void CommandPerformer::act(command::PublishCommands& act) {
  discord::Request put = request(routes::commands(Method::put, act.application), Lane::edit);
  put.body = std::move(*Json::parse(act.body));
  rest_.send(std::move(put),
             [this](RestResult result) { tell_(command::Published{body_of(std::move(result))}); });
}

void CommandPerformer::act(command::LogLine& act) {
  if (log::enabled(act.level)) log::write(act.level, kArea, act.text);
}

}  // namespace coordinator::app
