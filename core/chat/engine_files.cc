// The engine's files: what is attached to mentions is there before their turns begin, and what a turn leaves
// goes along with its answer.
#include <algorithm>
#include <iterator>
#include <utility>

#include "chat/attachments.h"
#include "chat/engine.h"
#include "chat/phrases.h"

namespace coordinator::chat {

// The mention waits in its queue until they are there, and with it what is behind it.
Effects Engine::fetch_files(store::Inbox& mention) {
  Effects effects;
  const Project* project = router_.project_named(mention.project);
  if (!project || !want_again(mention.attachments)) return effects;
  queues_.hold(mention.message);
  effects.act(FetchFiles{mention.message, project->directory, mention.attachments, limits_.attachment_bytes});
  return effects;
}

// For a mention that is no longer to be asked.
Effects Engine::no_more_files(MessageId message) {
  Effects effects;
  if (!queues_.holds(message)) return effects;
  queues_.let_go(live_.at(message).mention.channel, message);
  effects.act(WithdrawFetch{message});
  return effects;
}

Effects Engine::on(const FilesFetched& event, Now now) {
  auto found = live_.find(event.message);
  if (found == live_.end() || !queues_.holds(event.message)) return {};
  store::Inbox& mention = found->second.mention;
  mention.attachments = event.attachments;
  queues_.change(mention);
  queues_.let_go(mention.channel, mention.message);
  Effects effects;
  effects.write(mention);
  effects += start_ready(now);
  if (auto still = live_.find(event.message);
      still != live_.end() && still->second.mention.state == store::InboxState::queued)
    effects += mark_waiting(event.message, true);
  return effects;
}

void Engine::tell_what_lacks(LiveTurn& turn) const {
  if (std::string words = not_attached(turn.mention, limits_); !words.empty())
    turn.notices.push_back(phrases::files_lacking() + "\n" + words);
}

Effects Engine::collect_files(const LiveTurn& turn) const {
  Effects effects;
  const Project* project = router_.project_named(turn.mention.project);
  effects.act(CollectFiles{turn.record.turn_id, project ? project->directory : std::string(),
                           turn.record.channel.text()});
  return effects;
}

Effects Engine::on(const FilesCollected& event, Now now) {
  auto found = turns_.find(event.turn_id);
  if (found == turns_.end() || !found->second.ended || found->second.parcel) return {};
  found->second.parcel = event.parcel;
  return ended_or_drawn(found->second, now);
}

}  // namespace coordinator::chat
