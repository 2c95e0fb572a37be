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
//   Dialog dialog(call);
//   dialog.ask(Message("Sure?").row({Button::danger("Yes", dialog.id("yes", "detail"))}), 60s, "Too late.");
//   ...
//   plugin.button("yes", [](const Call& call) {
//     if (auto detail = Dialog::answered(call)) call.edit(Message("Done: " + *detail).only());
//   });
class Dialog {
 public:
  explicit Dialog(const Call& call) : call_(call), number_(in_base36(call.id())) {}

  // The custom_id of a button.
  std::string id(std::string_view button, std::string_view detail = {}) const {
    return custom_id(button, number_ + ":" + std::string(detail));
  }

  // The question is the answer to the call. When the time is over it says `too_late`, its buttons gone.
  void ask(Message question, std::chrono::milliseconds time, std::string too_late) const {
    Host host = call_.host();
    std::string key = "dialog:" + number_;
    sweep(host);
    if (!host.store(key, decimal(static_cast<std::uint64_t>(now_ms() + time.count()))))
      throw Error(COORDINATOR_LIMIT, "the dialog could not be written down");
    call_.respond(question.lasting(time));
    auto timer = host.after(time, [held = call_.hold(), key, too_late = std::move(too_late)] {
      if (!held->host().stored(key)) return;
      held->host().forget(key);
      held->edit(Message(too_late).only());
    });
    if (!timer) host.warn("too many timers: a dialog will not say that its time is over");
  }

  // In a button's handler: its detail, where it is the first that is pressed in time; else the user has been
  // told that it is too late.
  static std::optional<std::string> answered(const Call& call) {
    auto detail = call.detail();
    auto colon = detail.find(':');
    std::string key = "dialog:" + std::string(detail.substr(0, colon));
    auto until = call.host().stored(key);
    if (until) call.host().forget(key);
    if (!until || number_in(*until) < now_ms()) {
      call.edit(
          Message("This question is over already, and nothing was done now. Use the command again.").only());
      return std::nullopt;
    }
    return colon == detail.npos ? std::string() : std::string(detail.substr(colon + 1));
  }

 private:
  // Those that were open when the daemon ended.
  static void sweep(const Host& host) {
    for (auto& [key, until] : host.all_stored("dialog:"))
      if (number_in(until) + kGrace < now_ms()) host.forget(key);
  }
  static std::string in_base36(Id id) {
    std::string digits;
    do digits.insert(digits.begin(), "0123456789abcdefghijklmnopqrstuvwxyz"[id % 36]);
    while (id /= 36);
    return digits;
  }

  enum : std::int64_t { kGrace = 60'000 };  // a timer may come a little late, and still wants to speak
  Call call_;
  std::string number_;
};

}  // namespace coordinator::plugin
