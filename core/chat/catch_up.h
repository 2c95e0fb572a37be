// Catching up: what was said in our channels while nobody listened is fetched, and told as if it had just
// been said.
//
// A gateway session that goes on misses nothing. Where a new one begins, each configured channel has a gap:
// it reaches from the mark, the latest message that was heard of anywhere, to the present. Discord tells with
// the new session which channels and threads have something in their gap; those are read from the gap's
// beginning, oldest first, and what is said there meanwhile waits behind. What is told twice falls out at the
// inbox, so beginnings are taken too early rather than too late.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <variant>
#include <vector>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/random.h"
#include "chat/effects.h"
#include "chat/project.h"
#include "discord/decode.h"
#include "discord/event.h"
#include "discord/message.h"
#include "discord/request.h"

namespace coordinator::chat {

struct CatchUpLimits {
  std::size_t messages = 1000;  // that are looked at in one channel; 0: nothing is caught up
  Millis age = 24h;             // of a message, beyond which it is left alone

  bool operator==(const CatchUpLimits&) const = default;
};

namespace catch_up {

using Request = std::uint64_t;  // never zero

// Each is answered once, by the method of the same number of words: messages(), threads(), member().
struct FetchMessages {
  Request request = 0;
  ChannelId channel;
  MessageId after;
  int count = 0;
};
struct FetchThreads {  // the archived ones: the gateway tells only those that are not
  Request request = 0;
  ChannelId channel;
  std::string before;
};
struct FetchMember {
  Request request = 0;
  GuildId guild;
  UserId user;
};
// A thread under a configured channel, of which a message may be told next.
struct Meet {
  discord::ChannelSeen thread;
};
// To be taken for one that was just said. It mentions us; it may have been taken in before.
struct Hear {
  discord::Message message;
};
using Act = std::variant<FetchMessages, FetchThreads, FetchMember, Meet, Hear, LogLine>;
using Acts = std::vector<Act>;

template <class T>
using Answer = tl::expected<T, discord::RestError>;

}  // namespace catch_up

// A machine. Its note is all that a later process needs, and is true at any time: it is to be written in one
// batch with the gateway's session, and with or after whatever came of the acts before it.
class CatchUp {
 public:
  using Acts = catch_up::Acts;
  using Request = catch_up::Request;
  template <class T>
  using Answer = catch_up::Answer<T>;

  static constexpr std::size_t kAtOnce = 2;       // requests on their way
  static constexpr int kPage = 100;               // messages in one answer
  static constexpr std::size_t kHeld = 50;        // messages of a channel that wait behind what is fetched
  static constexpr std::size_t kChannels = 1000;  // that are caught up at the same time
  // Between channels messages are not told in order, so a gap begins so much before the mark.
  static constexpr Millis kMargin = 1min;

  CatchUp(const std::vector<Project>& projects, CatchUpLimits limits, std::uint64_t seed);

  // Before the first event. A note that cannot be read is none: then nothing is caught up.
  void restore(std::string_view note, Now now);
  // Empty until anything was heard of.
  std::string note() const;

  // Now and then while the session stands, also when nothing is said.
  void listening(Now now);
  Acts connected(const discord::Ready& ready, Now now);
  Acts seen(const discord::ChannelSeen& channel, Now now);
  Acts seen(const discord::GuildSeen& guild, Now now);
  void gone(ChannelId channel);
  // Any message that the gateway tells, whether it is for us or not.
  Acts heard(const discord::Message& message, Now now);
  Acts messages(Request request, Answer<discord::MessagePage> answer, Now now);
  Acts threads(Request request, Answer<discord::ThreadPage> answer, Now now);
  Acts member(Request request, Answer<discord::Member> answer, Now now);
  Acts tick(Now now);
  // What is no longer ours is not caught up any more.
  Acts configure(const std::vector<Project>& projects, CatchUpLimits limits);

  // When tick() is due; absent when nothing waits for time to pass.
  std::optional<Instant> next_deadline() const;
  bool idle() const { return gaps_.empty() && searches_.empty() && jobs_.empty(); }

 private:
  // A configured channel of which the new session has not told yet, or not its threads.
  struct Gap {
    MessageId after;
    std::optional<GuildId> told_in{};
  };
  struct Try {
    Request request = 0;  // on its way; zero: none
    Instant not_before{};
    bool failed = false;
    Backoff backoff{2s, 5min};
  };
  // For the archived threads of a configured channel.
  struct Search {
    MessageId after;
    GuildId guild;
    std::string before{};
    int pages = 0;
    Try attempt{};
  };
  // One channel or thread that is being read. All up to `after` has been told.
  struct Job {
    discord::ChannelSeen channel;
    MessageId after;
    std::size_t looked_at = 0, told = 0;
    std::deque<discord::Message> page{};  // fetched; those for us, until their authors are known
    MessageId page_end{};
    bool more = true;                      // behind the page
    std::vector<discord::Message> live{};  // said meanwhile
    bool again = false;                    // more was said meanwhile than is kept
    Try attempt{};
  };
  using Person = std::pair<GuildId, UserId>;
  // What an answer is for.
  struct Asked {
    ChannelId channel;
    std::optional<Person> person{};
    int count = 0;
  };

  void observe(MessageId message) { mark_ = std::max(mark_, message); }
  void drop_what_is_not_ours(Acts& acts);
  std::optional<MessageId> missed_since(const discord::ChannelSeen& channel) const;
  void begin(discord::ChannelSeen channel, MessageId after, Now now, Acts& acts);
  void search(ChannelId channel, const Gap& gap);
  void go_on(Job& job, Acts& acts);
  void end(Job& job, Acts& acts);
  void cut(const Job& job, Acts& acts);
  void tell_age(Now now, Acts& acts);
  bool over(Try& attempt, const discord::RestError& error, const std::string& what, Now now, Acts& acts);
  void ask(Now now, Acts& acts);
  void ask(Job& job, Acts& acts);
  bool may_ask(const Try& attempt, Now now) const;
  Request new_request(Try& attempt, Asked asked);
  std::optional<Asked> answered(Request request);

  std::set<ChannelId> channels_;  // the configured ones
  CatchUpLimits limits_;
  Random random_;
  MessageId mark_;       // zero: nothing was ever heard of
  WallTime listened_{};  // roughly: when a session stood last
  std::optional<UserId> self_;
  std::map<ChannelId, Gap> gaps_;
  std::map<ChannelId, Search> searches_;
  std::map<ChannelId, Job> jobs_;
  std::map<Request, Asked> asked_;
  std::map<Person, discord::Member> members_;  // while something is caught up
  Request last_request_ = 0;
  bool told_age_ = false, told_cap_ = false;  // of the present gap
};

}  // namespace coordinator::chat
