// The performer: brings the chat engine's acts about, by requests to Discord and by the agents' processes,
// and tells the engine how each went.
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include "agent/runner.h"
#include "app/attachment_fetcher.h"
#include "app/outbox_collector.h"
#include "app/uploads.h"
#include "chat/effects.h"
#include "chat/event.h"
#include "discord/request.h"
#include "discord/rest.h"
#include "store/store.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::app {

// Every act that has an answer gets exactly one, never from inside perform().
class Performer {
 public:
  using Tell = std::function<void(const chat::Event&)>;

  // Messages with files take these from the store. `local`: Discord is played by this machine.
  Performer(io::Loop& loop, discord::Rest& rest, store::Store& store, agent::Runner& runner, bool local,
            Tell tell);

  void perform(chat::Act& act);
  // Bytes of a disk that attachments are not to fill.
  void keep_free(std::uint64_t bytes) { fetcher_.keep_free(bytes); }

 private:
  void act(const chat::StartTurn& act) { runner_.start(act.spec); }
  void act(const chat::AdoptTurn& act) { runner_.adopt(act.spec); }
  void act(const chat::CancelTurn& act) { runner_.cancel(act.turn_id); }
  void act(const chat::AnswerTurn& act) { runner_.answer(act.turn_id, act.answer); }
  void act(const chat::ForgetTurn& act) { runner_.forget(act.turn_id); }
  void act(const chat::FetchFiles& act) { fetcher_.fetch(act); }
  void act(const chat::WithdrawFetch& act) { fetcher_.withdraw(act.message); }
  void act(const chat::CollectFiles& act) { collector_.collect(act); }
  void act(const chat::PostMessage& act);
  void act(const chat::EditMessage& act);
  void act(const chat::ShowMessage& act);
  void act(const chat::WithdrawShown& act);
  void act(const chat::FindMessage& act);
  void search(const chat::FindMessage& act, MessageId after, int page);
  void act(const chat::SetReaction& act);
  void act(const chat::ShowTyping& act);
  void act(const chat::WithdrawTyping& act);
  void act(const chat::LookUpChannel& act);
  void act(const chat::LogLine& act);

  // Calls go(files, slot) with what is to be sent along, or tells that nothing was asked for.
  template <class Message, class Go>
  void with_files(const Message& act, Go go);
  void post(const chat::PostMessage& act, std::vector<store::File> files, Uploads::Slot slot);
  void change(const chat::EditMessage& act, discord::Request request, Uploads::Slot slot);
  template <class Message>
  void not_asked(const Message& act, discord::RestError::Kind kind, std::string why);

  io::Loop& loop_;
  discord::Rest& rest_;
  Uploads uploads_;
  agent::Runner& runner_;
  Tell tell_;
  AttachmentFetcher fetcher_;
  OutboxCollector collector_;
  std::unordered_map<ChannelId, discord::RequestId> typing_, shown_;  // on their way
};

}  // namespace coordinator::app
