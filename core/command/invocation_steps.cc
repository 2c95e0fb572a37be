// The machine of one use of a command, second part: each step becomes a request, and what its failing means.
#include <fmt/format.h>

#include <utility>

#include "command/invocation.h"

namespace coordinator::command {

namespace {

using discord::RestError;

// https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
constexpr int kUnknownMessage = 10008, kUnknownWebhook = 10015, kUnknownInteraction = 10062,
              kAcknowledged = 40060, kFollowUpsUsedUp = 40094, kTokenExpired = 50027;

enum Callback { kMessage = 4, kUpdate = 7, kModal = 9 };

constexpr std::int64_t kEphemeral = 1 << 6;
constexpr Millis kNonceLives = 2min;  // Discord remembers one for "the past few minutes"

Json with_ephemeral(JsonView body) {
  Json out = body.is_object() ? Json::clone(body) : Json::object();
  out.set("flags", out["flags"].integer().value_or(0) | kEphemeral);
  return out;
}

bool visible(JsonView message) {
  return !message["content"].text().value_or("").empty() || message["embeds"].size() > 0;
}

bool ends_token(const RestError& error) {
  return error.code == kTokenExpired || error.code == kUnknownWebhook || error.code == kFollowUpsUsedUp;
}

Json apology_for(const RestError& error) {
  return Json::object()
      .set("content", fmt::format("Discord refused the command's answer: {}. The operator's log names the "
                                  "plugin; its author has to mend it.",
                                  error.message))
      .set("embeds", Json::array())
      .set("components", Json::array());
}

}  // namespace

Effects Invocation::advance(Instant now) {
  Effects out;
  while (!wire_ && !steps_.empty()) {
    if (auto request = wired(steps_.front(), now, out)) {
      wire_ = request->how;
      out.act(std::move(*request));
    } else {
      steps_.pop_front();
    }
  }
  return out;
}

std::optional<Say> Invocation::wired(const Step& step, Instant now, Effects& out) {
  if (step.what == Step::What::callback) {
    Json body = Json::object().set("type", step.type);
    Json data = step.ephemeral && step.type != kModal ? with_ephemeral(step.body.view()) : step.body.clone();
    if (data.view().is_object()) body.set("data", std::move(data));
    Say request = say(Say::How::callback, body.dump());
    request.until = callback_until_;
    return request;
  }
  if (token_over(now)) return in_channel(step, now, out);
  if (step.what == Step::What::remove) return say(Say::How::delete_answer, "");
  if (step.what == Step::What::edit) return wired_edit(step, out);
  return say(Say::How::follow_up,
             step.ephemeral ? with_ephemeral(step.body.view()).dump() : step.body.dump());
}

std::optional<Say> Invocation::wired_edit(const Step& step, Effects& out) const {
  if (step.carrier || original_) return say(Say::How::edit_answer, step.body.dump());
  if (!answer_) return left_out(step, "the answer that it changes did not arrive", out);
  Say request = say(Say::How::edit_follow_up, step.body.dump());
  request.message = *answer_;
  return request;
}

// The token has ended: the bot speaks for itself, and cannot whisper.
std::optional<Say> Invocation::in_channel(const Step& step, Instant now, Effects& out) {
  if (step.what == Step::What::remove) return std::nullopt;
  if (is_ephemeral(step)) return left_out(step, "the interaction is over and only its user may see it", out);
  std::optional<MessageId> known = step.carrier ? std::optional(carrier_) : answer_;
  if (step.what == Step::What::edit && known) {
    Say request = say(Say::How::edit_post, step.body.dump());
    request.message = *known;
    return request;
  }
  if (!channel_ || !visible(step.body.view()))
    return left_out(step, "the interaction is over and nothing of it can be shown in the channel", out);
  Json body = step.body.clone();
  body.set("nonce", fmt::format("i{}-{}", interaction_.value, posts_++)).set("enforce_nonce", true);
  Say request = say(Say::How::post, body.dump());
  request.until = now + kNonceLives;
  return request;
}

Say Invocation::say(Say::How how, std::string body) const {
  Say request;
  request.how = how;
  request.interaction = interaction_;
  request.application = application_;
  request.token = token_;
  request.channel = channel_;
  request.body = std::move(body);
  return request;
}

std::optional<Say> Invocation::left_out(const Step& step, std::string_view why, Effects& out) const {
  out.log(log::Level::info, fmt::format("{}: {} is left out: {}", opening_.about,
                                        step.what == Step::What::edit ? "a change" : "a message", why));
  return std::nullopt;
}

bool Invocation::is_ephemeral(const Step& step) const {
  return step.carrier ? carrier_is_ephemeral_ : step.ephemeral;
}

Effects Invocation::said(const Said& said, Instant now) {
  if (!wire_) return {};
  Say::How how = *std::exchange(wire_, std::nullopt);
  Step step = std::move(steps_.front());
  steps_.pop_front();
  Effects out;
  if (said.result)
    landed(step, how, *said.result);
  else
    failed(std::move(step), how, said.result.error(), out);
  out += advance(now);
  return out;
}

void Invocation::landed(const Step& step, Say::How how, std::optional<MessageId> message) {
  bool answer = step.first || step.what == Step::What::edit;
  bool made = how == Say::How::follow_up || how == Say::How::post;
  if (answer && made && !step.carrier) answer_ = message;
}

void Invocation::failed(Step step, Say::How how, const RestError& error, Effects& out) {
  bool refused = error.kind == RestError::Kind::refused;
  if (how == Say::How::callback) return callback_failed(std::move(step), error, out);
  bool by_token = how != Say::How::post && how != Say::How::edit_post;
  if (refused && by_token && ends_token(error)) {
    over_ = true;
    steps_.push_front(std::move(step));
    return;
  }
  if (step.what == Step::What::remove) return;  // somebody was faster
  if (refused && error.code == kUnknownMessage && by_token && step.first) {
    original_ = false;
    return again_as(Step::What::follow_up, std::move(step));
  }
  out.log(log::Level::warning,
          fmt::format("{}: Discord did not take what it said: {}", opening_.about, error.message));
  if (refused && by_token && step.first && !step.apology) apologize(step, error);
}

// Twice acknowledged: it landed, the answer to an earlier try was lost. Unknown: the 3 s were over, so
// nothing goes by the token, but what the plugin says is not lost.
void Invocation::callback_failed(Step step, const RestError& error, Effects& out) {
  if (error.code == kAcknowledged) {
    out.log(log::Level::warning,
            fmt::format("{}: it was answered already; does another program use this token?", opening_.about));
    return landed(step, Say::How::callback, std::nullopt);
  }
  out.log(log::Level::warning,
          fmt::format("{}: its first answer did not arrive: {}", opening_.about, error.message));
  bool refused = error.kind == RestError::Kind::refused && error.code != kUnknownInteraction;
  if (refused && !step.apology && kind_ != Kind::autocomplete) return apologize(step, error);
  over_ = true;
  if (step.type == kMessage)
    again_as(Step::What::follow_up, std::move(step));
  else if (step.type == kUpdate)
    again_as(Step::What::edit, std::move(step));
}

void Invocation::again_as(Step::What what, Step step) {
  step.what = what;
  steps_.push_front(std::move(step));
}

// The user must not be left with "thinking..." or "did not respond".
void Invocation::apologize(const Step& refused, const RestError& error) {
  Step step{refused.what, apology_for(error), kMessage, refused.ephemeral};
  if (step.what != Step::What::edit) step.ephemeral = true;
  step.apology = true;
  step.first = true;
  steps_.push_front(std::move(step));
}

}  // namespace coordinator::command
