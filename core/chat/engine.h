// The chat engine: the one machine in which a mention becomes a turn and a turn becomes an answer. It
// composes the router, the queues, the sessions and the outbox; it knows no loop, no network, no process and
// no database.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/runner.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "chat/answer.h"
#include "chat/approval_form.h"
#include "chat/approvals.h"
#include "chat/drawing.h"
#include "chat/edit_pace.h"
#include "chat/effects.h"
#include "chat/event.h"
#include "chat/outbox.h"
#include "chat/parcel.h"
#include "chat/picture.h"
#include "chat/project.h"
#include "chat/queues.h"
#include "chat/reactions.h"
#include "chat/router.h"
#include "chat/sessions.h"
#include "chat/typing.h"
#include "store/records.h"

namespace coordinator::chat {

// A channel's current session, and what runs (0 or 1) and waits in the channel.
struct SessionState {
  store::Session session;
  std::size_t running = 0, waiting = 0;
};

struct MentionState {
  store::Inbox mention;
  bool running = false;  // else it waits
};

class Engine {
 public:
  Engine(EngineSettings settings, std::uint64_t seed);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Once, before the first event but Hindered: takes up what an earlier daemon promised.
  Effects restore(store::Snapshot snapshot, Now now);
  Effects handle(const Event& event, Now now);
  // When a Ticked is due at the latest; absent when nothing waits for time to pass.
  std::optional<Instant> next_deadline() const;

  // Whether a message is worth asking the store about (a mention of us in a channel that is or may become
  // ours).
  bool concerns(const discord::Message& message) const;
  // Turns that run now, and whether everything that should be said has been said.
  std::size_t running() const { return turns_.size(); }
  std::set<std::string> turn_ids() const;
  // Mentions wait for their channel to be known, and are not written down yet.
  bool waits_for_channels() const { return !parked_.empty(); }
  bool quiet() const { return turns_.empty() && outbox_.empty(); }

  // For those who show or change it.
  const Router& router() const { return router_; }
  // The channel's current session; null when it has none.
  const store::Session* session_of(ChannelId channel) const { return sessions_.find(channel); }
  // The model in force: the one that was chosen, or the project's (empty: the agent's own default). Absent
  // where the channel has no project.
  std::optional<std::string> model_of(ChannelId channel) const;
  // The current sessions, the one that was active last first; of one channel, or of all.
  std::vector<SessionState> sessions(std::optional<ChannelId> channel) const;
  // Mentions that run or wait: of one channel, the running one first, then as they wait; or of all, channel
  // by channel.
  std::vector<MentionState> mentions(std::optional<ChannelId> channel) const;
  std::optional<MentionState> mention(MessageId message) const;
  // Whether it waits, runs, or has its answer on its way.
  bool knows(MessageId message) const { return live_.contains(message); }
  // What an agent asks or has asked for in a turn whose mention is not done with; null where nothing is known
  // of it.
  const store::Approval* approval(MessageId mention, int chunk) const;
  // The message that asks, as it should be now: {content, components, ...}.
  std::string approval_message(MessageId mention, int chunk) const;

 private:
  // How a mention ends, once what is on its way has arrived.
  struct Ending {
    store::InboxState outcome = store::InboxState::answered;
    std::string reason = {};
    bool retry = false;  // the last words carry a button that asks for it once more
  };
  struct LastWords {
    Answer answer;
    Ending ending;
  };
  // One message of a turn that goes on.
  struct Shown {
    int chunk = 0;
    MessageId id;              // zero: it is on its way
    std::string payload = {};  // as it was asked for last; empty: nobody knows
  };
  // A mention that waits, runs, or has an answer on its way.
  struct Live {
    store::Inbox mention;
    int chunks = 0;                   // messages that were made for it
    MessageId said{};                 // the last of them that Discord has
    bool marked = false;              // carries the waiting mark
    bool apologized = false;          // for an answer that Discord did not take
    bool blind = false;               // Discord takes nothing live there
    std::vector<Shown> shown{};       // what becomes the answer
    std::optional<LastWords> last{};  // until it is known which messages they can be written into
  };
  // One message of ours to a mention.
  struct Words {
    std::string content;
    bool replies = false;
    bool retry = false;
    bool stop = false;  // it carries a button that ends the turn
    bool live = false;
    std::string components = {};  // in the place of those buttons
    UserId pings = {};            // who is told of it
    std::vector<render::File> files = {};
    std::vector<Words> instead = {};  // of it and of all that follows, where the files are refused
  };
  enum class EndedBy { itself, person, shutdown };
  struct LiveTurn {
    store::Inbox mention;
    store::Turn record;
    agent::Limits limits;
    std::vector<agent::Text> texts;  // the finished blocks of the answer
    std::size_t text_bytes = 0;
    bool cut = false;  // there was more than is kept
    std::vector<std::string> notices;
    EndedBy ended_by = EndedBy::itself;
    std::string end_reason;  // where somebody else ended it
    bool second_try = false;
    bool asks = false;  // people, for leave
    std::string plan;   // that the agent wrote last
    Instant began{};
    Picture picture;
    bool news = false;  // that is not drawn yet
    // And its live messages are still on their way, or its files.
    std::optional<agent::TurnEnded> ended;
    std::optional<Parcel> parcel;  // once it is known
  };

