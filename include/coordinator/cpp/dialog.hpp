// A dialog: a question with buttons that is open for a while, then says that nothing was done.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "call.hpp"

namespace coordinator::plugin {

// That it is open is written down (storage), so that a press counts once, in whichever version of the plugin
// it arrives, also after a restart.
//
//   Dialog dialog(call, "what it is about");
//   dialog.ask(Message("Sure?").row({Button::danger("Yes", dialog.id("yes"))}), 60s, "Nothing was done.");
//   ...
//   plugin.button("yes", [](const Call& call) {
//     if (auto about = Dialog::answered(call)) call.edit(Message("Done: " + *about).only());
//   });
class Dialog {
 public:
  explicit Dialog(const Call& call, std::string_view about = {})
      : call_(call), number_(in_base36(call.id())), about_(about) {}

  // The custom_id of a button.
  std::string id(std::string_view button) const { return custom_id(button, number_); }

  // The question is the answer to the call. When the time is over it says `too_late`, its buttons gone.
  void ask(Message question, std::chrono::milliseconds time, std::string too_late) const {
    Host host = call_.host();
    std::string key = "dialog:" + number_;
    sweep(host);
    Held held = call_.hold();
    std::string until = decimal(static_cast<std::uint64_t>(now_ms() + time.count()));
    if (!host.store(key, until + " " + about_))
      throw Error(COORDINATOR_LIMIT, "the dialog could not be written down");
    if (call_.respond(question.lasting(time)) != COORDINATOR_OK) return host.forget(key);
    auto timer = host.after(time, [held = std::move(held), key, too_late = std::move(too_late)] {
      if (!held->host().stored(key)) return;
      held->host().forget(key);
      held->edit(Message(too_late).only());
    });
    if (!timer) host.warn("too many timers: a dialog will not say that its time is over");
  }

  // In a button's handler: what the dialog is about, where this is the first button that is pressed, in time;
  // else the user has been told that it is too late.
  static std::optional<std::string> answered(const Call& call) {
    std::string key = "dialog:" + std::string(call.detail());
    auto stored = call.host().stored(key);
    if (stored) call.host().forget(key);
    if (!stored) {  // somebody was faster, and what came of that must stay
      call.whisper(Message("This question is over, or has been answered. Use the command again."));
      return std::nullopt;
    }
    if (until_of(*stored) < now_ms()) {
      call.edit(Message("This question is over, and nothing was done. Use the command again.").only());
      return std::nullopt;
    }
    return stored->substr(stored->find(' ') + 1);
  }

 private:
  static std::int64_t until_of(std::string_view stored) {
    return number_in(stored.substr(0, stored.find(' ')));
  }
  // Those that were open when the daemon ended.
  static void sweep(const Host& host) {
    constexpr std::int64_t kGrace = 60'000;  // a timer may come a little late, and still wants to speak
    for (auto& [key, stored] : host.all_stored("dialog:"))
      if (until_of(stored) + kGrace < now_ms()) host.forget(key);
  }
  static std::string in_base36(Id id) {
    std::string digits;
    do digits.insert(digits.begin(), "0123456789abcdefghijklmnopqrstuvwxyz"[id % 36]);
    while (id /= 36);
    return digits;
  }

  Call call_;
  std::string number_, about_;
};

}  // namespace coordinator::plugin
