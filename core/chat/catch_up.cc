#include "chat/catch_up.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "chat/mention.h"

namespace coordinator::chat {

namespace {

using catch_up::FetchMember;
using catch_up::FetchMessages;
using catch_up::FetchThreads;
using catch_up::Hear;
using catch_up::Meet;
using discord::ChannelSeen;
using discord::RestError;

constexpr int kThreadPages = 10;
constexpr Millis kListened = 10min;

// As many milliseconds earlier.
MessageId before(MessageId message, Millis time) {
  std::uint64_t step = static_cast<std::uint64_t>(time.count()) << 22;
  return MessageId{message.value > step ? message.value - step : 0};
}

std::string in_words(Millis time) {
  if (time >= 2h) return fmt::format("{} h", time / Millis(1h));
  if (time >= 2min) return fmt::format("{} min", time / Millis(1min));
  return fmt::format("{} s", time / Millis(1s));
}

std::string moment(WallTime time) {
  auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
  return fmt::format("{:%F %T} UTC", std::chrono::sys_seconds(seconds));
}

LogLine line(log::Level level, std::string text) { return LogLine{level, std::move(text)}; }

}  // namespace

CatchUp::CatchUp(const std::vector<Project>& projects, CatchUpLimits limits, std::uint64_t seed)
    : random_(seed) {
  configure(projects, limits);
}

CatchUp::Acts CatchUp::configure(const std::vector<Project>& projects, CatchUpLimits limits) {
  Acts acts;
  limits_ = limits;
  channels_.clear();
  for (const Project& project : projects) channels_.insert(project.channels.begin(), project.channels.end());
  drop_what_is_not_ours(acts);
  return acts;
}

// Not at every call, since each change of the note is written.
void CatchUp::listening(Now now) {
  if (listened_ > now.wall || listened_ + kListened <= now.wall) listened_ = now.wall;
}

// A gap that is still open is older than the mark, and stays what it is.
CatchUp::Acts CatchUp::connected(const discord::Ready& ready, Now now) {
  Acts acts;
  self_ = ready.user;
  for (const auto& [id, job] : jobs_)
    if (job.channel.is_thread) acts.emplace_back(Meet{job.channel});
  if (!ready.resuming && mark_ && limits_.messages > 0) {
    told_age_ = told_cap_ = false;
    for (auto& [id, gap] : gaps_) gap.told_in.reset();
    for (auto& [id, job] : jobs_) job.again = true;
    for (ChannelId channel : channels_) gaps_.try_emplace(channel, Gap{before(mark_, kMargin)});
  }
  ask(now, acts);
  return acts;
}

CatchUp::Acts CatchUp::seen(const ChannelSeen& channel, Now now) {
  Acts acts;
  observe(MessageId{channel.id.value});  // where nothing was said yet it is the latest that there is
  observe(channel.last_message);
  if (auto after = missed_since(channel)) begin(channel, *after, now, acts);
  if (auto gap = gaps_.find(channel.id); gap != gaps_.end()) {
    gap->second.told_in = channel.guild;
    // It has no threads of its own.
    if (channel.is_thread && channel.last_message) gaps_.erase(gap);
  }
  ask(now, acts);
  return acts;
}

// Of a thread that was archived, and is opened again before it was looked for, an earlier gap may be open.
std::optional<MessageId> CatchUp::missed_since(const ChannelSeen& channel) const {
  std::optional<MessageId> since;
  auto consider = [&](const auto& open, ChannelId id) {
    auto found = open.find(id);
    if (found != open.end()) since = since ? std::min(*since, found->second.after) : found->second.after;
  };
  consider(gaps_, channel.id);
  if (!channel.is_thread || !channel.parent) return since;
  consider(gaps_, *channel.parent);
  consider(searches_, *channel.parent);
  return since;
}

CatchUp::Acts CatchUp::seen(const discord::GuildSeen& guild, Now now) {
  Acts acts;
  std::erase_if(gaps_, [&](const auto& entry) {
    if (entry.second.told_in != guild.id) return false;
    search(entry.first, entry.second);
    return true;
  });
  ask(now, acts);
  return acts;
}

void CatchUp::gone(ChannelId channel) {
  gaps_.erase(channel);
  searches_.erase(channel);
  jobs_.erase(channel);
}

CatchUp::Acts CatchUp::heard(const discord::Message& message, Now now) {
  Acts acts;
  observe(message.id);
  if (!self_ || !mentions(message, *self_)) return acts;
  auto gap = gaps_.find(message.channel);
  if (gap != gaps_.end() && !jobs_.contains(message.channel))
    begin({message.channel, message.guild, {}, false, {}, message.id}, gap->second.after, now, acts);
  auto job = jobs_.find(message.channel);
  if (job == jobs_.end())
    acts.emplace_back(Hear{message});
  else if (job->second.live.size() < kHeld)
    job->second.live.push_back(message);
  else
    job->second.again = true;  // so it will be fetched
  ask(now, acts);
  return acts;
}

CatchUp::Acts CatchUp::tick(Now now) {
  Acts acts;
  ask(now, acts);
  return acts;
}

void CatchUp::drop_what_is_not_ours(Acts& acts) {
  auto ours = [this](ChannelId channel) { return limits_.messages > 0 && channels_.contains(channel); };
  std::erase_if(gaps_, [&](const auto& entry) { return !ours(entry.first); });
  std::erase_if(searches_, [&](const auto& entry) { return !ours(entry.first); });
  for (auto job = jobs_.begin(); job != jobs_.end();) {
    const ChannelSeen& channel = job->second.channel;
    bool stays = ours(channel.id) || (channel.parent && ours(*channel.parent));
    if (!stays) end(job->second, acts);
    job = stays ? std::next(job) : jobs_.erase(job);
  }
}

std::optional<Instant> CatchUp::next_deadline() const {
  std::optional<Instant> due;
  auto consider = [&](const Try& attempt) {
    if (attempt.request || !attempt.failed) return;
    due = due ? std::min(*due, attempt.not_before) : attempt.not_before;
  };
  if (asked_.size() >= kAtOnce) return due;  // an answer comes first
  for (const auto& [id, job] : jobs_) consider(job.attempt);
  for (const auto& [id, search] : searches_) consider(search.attempt);
  return due;
}

// ---- one channel

void CatchUp::begin(ChannelSeen channel, MessageId after, Now now, Acts& acts) {
  if (channel.last_message <= after) return;
  auto oldest = MessageId::at(now.wall - limits_.age);
  if (after < oldest) {
    tell_age(now, acts);
    if (channel.last_message <= oldest) return;
    after = oldest;
  }
  if (auto job = jobs_.find(channel.id); job != jobs_.end()) {
    job->second.again = true;
  } else if (jobs_.size() < kChannels) {
    ChannelId id = channel.id;
    jobs_.emplace(id, Job{std::move(channel), after});
  } else if (!std::exchange(told_cap_, true)) {
    acts.emplace_back(line(
        log::Level::warning,
        fmt::format("more than {} channels and threads have news at once: what was asked in the rest of them "
                    "while Coordinator was away is not answered",
                    kChannels)));
  }
}

// Where everybody was silent for days a gap begins long ago, and nothing is missed for that.
void CatchUp::tell_age(Now now, Acts& acts) {
  if (listened_ + limits_.age >= now.wall || std::exchange(told_age_, true)) return;
  acts.emplace_back(
      line(log::Level::warning,
           fmt::format("nobody listened since {}: what was said more than {} ago is not answered; "
                       "discord.catch_up_age in the configuration reaches further back",
                       moment(listened_), in_words(limits_.age))));
}

CatchUp::Acts CatchUp::messages(Request request, Answer<discord::MessagePage> answer, Now now) {
  Acts acts;
  auto asked = answered(request);
  auto found = asked ? jobs_.find(asked->channel) : jobs_.end();
  if (found != jobs_.end() && found->second.attempt.request == request) {
    Job& job = found->second;
    job.attempt.request = 0;
    if (answer) {
      job.attempt = {};
      job.looked_at += answer->count;
      job.page_end = std::max(job.after, answer->last);
      job.more = answer->count >= static_cast<std::size_t>(asked->count);
      for (discord::Message& message : answer->messages)
        if (message.id > job.after && mentions(message, *self_)) job.page.push_back(std::move(message));
      go_on(job, acts);
    } else if (over(job.attempt, answer.error(), "channel " + asked->channel.text(), now, acts)) {
      end(job, acts);
      jobs_.erase(found);
    }
  }
  ask(now, acts);
  return acts;
}

// Tells what can be told. The roles of authors decide what they may, and messages that are fetched lack them.
void CatchUp::go_on(Job& job, Acts& acts) {
  for (; !job.page.empty(); job.page.pop_front()) {
    discord::Message& message = job.page.front();
    message.guild = job.channel.guild;
    if (message.guild) {
      auto member = members_.find({*message.guild, message.author.id});
      if (member == members_.end()) return;
      add_member(message, member->second);
    }
    ++job.told;
    acts.emplace_back(Hear{std::move(message)});
  }
  job.after = job.page_end;
  bool rest = job.more || std::exchange(job.again, false);
  if (rest && job.looked_at < limits_.messages) return;
  if (rest) cut(job, acts);
  end(job, acts);
  jobs_.erase(ChannelId(job.channel.id));  // a copy, since the job goes
}

void CatchUp::cut(const Job& job, Acts& acts) {
  acts.emplace_back(
      line(log::Level::warning,
           fmt::format("channel {}: {} messages were looked at, up to {}; what was said after them while "
                       "Coordinator was away is not answered: discord.catch_up_messages in the configuration "
                       "reaches further",
                       job.channel.id.text(), job.looked_at, moment(job.after.created()))));
}

// What was said meanwhile has waited long enough.
void CatchUp::end(Job& job, Acts& acts) {
  if (job.told > 0)
    acts.emplace_back(line(log::Level::info,
                           fmt::format("channel {}: {} messages that were said while nobody listened were "
                                       "looked at, {} of them were for us",
                                       job.channel.id.text(), job.looked_at, job.told)));
  for (discord::Message& message : job.live) acts.emplace_back(Hear{std::move(message)});
  job.live.clear();
}

// Somebody who has left the server has no roles there.
CatchUp::Acts CatchUp::member(Request request, Answer<discord::Member> answer, Now now) {
  Acts acts;
  auto asked = answered(request);
  bool known = answer || answer.error().kind == RestError::Kind::refused;
  if (asked && known) members_[*asked->person] = answer ? std::move(*answer) : discord::Member{};
  auto found = asked ? jobs_.find(asked->channel) : jobs_.end();
  if (found != jobs_.end() && found->second.attempt.request == request) {
    Job& job = found->second;
    job.attempt.request = 0;
    if (known) {
      job.attempt = {};
      go_on(job, acts);
    } else {
      over(job.attempt, answer.error(), "channel " + asked->channel.text(), now, acts);
    }
  }
  ask(now, acts);
  return acts;
}

// ---- threads that were archived meanwhile

void CatchUp::search(ChannelId channel, const Gap& gap) {
  auto [found, fresh] = searches_.try_emplace(channel, Search{gap.after, *gap.told_in});
  if (!fresh) found->second = Search{found->second.after, *gap.told_in};
}

CatchUp::Acts CatchUp::threads(Request request, Answer<discord::ThreadPage> answer, Now now) {
  Acts acts;
  auto asked = answered(request);
  auto found = asked ? searches_.find(asked->channel) : searches_.end();
  if (found != searches_.end() && found->second.attempt.request == request) {
    Search& search = found->second;
    search.attempt.request = 0;
    bool news = false;
    if (answer) {
      search.attempt = {};
      for (ChannelSeen& thread : answer->threads) {
        if (thread.last_message <= search.after) continue;
        news = true;
        thread.parent = asked->channel;
        thread.guild = search.guild;
        acts.emplace_back(Meet{thread});
        begin(std::move(thread), search.after, now, acts);
      }
      search.before = answer->before;
    }
    bool done = answer ? !news || search.before.empty() || ++search.pages >= kThreadPages
                       : over(search.attempt, answer.error(),
                              "the archived threads of channel " + asked->channel.text(), now, acts);
    if (done) searches_.erase(found);
  }
  ask(now, acts);
  return acts;
}

// ---- requests

// Whether there is no use in trying again; otherwise it will be tried again.
bool CatchUp::over(Try& attempt, const RestError& error, const std::string& what, Now now, Acts& acts) {
  if (error.kind == RestError::Kind::refused) {
    acts.emplace_back(line(
        log::Level::warning,
        fmt::format("{}: what was said while nobody listened cannot be read: {}; to have it answered next "
                    "time, give the bot the permissions View Channel and Read Message History there",
                    what, error.message)));
    return true;
  }
  Millis wait = attempt.backoff.next(random_);
  attempt.not_before = now.instant + wait;
  if (!std::exchange(attempt.failed, true))
    acts.emplace_back(
        line(log::Level::warning,
             fmt::format("{}: what was said while nobody listened cannot be read yet: {}; trying again", what,
                         error.message)));
  return false;
}

void CatchUp::ask(Now now, Acts& acts) {
  if (!self_) return;
  for (auto& [id, job] : jobs_)
    if (may_ask(job.attempt, now)) ask(job, acts);
  for (auto& [id, search] : searches_)
    if (may_ask(search.attempt, now))
      acts.emplace_back(FetchThreads{new_request(search.attempt, {id}), id, search.before});
  if (jobs_.empty()) members_.clear();
}

void CatchUp::ask(Job& job, Acts& acts) {
  ChannelId id = job.channel.id;
  if (!job.page.empty()) {
    Person person{*job.channel.guild, job.page.front().author.id};
    Request request = new_request(job.attempt, {id, person});
    acts.emplace_back(FetchMember{request, person.first, person.second});
    return;
  }
  auto left = static_cast<std::int64_t>(limits_.messages) - static_cast<std::int64_t>(job.looked_at);
  int count = static_cast<int>(std::clamp<std::int64_t>(left, 1, kPage));
  Request request = new_request(job.attempt, {id, {}, count});
  acts.emplace_back(FetchMessages{request, id, job.after, count});
}

bool CatchUp::may_ask(const Try& attempt, Now now) const {
  return asked_.size() < kAtOnce && !attempt.request && attempt.not_before <= now.instant;
}

CatchUp::Request CatchUp::new_request(Try& attempt, Asked asked) {
  attempt.request = ++last_request_;
  asked_.emplace(attempt.request, asked);
  return attempt.request;
}

// Also of one in whose answer nobody is interested any more.
std::optional<CatchUp::Asked> CatchUp::answered(Request request) {
  auto found = asked_.find(request);
  if (found == asked_.end()) return std::nullopt;
  Asked asked = found->second;
  asked_.erase(found);
  return asked;
}

}  // namespace coordinator::chat