  // Events, in engine.cc.
  Effects on(const Connected& event, Now now);
  Effects on(const Arrived& event, Now now);
  Effects on(const ChannelSeen& event, Now now);
  Effects on(const ChannelGone& event, Now now);
  Effects on(const ChannelUnknown& event, Now now);
  Effects on(const ReactionAdded& event, Now now);
  Effects on(const MessageUpdated& event, Now now);
  Effects on(const MessageDeleted& event, Now now);
  Effects on(const Posted& event, Now now);
  Effects on(const Searched& event, Now now);
  Effects on(const ReactionSet& event, Now now);
  Effects on(const TypingShown& event, Now now);
  Effects on(const MessageShown& event, Now now);
  Effects on(const Ticked& event, Now now);
  Effects on(const Closing& event, Now now);
  Effects on(const Hindered& event, Now now);

  // What people ask for by commands, in engine_commands.cc.
  Effects on(const ResetSession& event, Now now);
  Effects on(const ResumeSession& event, Now now);
  Effects on(const ForkSession& event, Now now);
  Effects on(const ChooseModel& event, Now now);
  Effects on(const CancelMention& event, Now now);
  Effects on(const RetryMention& event, Now now);
  Effects on(const DecideApproval& event, Now now);
  Effects on(const AnswerQuestion& event, Now now);
  Effects on(const Reconfigured& event, Now now);
  Effects switched_to(store::Session& session);
  Effects cancel(Live& live, const std::string& reason, Now now);
  static Effects stop(LiveTurn& turn, EndedBy by, std::string reason);
  LiveTurn* turn_in(ChannelId channel);

  // Which server a channel is in, in engine_places.cc.
  void restore_places(const std::vector<store::Note>& notes);
  Effects placed(std::optional<ChannelId> channel) const;
  Effects look_up_unplaced(const std::vector<ChannelId>& asked = {}) const;

  Effects park(const discord::Message& message);
  discord::Message* parked(ChannelId channel, MessageId message);
  Effects take_in(const discord::Message& message, const Project& project, Now now);
  Effects take_up(const store::Inbox& mention, const store::Snapshot& snapshot, Now now);
  Effects turn_away(const store::Inbox& mention, Now now);
  Effects enqueue(Live& live, Now now);
  Effects reply(Live& live, std::string words, Ending ending, Now now);
  Effects mark_waiting(MessageId message, bool present);
  Effects tell_hindrance(Live& live, Now now);

  // Turns, in engine_turns.cc.
  Effects on(const Reported& event, Now now);
  Effects start_ready(Now now);
  Effects start(store::Inbox mention, Now now);
  Effects adopt(store::Turn record, store::Inbox mention, Now now);
  const std::string& model_for(ChannelId channel, const Project& project) const;
  agent::TurnSpec spec_for(const LiveTurn& turn, const Project& project, const store::Session& session) const;
  Effects hear(LiveTurn& turn, const agent::Event& event, Now now);
  Effects end(LiveTurn turn, const agent::TurnEnded& end, Now now);
  static Ending ending_of(const LiveTurn& turn, const agent::TurnEnded& end);
  Effects try_again(LiveTurn turn, const Project& project, const agent::TurnEnded& end, Now now);
  Effects account(LiveTurn& turn, const agent::TurnEnded& end, Now now);
  Answer answer_of(LiveTurn& turn, const agent::TurnEnded& end, Effects& effects);
  std::string last_words(const LiveTurn& turn, const agent::TurnEnded& end, bool nothing_written,
                         Effects& effects);
  Effects holding_posts(Effects shown);

