// One use of a command, button or modal, as a pure machine: what Discord was told of it, and what it is told
// next.
//
//   fresh -> deferred (by itself when it is 2 s old) -> answered -> further messages and changes -> the token
//   is over: what is still said becomes a message in the channel
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "command/effects.h"
#include "command/event.h"
#include "command/interaction.h"
#include "command/services.h"

namespace coordinator::command {

struct Opening {
  // Nobody says otherwise: how it is deferred, and how what has no flags is answered.
  bool ephemeral = false;
  std::string about;  // for the log: "reset, /reset"
  Millis age{};       // of the interaction when it came
};

// Its requests go out one after the other: each waits for the answer to the one before, since Discord takes
// an edit or a further message only when the first answer has arrived.
class Invocation {
 public:
  static constexpr Millis kDeferAfter = 2s;  // of the three that Discord waits, since it was made
  static constexpr std::size_t kSteps = 30;  // that may wait

  Invocation(const Interaction& interaction, Opening opening, Instant came);

  // What the plugin asks. The words of a refusal are for the log. Messages are bodies in Discord's form that
  // message_check.h has passed.
  using Asked = tl::expected<Effects, Refusal>;
  Asked respond(Json message, bool ephemeral, Instant now);
  Asked defer(bool ephemeral, Instant now);
  // Where there is no answer yet: of a component the message that carries it, else the answer.
  Asked edit(Json message, bool ephemeral, Instant now);
  // Where there is no answer yet it becomes that.
  Asked follow_up(Json message, bool ephemeral, Instant now);
  Asked modal(Json modal, Instant now);
  Asked choices(Json choices, Instant now);

  // True when the user has been, or is being, shown something that the plugin said.
  bool answered() const;
  bool ephemeral_by_default() const { return opening_.ephemeral; }
  // The plugin asks nothing more. Where it has not answered, the user is told this sentence.
  Effects close(std::string_view sentence, Instant now);

  Effects said(const Said& said, Instant now);
  Effects tick(Instant now);
  std::optional<Instant> next_deadline() const;
  // Closed, and everything has been said.
  bool finished() const { return closed_ && quiet(); }
  bool quiet() const { return steps_.empty(); }

 private:
  struct Fresh {};
  struct Deferred {  // "thinking..."
    bool ephemeral = false;
  };
  struct Taken {  // a component was acknowledged; @original is the message that carries it
    bool updated = false;
  };
  struct Answered {};
  struct Closed {};  // with a modal or choices: nothing of it can be changed
  using State = std::variant<Fresh, Deferred, Taken, Answered, Closed>;

  struct Step {
    enum class What { callback, edit, remove, follow_up };
    What what = What::callback;
    Json body{};   // the message, modal or choices
    int type = 0;  // of a callback, Discord's number
    bool ephemeral = false;
    bool first = false;    // it is the answer
    bool carrier = false;  // about the message that carries the component
    bool apology = false;  // it already says that something was refused
  };

  // invocation.cc: what is asked becomes steps.
  Asked take(Step step, State next, Instant now);
  std::optional<Refusal> refusal() const;
  void push(Step step);
  Effects defer_now(bool ephemeral, Instant now);

  // invocation_steps.cc: steps become requests.
  Effects advance(Instant now);
  std::optional<Say> wired(const Step& step, Instant now, Effects& out);
  std::optional<Say> wired_edit(const Step& step, Effects& out) const;
  std::optional<Say> in_channel(const Step& step, Instant now, Effects& out);
  Say say(Say::How how, std::string body) const;
  std::optional<Say> left_out(const Step& step, std::string_view why, Effects& out) const;
  void landed(const Step& step, Say::How how, std::optional<MessageId> message);
  void failed(Step step, Say::How how, const discord::RestError& error, Effects& out);
  void callback_failed(Step step, const discord::RestError& error, Effects& out);
  void again_as(Step::What what, Step step);
  void apologize(const Step& refused, const discord::RestError& error);
  bool token_over(Instant now) const { return over_ || now >= token_until_; }
  bool is_ephemeral(const Step& step) const;

  InteractionId interaction_;
  ApplicationId application_;
  std::string token_;
  ChannelId channel_;
  Kind kind_;
  MessageId carrier_;
  bool carrier_is_ephemeral_;
  Opening opening_;
  Instant defer_at_, callback_until_, token_until_;

  State state_;
  std::deque<Step> steps_;
  std::optional<Say::How> wire_;     // how the first step is on its way, if it is
  bool original_ = true;             // the answer is @original; else a further message: `answer_`,
  std::optional<MessageId> answer_;  // known once it has arrived
  bool answer_is_ephemeral_ = false;
  bool over_ = false;  // Discord does not know the token any more
  bool closed_ = false;
  int posts_ = 0;
};

}  // namespace coordinator::command
