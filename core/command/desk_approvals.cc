// The desk's side of what agents ask people: a press becomes a decision, and the message that asked says so.
#include <utility>

#include "base/log.h"
#include "command/desk.h"
#include "command/phrases.h"
#include "io/loop.h"

namespace coordinator::command {

// The message is changed twice: at once, as the answer to the press, and by the engine's own promise, which
// outlives us.
void Desk::decide(Interaction interaction, const chat::ApprovalButton& button) {
  if (!room_.services.projects.admits(interaction.person))
    return refuse(std::move(interaction), phrases::elsewhere());
  if (room_.calls.size() >= Calls::kAll) return refuse(std::move(interaction), phrases::busy());
  Opening opening;
  opening.ephemeral = true;
  opening.about = "an agent's request, a button";
  opening.age = age_of(interaction);
  chat::Person person = interaction.person;
  std::vector<std::string> values = interaction.values;
  std::optional<std::string> words;
  if (interaction.kind == Kind::modal) {
    auto field = interaction.arguments.find(chat::ApprovalButton::kField);
    words = field == interaction.arguments.end() ? std::string() : field->second;
  }
  auto call = room_.calls.open(std::move(interaction), std::move(opening), nullptr);
  room_.services.approvals.press(person, button, values, words, [self = self_, call](const auto& done) {
    if (*self) (*self)->show(*call, done);
  });
}

void Desk::show(Call& call, const tl::expected<ApprovalView, Refusal>& done) {
  Instant now = room_.loop.now().instant;
  if (!done) return room_.calls.end(call, done.error().words);
  if (auto form = Json::parse(done->form); form && form->view().is_object())
    room_.calls.ask(call, call.invocation.modal(std::move(*form), now));
  else if (auto message = Json::parse(done->message); message && message->view().is_object())
    room_.calls.ask(call, call.invocation.edit(std::move(*message), false, now));
  room_.calls.end(call, {});
}

}  // namespace coordinator::command
