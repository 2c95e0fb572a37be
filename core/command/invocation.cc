// The machine of one use of a command: what the plugin asks becomes steps. What becomes of a step is in
// invocation_steps.cc.
#include "command/invocation.h"

#include <algorithm>
#include <utility>

#include "coordinator/plugin.h"
#include "discord/limits.h"

namespace coordinator::command {

namespace {

namespace limits = discord::limits;

constexpr Millis kTokenMargin = 5s;  // so that no request is on its way when the token ends

// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-interaction-callback-type
enum Callback { kMessage = 4, kThinking = 5, kTakenUp = 6, kUpdate = 7, kChoices = 8, kModal = 9 };

Json sentence_of(std::string_view text) { return Json::object().set("content", text); }

tl::unexpected<Refusal> refuse(int result, std::string words) {
  return tl::unexpected(Refusal{result, std::move(words)});
}

// What is named later counts.
void merge(Json& into, JsonView later) {
  for (JsonView member : later) into.set(member.key(), Json::clone(member));
}

}  // namespace

// The age is by two clocks: where it cannot be true it is not believed. One that says too much only defers
// sooner than need be.
Invocation::Invocation(const Interaction& interaction, Opening opening, Instant came)
    : interaction_(interaction.id),
      application_(interaction.application),
      token_(interaction.token),
      channel_(interaction.channel),
      kind_(interaction.kind),
      carrier_(interaction.message),
      carrier_is_ephemeral_(interaction.message_is_ephemeral),
      opening_(std::move(opening)),
      defer_at_(came + std::clamp(kDeferAfter - opening_.age, Millis(0), kDeferAfter)),
      callback_until_(came + limits::kCallbackTime),
      token_until_(came + limits::kInteractionTokenTime - kTokenMargin -
                   std::clamp(opening_.age, Millis(0), limits::kCallbackTime)),
      state_(Fresh{}) {}

bool Invocation::answered() const {
  if (const auto* taken = std::get_if<Taken>(&state_)) return taken->updated;
  return std::holds_alternative<Answered>(state_) || std::holds_alternative<Closed>(state_);
}

Invocation::Asked Invocation::respond(Json message, bool ephemeral, Instant now) {
  if (auto no = refusal()) return tl::unexpected(*no);
  if (kind_ == Kind::autocomplete)
    return refuse(COORDINATOR_INVALID, "an option that is being typed is answered by choices");
  if (std::holds_alternative<Answered>(state_))
    return refuse(COORDINATOR_INVALID,
                  "it is answered already; edit changes the answer, follow_up adds a message to it");
  answer_is_ephemeral_ = ephemeral;
  Step step{Step::What::follow_up, std::move(message), kMessage, ephemeral, true};
  const auto* deferred = std::get_if<Deferred>(&state_);
  if (std::holds_alternative<Fresh>(state_)) {
    step.what = Step::What::callback;
  } else if (deferred && deferred->ephemeral == ephemeral) {
    step.what = Step::What::edit;
  } else {  // who sees "thinking..." is fixed: another message takes its place
    original_ = false;
    if (deferred) push({Step::What::remove});
  }
  return take(std::move(step), Answered{}, now);
}

Invocation::Asked Invocation::edit(Json message, bool ephemeral, Instant now) {
  if (auto no = refusal()) return tl::unexpected(*no);
  if (std::holds_alternative<Answered>(state_))
    return take({Step::What::edit, std::move(message), 0, answer_is_ephemeral_}, Answered{}, now);
  bool fresh = std::holds_alternative<Fresh>(state_);
  if (const auto* deferred = std::get_if<Deferred>(&state_))
    return respond(std::move(message), ephemeral || deferred->ephemeral, now);
  if (fresh && !carrier_) return respond(std::move(message), ephemeral || opening_.ephemeral, now);
  Step step{Step::What::edit, std::move(message), kUpdate};
  step.carrier = true;
  if (fresh) step.what = Step::What::callback;
  return take(std::move(step), Taken{true}, now);
}

Invocation::Asked Invocation::follow_up(Json message, bool ephemeral, Instant now) {
  bool answer = std::holds_alternative<Answered>(state_);
  if (!answer) return respond(std::move(message), ephemeral, now);
  if (auto no = refusal()) return tl::unexpected(*no);
  return take({Step::What::follow_up, std::move(message), 0, ephemeral}, Answered{}, now);
}

Invocation::Asked Invocation::defer(bool ephemeral, Instant now) {
  if (auto no = refusal()) return tl::unexpected(*no);
  if (kind_ == Kind::autocomplete)
    return refuse(COORDINATOR_INVALID, "an option that is being typed cannot be answered later");
  if (answered()) return refuse(COORDINATOR_INVALID, "it is answered already");
  if (!std::holds_alternative<Fresh>(state_)) return Effects();  // done in time by the host
  return take({Step::What::callback, {}, kThinking, ephemeral}, Deferred{ephemeral}, now);
}

Invocation::Asked Invocation::modal(Json modal, Instant now) {
  if (auto no = refusal()) return tl::unexpected(*no);
  if (kind_ != Kind::command && kind_ != Kind::component)
    return refuse(COORDINATOR_INVALID, "a modal answers a command or a component only");
  if (!std::holds_alternative<Fresh>(state_))
    return refuse(COORDINATOR_INVALID,
                  "a modal must be the first answer, within 2 s, before anything was said or deferred");
  return take({Step::What::callback, std::move(modal), kModal, true, true}, Closed{}, now);
}

Invocation::Asked Invocation::choices(Json choices, Instant now) {
  if (auto no = refusal()) return tl::unexpected(*no);
  if (kind_ != Kind::autocomplete)
    return refuse(COORDINATOR_INVALID, "choices answer an option that is being typed only");
  return take({Step::What::callback, Json::object().set("choices", std::move(choices)), kChoices}, Closed{},
              now);
}

Effects Invocation::close(std::string_view sentence, Instant now) {
  if (std::exchange(closed_, true)) return {};
  if (kind_ == Kind::autocomplete) {
    if (!std::holds_alternative<Fresh>(state_)) return {};
    push({Step::What::callback, Json::object().set("choices", Json::array()), kChoices});
  } else if (!answered() && !sentence.empty()) {
    Step step{Step::What::follow_up, sentence_of(sentence), kMessage, true};
    step.apology = true;
    if (std::holds_alternative<Fresh>(state_)) step.what = Step::What::callback;
    if (const auto* deferred = std::get_if<Deferred>(&state_)) {
      step.what = Step::What::edit;
      step.ephemeral = deferred->ephemeral;
    }
    push(std::move(step));
  }
  state_ = Closed{};
  return advance(now);
}

// Of a component nothing needs to be shown: so both a further message and a change of the one that carries it
// stay possible.
Effects Invocation::tick(Instant now) {
  if (!std::holds_alternative<Fresh>(state_) || now < *next_deadline()) return {};
  if (kind_ == Kind::autocomplete) {
    state_ = Closed{};
    Effects out;
    out.log(log::Level::info, opening_.about + ": no choices within 3 s");
    return out;
  }
  if (!carrier_) return *defer(opening_.ephemeral, now);
  return *take({Step::What::callback, {}, kTakenUp}, Taken{}, now);
}

std::optional<Instant> Invocation::next_deadline() const {
  if (!std::holds_alternative<Fresh>(state_)) return std::nullopt;
  return kind_ == Kind::autocomplete ? callback_until_ : defer_at_;
}

// What no state allows.
std::optional<Refusal> Invocation::refusal() const {
  if (closed_) return Refusal{COORDINATOR_GONE, "the call is over"};
  if (std::holds_alternative<Closed>(state_)) {
    if (kind_ == Kind::autocomplete) return Refusal{COORDINATOR_GONE, "choices came already, or too late"};
    return Refusal{COORDINATOR_INVALID, "a modal was the answer; what is sent there is another call"};
  }
  if (steps_.size() >= kSteps)
    return Refusal{COORDINATOR_LIMIT, "30 requests wait for Discord already; wait before more is said"};
  return std::nullopt;
}

Invocation::Asked Invocation::take(Step step, State next, Instant now) {
  push(std::move(step));
  state_ = next;
  return advance(now);
}

// A change that has not left yet and a further one are one: so a progress bar costs what Discord can take.
void Invocation::push(Step step) {
  bool waits = steps_.size() > (wire_ ? 1 : 0);
  if (step.what == Step::What::edit && waits) {
    Step& last = steps_.back();
    if (last.what == Step::What::edit && last.carrier == step.carrier && !step.apology)
      return merge(last.body, step.body.view());
  }
  steps_.push_back(std::move(step));
}

}  // namespace coordinator::command
