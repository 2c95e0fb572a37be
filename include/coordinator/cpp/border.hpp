// The border between C++ and the contract: strings, sizes, callbacks in boxes, exceptions that stay inside.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "../extensions.h"

namespace coordinator::plugin {

using Id = std::uint64_t;  // a snowflake; 0: none

// Something that the host refused, with one of coordinator_result. Thrown by what cannot go on without it;
// what leaves a handler is logged, and the user is told that something went wrong.
class Error : public std::runtime_error {
 public:
  Error(int result, const std::string& words) : std::runtime_error(words), result_(result) {}
  int result() const { return result_; }

 private:
  int result_;
};

inline std::string_view view(coordinator_string text) {
  return text.data ? std::string_view(text.data, text.size) : std::string_view();
}
inline std::string owned(coordinator_string text) { return std::string(view(text)); }
// Present, also where it is empty.
inline coordinator_string borrowed(std::string_view text) {
  return coordinator_string{text.data() ? text.data() : "", text.size()};
}
inline coordinator_string absent() { return coordinator_string{nullptr, 0}; }
inline coordinator_string unless_empty(std::string_view text) {
  return text.empty() ? absent() : borrowed(text);
}

// What a struct of the other side says, as far as both sides know its members; zero beyond that.
template <class Struct>
Struct taken(const Struct* from) {
  Struct copy{};
  if (from) std::memcpy(&copy, from, std::min<std::size_t>(from->size, sizeof copy));
  return copy;
}

template <class Struct>
Struct sized() {
  Struct made{};
  made.size = sizeof made;
  return made;
}

// The table of an extension, copied: functions that an older host does not have are null, see need().
template <class Table>
Table extension(const coordinator_host* host, const char* name) {
  const void* table = host->extension(host, name);
  if (!table) throw Error(COORDINATOR_NOT_FOUND, std::string("the host has no ") + name);
  return taken(static_cast<const Table*>(table));
}

template <class Function>
Function need(Function function) {
  if (!function) throw Error(COORDINATOR_NOT_FOUND, "the host is older than this plugin");
  return function;
}

// How something ended that was asked of the host.
struct Outcome {
  int result = COORDINATOR_OK;
  std::string words;  // the host's own, may be empty

  bool ok() const { return result == COORDINATOR_OK; }
  // For a person: the host's words, else `done`, else what the result means and what to do next.
  std::string words_or(std::string_view done) const {
    if (!words.empty()) return words;
    return std::string(ok() ? done : meaning());
  }

 private:
  std::string_view meaning() const {
    switch (result) {
      case COORDINATOR_REFUSED:
        return "You may not do this. Ask somebody who administrates the server.";
      case COORDINATOR_NOT_FOUND:
        return "That is not there any more. Look at the list again.";
      case COORDINATOR_LIMIT:
        return "A limit is reached. Try again when there is less to do.";
      case COORDINATOR_CANCELLED:
        return "This was cut short, as the command is being reloaded. Try again.";
      case COORDINATOR_INVALID:
        return "That cannot be done as it stands. The log of the bot says why.";
      default:
        return "That failed. The log of the bot says why; try again later.";
    }
  }
};

// Tells the user of a call that its code has failed; does nothing for call 0.
inline void say_went_wrong(const coordinator_host* host, coordinator_call call) noexcept {
  if (!call) return;
  auto table =
      taken(static_cast<const coordinator_interactions*>(host->extension(host, COORDINATOR_INTERACTIONS)));
  coordinator_message message = sized<coordinator_message>();
  message.flags = COORDINATOR_EPHEMERAL;
  message.json = borrowed(
      R"({"content":"Something went wrong in this command. The log of the bot says what; try again later."})");
  if (table.follow_up) table.follow_up(host, call, &message);  // before an answer it is the answer
}

// Runs a piece of the plugin on behalf of the host: what it throws is logged, and told to the call's user.
template <class Work>
bool guarded(const coordinator_host* host, coordinator_call call, Work&& work) noexcept {
  auto failed = [&](std::string_view why) {
    if (host) host->log(host, COORDINATOR_ERROR, borrowed(why));
    if (host) say_went_wrong(host, call);
    return false;
  };
  try {
    work();
    return true;
  } catch (const std::exception& error) {
    return failed(error.what());
  } catch (...) {
    return failed("something was thrown that is no std::exception");
  }
}

// A callback on the heap, for which the host keeps the pointer until it calls it, once. `Gathered` is what
// comes before the end: rows that are visited, say.
struct Nothing {};
template <class Handler, class Gathered = Nothing>
struct Box {
  const coordinator_host* host;
  coordinator_call call;  // whose user hears of a failure; 0: nobody
  Handler handler;
  Gathered gathered{};
};

template <class Gathered = Nothing, class Handler>
auto boxed(const coordinator_host* host, coordinator_call call, Handler&& handler) {
  using Kept = Box<std::decay_t<Handler>, Gathered>;
  return std::unique_ptr<Kept>(new Kept{host, call, std::forward<Handler>(handler), {}});
}

// A coordinator_done for a box: frees it after its handler, which takes the outcome (and what was gathered).
template <class Kept>
void call_done(void* context, int result, coordinator_string words) noexcept {
  std::unique_ptr<Kept> box(static_cast<Kept*>(context));
  guarded(box->host, box->call, [&] {
    if constexpr (std::is_same_v<decltype(box->gathered), Nothing>)
      box->handler(Outcome{result, owned(words)});
    else
      box->handler(Outcome{result, owned(words)}, std::move(box->gathered));
  });
}

// Visits inside a call of the host's: what the visitor throws comes out behind that call.
template <class Visitor>
class Visit {
 public:
  explicit Visit(Visitor visitor) : visitor_(std::move(visitor)) {}
  template <class... Seen>
  static void each(void* context, Seen... seen) noexcept {
    auto& self = *static_cast<Visit*>(context);
    if (self.thrown_) return;
    try {
      self.visitor_(seen...);
    } catch (...) {
      self.thrown_ = std::current_exception();
    }
  }
  void finish() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }

 private:
  Visitor visitor_;
  std::exception_ptr thrown_;
};

}  // namespace coordinator::plugin