  // Live messages, in engine_live.cc.
  bool shows(const LiveTurn& turn) const;
  std::optional<Instant> drawing_due(const LiveTurn& turn) const;
  Effects draw(LiveTurn& turn, Now now);
  Effects draw_all(Now now);
  Effects show_new(Live& live, Words words, Now now);
  static bool all_arrived(const Live& live);
  Effects shown(ChannelId channel, MessageId source, int chunk, std::optional<MessageId> id, Now now);
  Effects ended_or_drawn(LiveTurn& turn, Now now);
  Effects release(ChannelId channel, Now now);

  // Files that come with mentions and go with answers, in engine_files.cc.
  Effects on(const FilesFetched& event, Now now);
  Effects on(const FilesCollected& event, Now now);
  Effects fetch_files(store::Inbox& mention);
  Effects no_more_files(MessageId message);
  void tell_what_lacks(LiveTurn& turn) const;
  Effects collect_files(const LiveTurn& turn) const;

  // What agents ask people, in engine_approvals.cc.
  void restore_approvals(const store::Snapshot& snapshot, Now now);
  Effects hear_request(LiveTurn& turn, const agent::Event& event, Now now);
  Effects ask(LiveTurn& turn, const agent::PermissionRequest& request, Now now);
  static Effects refuse_unasked(const LiveTurn& turn, const agent::PermissionRequest& request);
  bool allowed_before(const LiveTurn& turn, const agent::PermissionRequest& request);
  std::optional<Verdict> known_before(const LiveTurn& turn, const agent::PermissionRequest& request);
  Effects show_decision(Approvals::Asked& asked, Now now);
  Effects remember_leave(const store::Approval& record);
  Effects move_below(LiveTurn& turn, int chunk, Now now);
  Effects decide(Approvals::Asked& asked, Verdict verdict, Now now);
  Effects withdraw_all(std::string_view turn_id, Now now);
  Effects expire_approvals(Now now);
  Effects approval_arrived(MessageId source, int chunk, MessageId id, Now now);
  Effects approvals_refused(MessageId source, Now now);
  Effects redraw(Approvals::Asked& asked, Now now);
  Words words_of(const store::Approval& record, std::string_view input = {}) const;
  Millis permission_timeout(const std::string& project) const;

  // The books, in engine_books.cc: what is live of the inbox, and what was promised to it.
  Effects enter(Live& live, store::InboxState state, Now now);
  Effects conclude(Live& live, Answer answer, Ending ending, Now now);
  static std::vector<Words> in_order(Answer answer, bool retry);
  Effects promise(Live& live, Words words, Now now, const Shown* instead_of = nullptr);
  Effects take_away(const Live& live, const Shown& shown, Now now);
  Json payload_of(const Live& live, int chunk, const Words& words, Now now) const;
  void said(const Posted& event, Now now);
  Effects refused(const Posted& event, Now now);
  std::string failure(const agent::TurnEnded& end, const store::Inbox& mention, const agent::Limits& limits,
                      Effects& effects);
  Effects settle(MessageId message, Now now);
  static void restore_shown(Live& live, Shown shown);
  Effects restore_marks(const std::vector<store::Mark>& marks);
  Effects lost(Live& live, Now now);
  static Effects write_off(store::Turn turn, Now now);

  ChatLimits limits_;
  Random random_;
  Router router_;
  Queues queues_;
  Sessions sessions_;
  Reactions reactions_;
  Typing typing_;
  EditPace pace_;
  Drawing drawing_;
  Outbox outbox_;
  Approvals approvals_;
  std::optional<UserId> self_;
  bool closing_ = false;
  std::string hindrance_;                            // why no turn can be begun; empty: they can
  std::set<ChannelId> told_hindrance_;               // channels that know it
  std::unordered_map<std::string, LiveTurn> turns_;  // by turn id
  std::unordered_map<MessageId, Live> live_;
  std::unordered_map<ChannelId, std::vector<discord::Message>> parked_;  // until their channel is known
  bool parking_full_ = false;                                            // and that was said
  std::unordered_map<UserId, Instant> refused_;  // who was told "you may not", and when
};

}  // namespace coordinator::chat
