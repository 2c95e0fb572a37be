#include "recording_host.h"

#include <utility>

#include "command/message_check.h"
#include "message_form.h"
#include "recording_tables.h"

namespace coordinator::test {

namespace {

std::string component_in(JsonView components, std::string_view label) {
  for (JsonView component : components) {
    std::string shown = component["label"].text_or("") + component["placeholder"].text_or("");
    if (component["custom_id"] && shown.rfind(label, 0) == 0) return component["custom_id"].text_or("");
    auto inside = component_in(component["components"], label);
    if (!inside.empty()) return inside;
  }
  return "";
}

// The stand-in Discord's rules, and the daemon's own: written apart from each other.
std::string fault_of(const Answer& answer) {
  using namespace playground;
  auto daemons = [](const Result<Json>& checked) {
    return checked ? "" : "the daemon: " + checked.error().what;
  };
  std::string json = answer.body.dump();
  command::Maker maker{"some-plugin-with-a-name-x", WallTime(Millis(1'800'000'000'000))};
  bool numbers = answer.body[0]["value"].is_number();
  if (answer.how == "choices")
    return daemons(command::check_choices(json, numbers ? COORDINATOR_INTEGER : COORDINATOR_TEXT));
  FormErrors errors;
  if (answer.how == "modal") {
    checked_components(answer.body["components"], Surface::modal, false, errors);
    if (!errors.empty()) return errors.tree().dump();
    return daemons(command::check_modal(json, maker));
  }
  bool edit = answer.how == "edit";
  auto form =
      read_message(answer.body.view(), {}, edit ? playground::Purpose::edit : playground::Purpose::webhook);
  if (!form) return form.error().body ? form.error().body->dump() : "refused";
  return daemons(
      command::check_message(json, edit ? command::Purpose::edit : command::Purpose::create, maker));
}

}  // namespace

std::string Answer::component(std::string_view label) const {
  return component_in(body["components"], label);
}

RecordingHost::RecordingHost() {
  face_.table = core_table();
  face_.host = this;
}

// A box that was never told its end would be a leak; the sanitizer sees it.
RecordingHost::~RecordingHost() = default;

coordinator_call RecordingHost::open(Use use) {
  calls_[++last_number_] = std::move(use);
  return last_number_;
}

void RecordingHost::close(coordinator_call call) {
  if (!held_.count(call)) calls_.erase(call);
}

void RecordingHost::settle(int result, std::string words) {
  auto ends = std::exchange(ends_, {});
  coordinator_string told{words.empty() ? nullptr : words.data(), words.size()};
  for (auto& end : ends) end(result, told);
}

void RecordingHost::pass(std::uint64_t milliseconds) {
  now_ += milliseconds;
  for (auto timer = timers_.begin(); timer != timers_.end(); timer = timers_.begin()) {
    while (timer != timers_.end() && timer->second.due > now_) ++timer;
    if (timer == timers_.end()) return;
    Timer due = timer->second;
    timers_.erase(timer);
    due.fire(due.context, COORDINATOR_OK);
  }
}

void RecordingHost::stopping() {
  settle(COORDINATOR_CANCELLED);
  for (auto& [number, timer] : std::exchange(timers_, {})) timer.fire(timer.context, COORDINATOR_CANCELLED);
}

int RecordingHost::record(coordinator_call call, std::string how, const coordinator_message& message) {
  if (!alive(call)) return COORDINATOR_GONE;
  auto body = Json::parse(std::string_view(message.json.data, message.json.size));
  if (!body) {
    complaints.push_back(how + ": " + body.error().what);
    return COORDINATOR_INVALID;
  }
  bool ephemeral = message.flags & COORDINATOR_EPHEMERAL;
  answers.push_back({call, std::move(how), std::move(*body), ephemeral, message.components_ms});
  hold_to_limits(last());
  return COORDINATOR_OK;
}

void RecordingHost::hold_to_limits(const Answer& answer) {
  std::string fault = fault_of(answer);
  if (!fault.empty()) complaints.push_back(answer.how + ": " + fault + " in " + answer.body.dump());
}

}  // namespace coordinator::test
