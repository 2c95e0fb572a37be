#include "app/performer.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "discord/decode.h"
#include "discord/message.h"
#include "discord/prepare.h"
#include "discord/routes.h"
#include "io/loop.h"

namespace coordinator::app {

namespace {

using discord::Lane;
using discord::RestError;
using discord::RestResult;
namespace routes = discord::routes;

constexpr Millis kTypingUseful = 5s;    // later than that it says nothing any more
constexpr Millis kDrawingUseful = 5s;   // the next one shows more
constexpr Millis kLongestUpload = 90s;  // that is reckoned with
constexpr int kPage = 100;              // messages of a channel's history
constexpr int kPages = 50;              // in which one of ours is looked for

discord::Request request(discord::Route route, Lane lane) {
  discord::Request made;
  made.route = std::move(route);
  made.lane = lane;
  return made;
}

tl::expected<MessageId, RestError> id_of(const RestResult& result) {
  if (!result) return tl::unexpected(result.error());
  if (auto id = result->body["id"].id<MessageId>()) return *id;
  return tl::unexpected(
      RestError{RestError::Kind::exhausted, result->status, 0, "an answer without a message id"});
}

// Discord tells the nonce with the event and the answer only: here our own reply to the source or our own
// words tell. https://github.com/Rapptz/discord.py/issues/2451
bool is_same(JsonView found, JsonView wanted) {
  if (auto nonce = found["nonce"].text()) return nonce == wanted["nonce"].text();
  return found["author"]["bot"].truthy() &&
         text::trimmed(found["content"].text_or("")) == text::trimmed(wanted["content"].text_or("")) &&
         found["message_reference"]["message_id"].text() == wanted["message_reference"]["message_id"].text();
}

std::optional<MessageId> find(JsonView messages, JsonView wanted) {
  for (JsonView message : messages)
    if (is_same(message, wanted)) return message["id"].id<MessageId>();
  return std::nullopt;
}

// What was made to be posted, as PATCH takes it: buttons that it has not are to vanish.
// https://discord.com/developers/docs/resources/message#edit-message
Json as_edit(const Json& post) {
  Json edit = Json::object();
  for (const char* kept : {"content", "flags", "allowed_mentions", "components", "attachments"})
    if (post[kept]) edit.set(kept, Json::clone(post[kept]));
  if (!post["components"]) edit.set("components", Json::array());
  return edit;
}

std::vector<discord::File> as_sent(std::vector<store::File> files) {
  std::vector<discord::File> sent;
  for (store::File& file : files)
    sent.push_back({std::move(file.name), std::move(file.type), std::move(file.bytes)});
  return sent;
}

MessageId newest_of(JsonView messages) {
  MessageId newest;
  for (JsonView message : messages) newest = std::max(newest, message["id"].id<MessageId>().value_or(newest));
  return newest;
}

}  // namespace

Performer::Performer(io::Loop& loop, discord::Rest& rest, store::Store& store, agent::Runner& runner,
                     bool local, Tell tell)
    : loop_(loop),
      rest_(rest),
      uploads_(store),
      runner_(runner),
      tell_(std::move(tell)),
      fetcher_(loop, {local}, [this](const chat::FilesFetched& fetched) { tell_(fetched); }),
      collector_(loop, [this](const chat::FilesCollected& collected) { tell_(collected); }) {}

void Performer::perform(chat::Act& wanted) {
  std::visit([this](const auto& each) { act(each); }, wanted);
}

void Performer::act(const chat::PostMessage& act) {
  with_files(act, [this, act](std::vector<store::File> files, Uploads::Slot slot) {
    post(act, std::move(files), std::move(slot));
  });
}

template <class Message, class Go>
void Performer::with_files(const Message& act, Go go) {
  auto body = Json::parse(act.payload);
  if (!body) return not_asked(act, RestError::Kind::refused, "its payload in the store is damaged");
  std::size_t count = (*body)["attachments"].size();
  if (count == 0) return go({}, {});
  uploads_.ask(act.source, act.chunk, count,
               [this, act, go](Result<std::vector<store::File>> files, Uploads::Slot slot) {
                 if (files) return go(std::move(*files), std::move(slot));
                 bool damaged = files.error().cause == Cause::damaged;
                 not_asked(act, damaged ? RestError::Kind::refused : RestError::Kind::exhausted,
                           files.error().what);
               });
}

void Performer::post(const chat::PostMessage& act, std::vector<store::File> files, Uploads::Slot slot) {
  discord::Request post = request(routes::create_message(act.channel), Lane::answer);
  post.body = Json::parse(act.payload).value();
  post.files = as_sent(std::move(files));
  // What is still being uploaded at the last moment arrives behind it.
  Millis useful = act.until - loop_.now().instant - std::min(discord::upload_time(post), kLongestUpload);
  if (useful <= 0ms) return not_asked(act, RestError::Kind::expired, "it waited too long");
  post.useful_for = useful;
  rest_.send(std::move(post), [this, held = std::move(slot), channel = act.channel, source = act.source,
                               chunk = act.chunk](const RestResult& result) {
    tell_(chat::Posted{channel, source, chunk, id_of(result)});
  });
}

template <class Message>
void Performer::not_asked(const Message& act, RestError::Kind kind, std::string why) {
  chat::Posted posted{act.channel, act.source, act.chunk,
                      tl::unexpected(RestError{kind, 0, 0, std::move(why)})};
  loop_.later([this, posted] { tell_(posted); });
}

void Performer::act(const chat::EditMessage& act) {
  if (act.payload.empty())
    return change(act, request(routes::delete_message(act.channel, act.message), Lane::answer), {});
  with_files(act, [this, act](std::vector<store::File> files, Uploads::Slot slot) {
    discord::Request edit = request(routes::edit_message(act.channel, act.message), Lane::answer);
    edit.body = as_edit(Json::parse(act.payload).value());
    edit.files = as_sent(std::move(files));
    change(act, std::move(edit), std::move(slot));
  });
}

void Performer::change(const chat::EditMessage& act, discord::Request request, Uploads::Slot slot) {
  rest_.send(std::move(request), [this, act, held = std::move(slot)](const RestResult& result) {
    chat::Posted posted{act.channel, act.source, act.chunk, act.message};
    if (!result) posted.result = tl::unexpected(result.error());
    tell_(posted);
  });
}

void Performer::act(const chat::ShowMessage& act) {
  discord::Request show = request(routes::edit_message(act.channel, act.message), Lane::ambient);
  auto body = Json::parse(act.payload);
  show.body = as_edit(body ? std::move(*body) : Json::object());
  show.useful_for = kDrawingUseful;
  shown_[act.channel] = rest_.send(
      std::move(show), [this, channel = act.channel, message = act.message](const RestResult& result) {
        shown_.erase(channel);
        bool gone = !result && result.error().kind == RestError::Kind::refused;
        tell_(chat::MessageShown{channel, message, result.has_value(), gone});
      });
}

void Performer::act(const chat::WithdrawShown& act) {
  if (auto request = shown_.find(act.channel); request != shown_.end()) rest_.withdraw(request->second);
}

void Performer::act(const chat::FindMessage& act) { search(act, act.after, 1); }

// From the oldest on, page by page: much may have been said since.
void Performer::search(const chat::FindMessage& act, MessageId after, int page) {
  rest_.send(request(routes::messages(act.channel, kPage, after), Lane::answer), [this, act,
                                                                                  page](RestResult result) {
    chat::Searched searched{act.channel, act.source, act.chunk, std::optional<MessageId>()};
    if (!result) {
      searched.result = tl::unexpected(result.error());
      return tell_(searched);
    }
    JsonView messages = result->body.view();
    if (auto wanted = Json::parse(act.payload)) searched.result = find(messages, wanted->view());
    bool more = !*searched.result && messages.size() == kPage;
    if (more && page < kPages) return search(act, newest_of(messages), page + 1);
    if (more)
      log::warning("chat", "part {} of the answer to {} was not found among {} messages, and is said again",
                   act.chunk, act.source.text(), kPage * kPages);
    tell_(searched);
  });
}

void Performer::act(const chat::SetReaction& act) {
  auto route = act.present ? routes::add_reaction(act.channel, act.message, act.emoji)
                           : routes::remove_reaction(act.channel, act.message, act.emoji);
  rest_.send(request(std::move(route), Lane::ambient), [this, act](const RestResult& result) {
    if (!result)
      log::debug("chat", "no mark on message {} in channel {}: {}", act.message.text(), act.channel.text(),
                 result.error().message);
    bool certain = result || result.error().kind == RestError::Kind::refused;
    tell_(chat::ReactionSet{act.channel, act.message, act.emoji, certain});
  });
}

void Performer::act(const chat::ShowTyping& act) {
  discord::Request typing = request(routes::typing(act.channel), Lane::ambient);
  typing.useful_for = kTypingUseful;
  typing_[act.channel] = rest_.send(std::move(typing), [this, channel = act.channel](const RestResult&) {
    typing_.erase(channel);
    tell_(chat::TypingShown{channel});
  });
}

void Performer::act(const chat::WithdrawTyping& act) {
  if (auto request = typing_.find(act.channel); request != typing_.end()) rest_.withdraw(request->second);
}

void Performer::act(const chat::LookUpChannel& act) {
  rest_.send(request(routes::channel(act.channel), Lane::answer),
             [this, channel = act.channel](RestResult result) {
               if (result)
                 for (const discord::Event& event : discord::decode("CHANNEL_UPDATE", result->body.view()))
                   if (const auto* seen = std::get_if<discord::ChannelSeen>(&event)) return tell_(*seen);
               bool for_now = !result && result.error().kind == RestError::Kind::exhausted;
               tell_(chat::ChannelUnknown{channel, !for_now});
             });
}

void Performer::act(const chat::LogLine& act) {
  if (log::enabled(act.level)) log::write(act.level, "chat", act.text);
}

}  // namespace coordinator::app
